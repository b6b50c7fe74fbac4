"""The help of every command, in the order of the tree: what docs/commands.md and the recorded list are written from."""

from collections.abc import Iterator, Mapping
from typing import Any

from typer.main import get_command

from trunkline.surfaces.cli.tree import Other, command_tree

WIDTH = 100


def pages(others: Mapping[str, Other]) -> Iterator[tuple[str, str]]:
    """(`trunkline key create`, its help) for the program and every command below it. others: as program.py has them."""
    yield from _pages(get_command(command_tree(others)), "trunkline", None)


def _pages(command: Any, name: str, parent: Any) -> Iterator[tuple[str, str]]:
    fixed = {"terminal_width": WIDTH, "max_content_width": WIDTH}
    context = command.context_class(command, info_name=name, parent=parent, **command.context_settings, **fixed)
    yield context.command_path, "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    for below in getattr(command, "list_commands", _none)(context):
        yield from _pages(command.get_command(context, below), below, context)


def _none(context: Any) -> list[str]:
    return []
