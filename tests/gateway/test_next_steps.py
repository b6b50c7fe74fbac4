"""The commands that error texts name are commands of the command line."""

import pytest
import typer
from typer.main import get_command

from trunkline.gateway import next_steps
from trunkline.surfaces.cli.commands import connections, keys

COMMANDS = [
    next_steps.MAKE_KEY,
    next_steps.MAKE_ADMIN_KEY,
    next_steps.START_KEY,
    next_steps.LIST_CONNECTIONS,
    next_steps.allow_unwatched("PCID", "send,change"),
    next_steps.allow_effect("PCID", "send"),
    next_steps.start_connection("PCID"),
    next_steps.stop_connection("PCID"),
]
GROUPS: dict[str, typer.Typer] = {"connection": connections.app, "key": keys.app}


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_that_is_named_exists_with_its_options(line: str) -> None:
    program, group, name, *words = line.split()
    command = getattr(get_command(GROUPS[group]), "commands", {})[name]
    options = {option for parameter in command.params for option in parameter.opts}
    assert program == "trunkline"
    assert {word for word in words if word.startswith("--")} <= options
    assert len([word for word in words if not word.startswith("--")]) <= len(
        [parameter for parameter in command.params if parameter.param_type_name == "argument"]
    )


def test_every_command_here_is_tried() -> None:
    named = {name for name, value in vars(next_steps).items() if not name.startswith("_")}
    assert len(named) == len(COMMANDS)
