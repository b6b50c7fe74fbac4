"""What a network's folder brings to the command line: its `commands(control)`, imported when it is asked for."""

from collections.abc import Callable, Mapping
from typing import Any

import typer

from trunkline.networks.scan import find_module, find_modules, network_names, what_is_missing
from trunkline.operations.administration import ControlNetwork
from trunkline.surfaces.cli.exits import Failed
from trunkline.surfaces.cli.terminal import Terminal

MODULE = "commands"


def names() -> tuple[str, ...]:
    """The networks that bring commands and are installed."""
    return tuple(name for name, _ in find_modules(MODULE))


def load(name: str, terminal: Callable[[], Terminal]) -> typer.Typer | None:
    """The commands of a network; None where there is no such network, or it brings none.

    terminal: asked for when one of them runs. Raises Failed when the network's library is not installed.
    """
    if name not in network_names():
        return None
    try:
        module = find_module(name, MODULE)
    except ModuleNotFoundError as missing:
        raise Failed(what_is_missing(name, missing)) from None
    if module is None:
        return None

    def control(wanted: str, values: Mapping[str, object]) -> Any:
        """Ask the road that has the network's name for a control of its own."""
        return terminal().client.result(ControlNetwork(road=name, name=wanted, values=dict(values))).answer

    app = module.commands(control)
    assert isinstance(app, typer.Typer)
    return app
