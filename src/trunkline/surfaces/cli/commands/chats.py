"""`trunkline chats`."""

from typing import Annotated

import typer

from trunkline.model.chat import CHANNEL, GROUP, Chat
from trunkline.operations.chats import ListAllChats
from trunkline.surfaces.cli.listing import listing_of
from trunkline.surfaces.cli.names import network
from trunkline.surfaces.cli.options import Account, After, AsJson, Before, Connection, Cursor, Limit, per_page

Unread = Annotated[bool | None, typer.Option("--unread/--read", help="Only those with unread messages, or only the others.")]


def chats(
    ctx: typer.Context,
    *,
    account: Account = None,
    unread: Unread = None,
    before: Before = None,
    after: After = None,
    connection: Connection = None,
    limit: Limit = None,
    cursor: Cursor = None,
    as_json: AsJson = False,
) -> None:
    """List the chats, last activity first."""
    listing = listing_of(ctx, connection)
    terminal = listing.terminal
    asked = ListAllChats(
        account_id=listing.lookup.accounts(account),
        unread=unread,
        before=terminal.past(before, "--before"),
        after=terminal.past(after, "--after"),
        limit=per_page(limit, cursor),
        cursor=cursor,
    )
    page = terminal.answer(asked, as_json=as_json)
    if page is None:
        return
    if not page.items:
        narrowed = account or before or after or unread is not None
        terminal.output.note(
            "No chat fits." if narrowed else "There are no chats yet. `trunkline accounts` shows whose would be."
        )
        return
    rows = [
        (
            listing.names.chat(chat),
            network(chat.account_type),
            kind(chat),
            str(chat.unread_count or ""),
            terminal.briefly(chat.timestamp),
            chat.id,
        )
        for chat in page.items
    ]
    terminal.output.table("name", "network", "kind", "unread", "active", "id", rows=rows, whole=("network", "active", "id"))
    listing.tell_more(page.cursor)


def kind(chat: Chat) -> str:
    """What sets a chat apart from a plain conversation of two."""
    words = {GROUP: ["group"], CHANNEL: ["channel"]}.get(chat.type, [])
    marks = (("pinned", chat.pinned), ("archived", chat.archived), ("muted", chat.muted_until), ("read-only", chat.read_only))
    return ", ".join([*words, *(word for word, on in marks if on)])
