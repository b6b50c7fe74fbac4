"""What every command is handed: the client, the output, the time, and the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import TypeVar

import typer

from trunkline.model.times import Clock
from trunkline.operations.declaration import Operation
from trunkline.surfaces.cli import moments
from trunkline.surfaces.cli.client import Client
from trunkline.surfaces.cli.output import Output
from trunkline.surfaces.cli.server import Server

Result = TypeVar("Result")


@dataclass(frozen=True)
class Terminal:
    """One run of the command."""

    server: Server
    client: Client
    output: Output
    clock: Clock
    environ: Mapping[str, str]
    given: Mapping[str, str]
    """Settings from the command line: the data folder, where it was named."""
    zone: tzinfo | None = None
    """The time zone of the wall clock; None is the machine's."""

    def answer(self, operation: Operation[Result], *, as_json: bool) -> Result | None:
        """Ask; the result for showing, or None when it was printed as JSON."""
        if as_json:
            self.output.json(self.client.ask(operation))
            return None
        return self.client.result(operation)

    def when(self, wire: str | None) -> str:
        """A time of the wire on the wall clock."""
        return moments.shown(wire, self.zone)

    def briefly(self, wire: str | None) -> str:
        """The same, shorter: the time of day for today, else the date."""
        return moments.brief(wire, self.clock(), self.zone)

    def past(self, text: str | None, option: str) -> str | None:
        """A time that a person gave, as the wire has it. Raises WrongUsage."""
        return None if text is None else moments.read_past(text, option, self.clock(), self.zone)

    def future(self, text: str | None, option: str) -> str | None:
        """The same for a time to come."""
        return None if text is None else moments.read_future(text, option, self.clock(), self.zone)


def terminal_of(ctx: typer.Context) -> Terminal:
    """What this run was handed."""
    found = ctx.find_root().obj
    assert isinstance(found, Terminal)
    return found
