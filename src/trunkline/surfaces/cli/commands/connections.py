"""`trunkline connection`: what an agent may reach, and how far."""

from typing import Annotated, cast, get_args

import typer
from msgspec import UNSET

from trunkline.model.connection import Connection, Grant, Mode
from trunkline.operations.administration import (
    AddConnection,
    AllowConnection,
    ListAllConnections,
    RevokeConnection,
    StopConnection,
)
from trunkline.operations.values import quoted
from trunkline.surfaces.cli import sizes
from trunkline.surfaces.cli.exits import WrongUsage
from trunkline.surfaces.cli.listing import Listing, listing_of
from trunkline.surfaces.cli.matching import listed
from trunkline.surfaces.cli.options import AsJson
from trunkline.surfaces.cli.plain import line

GRANTS: tuple[Grant, ...] = get_args(Grant)

Which = Annotated[str, typer.Argument(metavar="CONNECTION", help="PCID or name of a connection.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="What it is called in lists.")]
Roads = Annotated[
    list[str], typer.Option("--road", metavar="ROAD", help="A road it reaches (trunkline networks); may be repeated.")
]
For = Annotated[
    str | None, typer.Option("--for", metavar="AGENT", help="Whom it is for; you if left out. A new name makes an agent.")
]
Accounts = Annotated[
    list[str] | None, typer.Option("--account", metavar="ACCOUNT", help="Only this account; may be repeated. All if left out.")
]
Chats = Annotated[
    list[str] | None, typer.Option("--chat", metavar="CHAT", help="Only this chat; may be repeated. All if left out.")
]
Allow = Annotated[str | None, typer.Option(metavar="EFFECTS", help="What it may do beside reading: send,change,destroy.")]
ModeOption = Annotated[str | None, typer.Option("--mode", metavar="MODE", help="open, guarded or read_only.")]
Open = Annotated[bool, typer.Option("--open", help="The same as --mode open: what it writes goes out, and nobody looks first.")]
Effects = Annotated[str | None, typer.Argument(metavar="EFFECTS", help="What it may do from now on too: send,change,destroy.")]
Only = Annotated[bool, typer.Option("--only", help="These effects and no others: takes the rest away.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]

app = typer.Typer(help="What an agent may reach: make, list, widen, stop, revoke.", no_args_is_help=True)


@app.command("list")
def show(ctx: typer.Context, *, as_json: AsJson = False) -> None:
    """List the connections, yours and your agents'."""
    listing = listing_of(ctx)
    page = listing.terminal.answer(ListAllConnections(), as_json=as_json)
    if page is not None:
        table(listing, page.items)


@app.command()
def add(
    ctx: typer.Context,
    name: Name,
    *,
    road: Roads,
    principal: For = None,
    account: Accounts = None,
    chat: Chats = None,
    allow: Allow = None,
    mode: ModeOption = None,
    is_open: Open = False,
    as_json: AsJson = False,
) -> None:
    """Make a connection. Without more words it reads and does nothing else."""
    listing = listing_of(ctx)
    lookup = listing.lookup
    wanted = AddConnection(
        name=name,
        principal=principal,
        roads=tuple(road),
        accounts=None if not account else tuple((lookup.accounts(",".join(account)) or "").split(",")),
        chats=None if not chat else tuple(lookup.chat(each).id for each in chat),
        effects=None if allow is None else reading_and(allow),
        mode=mode_of(mode, is_open=is_open),
    )
    changed(listing, listing.terminal.answer(wanted, as_json=as_json))


@app.command()
def allow(
    ctx: typer.Context,
    connection: Which,
    effects: Effects = None,
    *,
    only: Only = False,
    mode: ModeOption = None,
    is_open: Open = False,
    as_json: AsJson = False,
) -> None:
    """Let a connection do more, or with --only less; and say how its writes are watched."""
    listing = listing_of(ctx)
    chosen = mode_of(mode, is_open=is_open)
    if effects is None and chosen is None:
        raise WrongUsage(f"Say what it may do: {listed(GRANTS)}, several with commas; or how it is watched, with --mode.")
    if effects is None and only:
        raise WrongUsage("--only needs the EFFECTS that stay.")
    found = listing.lookup.connection(connection)
    granted = None if effects is None else _grants({*_words(effects), *(() if only else found.effects)})
    wanted = AllowConnection(pcid=found.pcid, effects=granted, mode=chosen)
    changed(listing, listing.terminal.answer(wanted, as_json=as_json))


@app.command()
def stop(ctx: typer.Context, connection: Which, *, as_json: AsJson = False) -> None:
    """Stop at once whatever a connection writes. `start` takes it back."""
    _switch(listing_of(ctx), connection, stopped=True, as_json=as_json)


@app.command()
def start(ctx: typer.Context, connection: Which, *, as_json: AsJson = False) -> None:
    """Let a stopped connection go on."""
    _switch(listing_of(ctx), connection, stopped=False, as_json=as_json)


@app.command()
def revoke(ctx: typer.Context, connection: Which, *, yes: Yes = False, as_json: AsJson = False) -> None:
    """Revoke a connection for good."""
    listing = listing_of(ctx)
    found = listing.lookup.connection(connection)
    if not yes:
        typer.confirm(f"Revoke the connection {quoted(found.name)} of {line(found.principal)} for good?", abort=True, err=True)
    if listing.terminal.answer(RevokeConnection(pcid=found.pcid), as_json=as_json) is not None:
        listing.terminal.output.line(f"Revoked: {line(found.name)} ({found.pcid}).")


def _switch(listing: Listing, connection: str, *, stopped: bool, as_json: bool) -> None:
    wanted = StopConnection(pcid=listing.lookup.connection(connection).pcid, stopped=stopped)
    changed(listing, listing.terminal.answer(wanted, as_json=as_json))


def changed(listing: Listing, connection: Connection | None) -> None:
    """Show a connection that was made or changed, and what to think of. None: it was printed as JSON."""
    if connection is None:
        return
    table(listing, (connection,))
    if connection.warning is not UNSET:
        listing.terminal.output.note(f"Warning: {line(connection.warning)}")


def table(listing: Listing, connections: tuple[Connection, ...]) -> None:
    """Connections, for people."""
    rows = [
        (each.name, each.pcid, each.principal, _reach(each), ", ".join(each.effects), _mode_of(each)) for each in connections
    ]
    listing.terminal.output.table("name", "pcid", "for", "reaches", "may", "mode", rows=rows, whole=("pcid",))


def _reach(connection: Connection) -> str:
    """`sandbox`, `sandbox: 2 accounts`."""
    words = []
    if connection.accounts is not None:
        words.append(sizes.count(len(connection.accounts), "account"))
    if connection.chats is not None:
        words.append(sizes.count(len(connection.chats), "chat"))
    return (", ".join(connection.roads) or connection.backend) + (f": {', '.join(words)}" if words else "")


def _mode_of(connection: Connection) -> str:
    marks = (("stopped", connection.stopped), ("yours by default", connection.is_default))
    return ", ".join([connection.mode, *(word for word, on in marks if on)])


def reading_and(effects: str) -> tuple[Grant, ...]:
    """Reading, and the effects that were named with commas. Raises WrongUsage for a word that is none."""
    return _grants({"read", *_words(effects)})


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _grants(words: set[str]) -> tuple[Grant, ...]:
    """In their usual order. Raises WrongUsage for a word that is none."""
    for word in words:
        if word not in GRANTS:
            raise WrongUsage(f"{quoted(word)} is no effect; there are {listed(GRANTS)}.")
    return tuple(grant for grant in GRANTS if grant in words)


def mode_of(mode: str | None, *, is_open: bool) -> Mode | None:
    """What --mode and --open say together. Raises WrongUsage."""
    if not is_open:
        return cast(Mode | None, mode)  # the operation knows the words, and refuses others in a sentence
    if mode not in (None, "open"):
        raise WrongUsage("--open and --mode say different things. Give one of them.")
    return "open"
