"""`trunkline sync`: ask for a chat's history, and watch it come."""

import time
from typing import Annotated

import typer
from msgspec import UNSET

from trunkline.model.acknowledgements import ChatHistorySync
from trunkline.operations.chats import SyncChatHistory
from trunkline.operations.wire import read_result
from trunkline.surfaces.cli import sizes
from trunkline.surfaces.cli.exits import INTERRUPTED, Failed
from trunkline.surfaces.cli.listing import listing_of
from trunkline.surfaces.cli.options import Account, AsJson, Connection
from trunkline.surfaces.cli.plain import line
from trunkline.surfaces.cli.progress import Progress
from trunkline.surfaces.cli.terminal import Terminal

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 1.0

ChatName = Annotated[str, typer.Argument(metavar="CHAT", help="Id, name or beginning of the name of a chat.")]
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Watch it until it is done, or only begin it.")]


def sync(
    ctx: typer.Context,
    chat: ChatName,
    *,
    wait: Wait = True,
    account: Account = None,
    connection: Connection = None,
    as_json: AsJson = False,
) -> None:
    """Fetch a chat's whole history. Ctrl-C stops the watching, not the sync."""
    listing = listing_of(ctx, connection)
    terminal = listing.terminal
    found = listing.lookup.chat(chat, account)
    asked = SyncChatHistory(chat_id=found.id)
    name = line(listing.names.chat(found))
    try:
        body = terminal.client.ask(asked)
        if wait:
            body = _watch(terminal, asked, body, name)
    except KeyboardInterrupt:
        _tell_it_goes_on(terminal, found.id)
        raise typer.Exit(INTERRUPTED) from None
    if as_json:
        terminal.output.json(body)
    stands = read(body)
    if stands.status in ("SYNC_ERROR", "CHAT_DELETED"):
        raise Failed(f"The history of {name} could not be fetched: {_why(stands)}")
    if not as_json:
        terminal.output.line(_told(stands, name))
        if is_running(stands) and terminal.server.is_ours:
            _tell_it_goes_on(terminal, found.id)


def read(body: bytes) -> ChatHistorySync:
    """The answer."""
    return read_result(SyncChatHistory, body)


def is_running(stands: ChatHistorySync) -> bool:
    """Whether there is more to come."""
    return stands.status in ("SYNC_STARTED", "SYNC_RUNNING")


def _watch(terminal: Terminal, asked: SyncChatHistory, body: bytes, name: str) -> bytes:
    """Ask until it is done; gives the last answer."""
    pause_s = FIRST_PAUSE_S
    with Progress(terminal.output.err) as progress:
        while is_running(stands := read(body)):
            progress.show(f"{name}: {_count(stands) or 'beginning'}")
            time.sleep(pause_s)
            pause_s = min(pause_s * 1.5, LONGEST_PAUSE_S)
            body = terminal.client.ask(asked)
    return body


def _count(stands: ChatHistorySync) -> str:
    return "" if stands.messages is UNSET else sizes.count(stands.messages, "message")


def _told(stands: ChatHistorySync, name: str) -> str:
    if is_running(stands):
        return f"The history of {name} is being fetched" + (f": {_count(stands)} so far." if _count(stands) else ".")
    return f"The history of {name} is here: {_count(stands) or 'nothing new'}."


def _why(stands: ChatHistorySync) -> str:
    if stands.status == "CHAT_DELETED":
        return "the chat was deleted."
    return f"{line(stands.detail).rstrip('.')}." if stands.detail is not UNSET else "the network gave no reason."


def _tell_it_goes_on(terminal: Terminal, chat_id: str) -> None:
    when = "when a server runs (`trunkline serve`)" if terminal.server.is_ours else "by itself"
    terminal.output.note(f"The sync goes on {when}; `trunkline sync {chat_id}` shows where it stands.")
