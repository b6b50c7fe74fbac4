"""`trunkline connection add-unipile` and `check`: connections to the accounts of a Unipile subscription."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from trunkline.model.connection import ConnectionChecked
from trunkline.operations.administration import AddUnipileConnection, CheckConnection
from trunkline.operations.wire import read_result
from trunkline.surfaces.cli.commands.accounts import STATES
from trunkline.surfaces.cli.commands.connections import (
    Allow,
    For,
    ModeOption,
    Name,
    Open,
    Which,
    app,
    changed,
    mode_of,
    reading_and,
)
from trunkline.surfaces.cli.exits import FAILED, WrongUsage
from trunkline.surfaces.cli.listing import listing_of
from trunkline.surfaces.cli.names import network
from trunkline.surfaces.cli.options import AsJson
from trunkline.surfaces.cli.output import Output
from trunkline.surfaces.cli.plain import line

__all__ = ["app"]

Dsn = Annotated[str, typer.Option("--dsn", metavar="HOST:PORT", help="Where the Unipile server is, as its dashboard shows it.")]
KeyFile = Annotated[
    str | None,
    typer.Option(
        "--key-file", metavar="FILE", help="A file with the access token, or - for standard input. Else it is asked for."
    ),
]
AccountIds = Annotated[
    list[str] | None,
    typer.Option("--account", metavar="ID", help="Only the account of this id there; may be repeated. All if left out."),
]
ChatIds = Annotated[
    list[str] | None,
    typer.Option("--chat", metavar="ID", help="Only the chat of this id there; may be repeated. All if left out."),
]


@app.command("add-unipile")
def add_unipile(
    ctx: typer.Context,
    name: Name,
    *,
    dsn: Dsn,
    key_file: KeyFile = None,
    principal: For = None,
    account: AccountIds = None,
    chat: ChatIds = None,
    allow: Allow = None,
    mode: ModeOption = None,
    is_open: Open = False,
    as_json: AsJson = False,
) -> None:
    """Make a connection to the accounts of a Unipile subscription. Without more words it reads and does nothing else."""
    listing = listing_of(ctx)
    wanted = AddUnipileConnection(
        name=name,
        principal=principal,
        dsn=dsn,
        api_key=_key(key_file),
        accounts=tuple(account) if account else None,
        chats=tuple(chat) if chat else None,
        effects=None if allow is None else reading_and(allow),
        mode=mode_of(mode, is_open=is_open),
    )
    changed(listing, listing.terminal.answer(wanted, as_json=as_json))


@app.command()
def check(ctx: typer.Context, connection: Which, *, as_json: AsJson = False) -> None:
    """Try the key of a connection to a Unipile subscription, and list the accounts it sees. Ends with 1 when it fails."""
    listing = listing_of(ctx)
    found = listing.terminal.client.ask(CheckConnection(pcid=listing.lookup.connection(connection).pcid))
    checked = read_result(CheckConnection, found)
    if as_json:
        listing.terminal.output.json(found)
    else:
        show_checked(listing.terminal.output, checked)
    if not checked.works:
        raise typer.Exit(FAILED)


def show_checked(output: Output, checked: ConnectionChecked) -> None:
    """What was found, and the accounts."""
    output.line(f"{line(checked.server)}: {line(checked.detail)}")
    rows = [
        (network(each.account_type), each.name, STATES.get(each.status, each.status), each.account_id)
        for each in checked.accounts
    ]
    if rows:
        output.table("network", "name", "state", "id", rows=rows, whole=("network", "id"))


def _key(key_file: str | None) -> str:
    """The access token. It is never taken from the command line, which other users and the shell's history can see."""
    if key_file is None:
        return str(typer.prompt("Access token", hide_input=True, err=True))
    try:
        text = sys.stdin.read() if key_file == "-" else Path(key_file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUsage(f"--key-file cannot be read: {error}.") from None
    return text.strip()
