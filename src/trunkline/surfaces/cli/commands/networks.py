"""`trunkline networks`: the roads this server has."""

import typer
from msgspec import UNSET

from trunkline.operations.administration import ListNetworks
from trunkline.surfaces.cli.names import network
from trunkline.surfaces.cli.options import AsJson
from trunkline.surfaces.cli.plain import line
from trunkline.surfaces.cli.terminal import terminal_of


def networks(ctx: typer.Context, *, as_json: AsJson = False) -> None:
    """List the roads of this server: its ways into networks."""
    terminal = terminal_of(ctx)
    page = terminal.answer(ListNetworks(), as_json=as_json)
    if page is None:
        return
    rows = [
        (each.road, each.title, "yes" if each.available else "no", ", ".join(network(kind) for kind in each.account_types))
        for each in page.items
    ]
    terminal.output.table("road", "title", "available", "networks", rows=rows, whole=("road",))
    for each in page.items:
        if each.detail is not UNSET:
            terminal.output.note(f"{line(each.road)}: {line(each.detail)}")
        if each.terms:
            terminal.output.note(f"{line(each.road)}: {line(each.terms)}")
