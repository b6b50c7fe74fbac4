"""What the commands that read have in common: names, lookups, and the word how to get more."""

from dataclasses import dataclass
from functools import cached_property

import typer

from trunkline.surfaces.cli.lookup import Lookup
from trunkline.surfaces.cli.names import Names
from trunkline.surfaces.cli.terminal import Terminal, terminal_of


@dataclass(frozen=True)
class Listing:
    """A terminal, with names."""

    terminal: Terminal

    @cached_property
    def names(self) -> Names:
        """Names for ids."""
        return Names(self.terminal.client)

    @cached_property
    def lookup(self) -> Lookup:
        """Ids for names."""
        return Lookup(self.terminal.client, self.names)

    def tell_more(self, command: str, cursor: str | None) -> None:
        """Say how the list goes on, where it does. command: what repeats it."""
        if cursor is not None:
            self.terminal.output.note(f"There is more: trunkline {command} --cursor {cursor}")


def listing_of(ctx: typer.Context, connection: str | None = None) -> Listing:
    """For this run. connection: PCID or name of the one to go through."""
    listing = Listing(terminal_of(ctx))
    listing.terminal.client.go_through(listing.lookup.own_connection(connection))
    return listing
