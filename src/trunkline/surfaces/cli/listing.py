"""What the commands that read have in common: names, lookups, and the word how to get more."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import typer

from trunkline.surfaces.cli.lookup import Lookup
from trunkline.surfaces.cli.names import Names
from trunkline.surfaces.cli.terminal import Terminal, terminal_of


@dataclass(frozen=True)
class Listing:
    """A terminal, with names."""

    terminal: Terminal
    ctx: typer.Context

    @cached_property
    def names(self) -> Names:
        """Names for ids."""
        return Names(self.terminal.client)

    @cached_property
    def lookup(self) -> Lookup:
        """Ids for names."""
        return Lookup(self.terminal.client, self.names)

    def tell_more(self, cursor: str | None) -> None:
        """Say how the list goes on, where it does: by the same command with all that it was given."""
        if cursor is not None:
            self.terminal.output.note(f"There is more: {repeated(self.ctx, self.terminal)} --cursor {cursor}")


def listing_of(ctx: typer.Context, connection: str | None = None) -> Listing:
    """For this run. connection: PCID or name of the one to go through."""
    listing = Listing(terminal_of(ctx), ctx)
    listing.terminal.client.go_through(listing.lookup.own_connection(connection))
    return listing


def repeated(ctx: typer.Context, terminal: Terminal) -> str:
    """The command line of this run, as a shell takes it, but for where the page began."""
    chain: list[Any] = [ctx]
    while chain[0].parent is not None:
        chain.insert(0, chain[0].parent)
    words = ["trunkline", *(word for name, value in terminal.given.items() for word in (f"--{name}", value))]
    for each in chain[1:]:
        words += [each.info_name or "", *_given(each)]
    return shlex.join(words)


def _given(ctx: Any) -> Iterator[str]:
    """What one command of the chain was given on the command line."""
    for parameter in ctx.command.params:
        name = parameter.name or ""
        value = ctx.params.get(name)
        source = ctx.get_parameter_source(name)
        if value is None or name == "cursor" or source is None or source.name != "COMMANDLINE":
            continue
        values = value if isinstance(value, list | tuple) else (value,)
        for one in values:
            if isinstance(one, bool):
                yield (parameter.opts if one else parameter.secondary_opts)[0]
            elif parameter.param_type_name == "argument":
                yield str(one)
            else:
                yield from (parameter.opts[0], str(one))
