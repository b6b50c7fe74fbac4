"""`trunkline connect-link`: a link to a page where somebody connects an account in a browser."""

from typing import Annotated, Literal, cast

import typer
from msgspec import UNSET

from trunkline.operations.administration import GetStatus
from trunkline.operations.hosted import CreateHostedLink, HostedProvider
from trunkline.surfaces.cli.listing import listing_of
from trunkline.surfaces.cli.options import AsJson
from trunkline.surfaces.cli.plain import line

Networks = Annotated[
    list[str] | None, typer.Argument(metavar="NETWORK", help="The networks to choose from, such as whatsapp; all if left out.")
]
Reconnect = Annotated[
    str | None, typer.Option("--reconnect", metavar="ACCOUNT", help="Log this account in again: its id or name.")
]
Expires = Annotated[str, typer.Option(metavar="TIME", help="Until when it works: 1h, 7d, 2027-01-31; 30 days at most.")]
Name = Annotated[str | None, typer.Option(metavar="NAME", help="Your own word for the person; the callback repeats it.")]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="URL", help="Where the person reaches this server, if not at the address it has here."),
]
Notify = Annotated[str | None, typer.Option("--notify", metavar="URL", help="Where it is told when the account is there.")]


def connect_link(
    ctx: typer.Context,
    networks: Networks = None,
    *,
    reconnect: Reconnect = None,
    expires: Expires = "1h",
    name: Name = None,
    at: At = None,
    notify: Notify = None,
    as_json: AsJson = False,
) -> None:
    """Make a link to a page where somebody connects an account in a browser."""
    listing = listing_of(ctx)
    terminal = listing.terminal
    ends = terminal.future(expires, "--expires") or ""
    kind: Literal["create", "reconnect"] = "create" if reconnect is None else "reconnect"
    wanted = CreateHostedLink(
        type=kind,
        expiresOn=ends,
        api_url=at or terminal.client.result(GetStatus()).url,
        providers=_providers(networks) if reconnect is None else None,
        reconnect_account=None if reconnect is None else listing.lookup.own_account(reconnect).id,
        name=name,
        notify_url=notify,
    )
    made = terminal.answer(wanted, as_json=as_json)
    if made is None:
        return
    terminal.output.line(made.url)
    if made.hint is not UNSET:
        terminal.output.note(line(made.hint))
    terminal.output.note(f"Whoever opens it connects one account, until {terminal.when(ends)}. It is shown this once.")


def _providers(networks: list[str] | None) -> tuple[HostedProvider, ...]:
    """As the operation takes them; it says itself which there are."""
    return cast(tuple[HostedProvider, ...], tuple(each.upper() for each in networks)) if networks else ("*",)
