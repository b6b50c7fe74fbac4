"""`trunkline key`: API keys, for agents and programs that connect over HTTP."""

from typing import Annotated

import typer

from trunkline.model.key import Key
from trunkline.operations.administration import CreateKey, ListAllConnections, ListKeys, RevokeKey, StopKey
from trunkline.operations.values import quoted
from trunkline.surfaces.cli.listing import Listing, listing_of
from trunkline.surfaces.cli.options import AsJson, Cursor, Limit, per_page
from trunkline.surfaces.cli.plain import line

Which = Annotated[str, typer.Argument(metavar="KEY", help="Id or name of a key.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="What it is called in lists.")]
For = Annotated[
    str | None, typer.Option("--for", metavar="AGENT", help="Whom it is for; you if left out. A new name makes an agent.")
]
Admin = Annotated[bool, typer.Option("--admin", help="It may run the server: accounts, connections, keys.")]
ConnectionOption = Annotated[
    str | None,
    typer.Option("--connection", metavar="CONNECTION", help="What it uses when a request names none: PCID or name."),
]
Expires = Annotated[str | None, typer.Option(metavar="TIME", help="When it ends: 12h, 30d, 2027-01-31. Never if left out.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]

app = typer.Typer(help="API keys: make, list, stop, revoke.", no_args_is_help=True)


@app.command()
def create(
    ctx: typer.Context,
    name: Name,
    *,
    principal: For = None,
    admin: Admin = False,
    connection: ConnectionOption = None,
    expires: Expires = None,
    as_json: AsJson = False,
) -> None:
    """Make a key, and show it once."""
    listing = listing_of(ctx)
    output = listing.terminal.output
    wanted = CreateKey(
        name=name,
        principal=principal,
        admin=admin,
        pcid=None if connection is None else listing.lookup.connection(connection).pcid,
        expires_at=listing.terminal.future(expires, "--expires"),
    )
    made = listing.terminal.answer(wanted, as_json=as_json)
    if made is None:
        return
    output.line(made.api_key)
    ends = f" until {listing.terminal.when(made.key.expires_at)}" if made.key.expires_at else ""
    output.note(f"This is the key {quoted(name)} of {line(made.key.principal)}{ends}. Keep it: it is shown this once.")
    if made.key.pcid is None and principal is not None:
        output.note(f"What it reaches: trunkline connection add NAME --road ROAD --for {line(principal)}")


@app.command("list")
def show(ctx: typer.Context, *, limit: Limit = None, cursor: Cursor = None, as_json: AsJson = False) -> None:
    """List the keys, oldest first."""
    listing = listing_of(ctx)
    page = listing.terminal.answer(ListKeys(limit=per_page(limit, cursor), cursor=cursor), as_json=as_json)
    if page is None:
        return
    _table(listing, page.items)
    listing.tell_more(page.cursor)


@app.command()
def stop(ctx: typer.Context, key: Which, *, as_json: AsJson = False) -> None:
    """Stop a key at once. `start` takes it back."""
    _switch(listing_of(ctx), key, stopped=True, as_json=as_json)


@app.command()
def start(ctx: typer.Context, key: Which, *, as_json: AsJson = False) -> None:
    """Let a stopped key go on."""
    _switch(listing_of(ctx), key, stopped=False, as_json=as_json)


@app.command()
def revoke(ctx: typer.Context, key: Which, *, yes: Yes = False, as_json: AsJson = False) -> None:
    """Revoke a key for good, with the tokens made from it."""
    listing = listing_of(ctx)
    found = listing.lookup.key(key)
    if not yes:
        typer.confirm(f"Revoke the key {quoted(found.name)} of {line(found.principal)} for good?", abort=True, err=True)
    if listing.terminal.answer(RevokeKey(key_id=found.id), as_json=as_json) is not None:
        listing.terminal.output.line(f"Revoked: {line(found.name)} ({found.id}).")


def _switch(listing: Listing, key: str, *, stopped: bool, as_json: bool) -> None:
    wanted = StopKey(key_id=listing.lookup.key(key).id, stopped=stopped)
    changed = listing.terminal.answer(wanted, as_json=as_json)
    if changed is not None:
        _table(listing, (changed,))


def _table(listing: Listing, keys: tuple[Key, ...]) -> None:
    terminal = listing.terminal
    names = {each.pcid: each.name for each in terminal.client.result(ListAllConnections()).items}
    rows = [
        (
            each.name,
            each.id,
            each.principal,
            names.get(each.pcid or "", ""),
            terminal.briefly(each.last_used_at) or "never",
            _state(each, terminal.when(each.expires_at)),
        )
        for each in keys
    ]
    terminal.output.table("name", "id", "for", "connection", "last used", "state", rows=rows, whole=("id",))


def _state(key: Key, ends: str) -> str:
    """`admin, until 2026-12-22 19:07, stopped`."""
    marks = (("admin", key.admin), (f"until {ends}", ends), ("stopped", key.stopped))
    return ", ".join(word for word, on in marks if on)
