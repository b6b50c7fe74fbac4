"""`trunkline messages`: of all chats, of one chat, or those that hold some words."""

from dataclasses import dataclass
from typing import Annotated

import typer
from msgspec import UNSET

from trunkline.model.chat import Chat
from trunkline.model.message import Message
from trunkline.model.page import MessageList
from trunkline.model.search import SearchedAccount
from trunkline.operations.chats import ListChatMessages
from trunkline.operations.declaration import Operation
from trunkline.operations.messages import ListAllMessages
from trunkline.operations.own import SearchMessages
from trunkline.surfaces.cli.exits import WrongUsage
from trunkline.surfaces.cli.listing import Listing, listing_of
from trunkline.surfaces.cli.names import network
from trunkline.surfaces.cli.options import Account, After, AsJson, Before, Connection, Cursor, Limit, per_page
from trunkline.surfaces.cli.plain import line
from trunkline.surfaces.cli.said import said

ChatName = Annotated[str | None, typer.Argument(metavar="CHAT", help="Id, name or beginning of the name of a chat.")]
ChatOption = Annotated[str | None, typer.Option("--chat", metavar="CHAT", help="The chat, as an option.")]
Words = Annotated[
    str | None, typer.Option("--search", metavar="WORDS", help='Only messages with all these words; "a phrase" in quotes.')
]
Sender = Annotated[str | None, typer.Option(metavar="SENDER", help="Only messages of this sender: an id, a name, or `me`.")]
Ids = Annotated[bool, typer.Option("--ids", help="Show the ids of the messages, for `send --quote`.")]


@dataclass(frozen=True)
class Wanted:
    """Which messages, as the operations name things."""

    chat: Chat | None
    account_ids: str | None
    sender_id: str | None
    before: str | None
    after: str | None
    limit: int | None
    cursor: str | None


def messages(
    ctx: typer.Context,
    chat: ChatName = None,
    *,
    search: Words = None,
    chat_option: ChatOption = None,
    account: Account = None,
    sender: Sender = None,
    before: Before = None,
    after: After = None,
    connection: Connection = None,
    ids: Ids = False,
    limit: Limit = None,
    cursor: Cursor = None,
    as_json: AsJson = False,
) -> None:
    """List messages, newest first, or search them. Without a CHAT those of all chats."""
    if chat is not None and chat_option is not None:
        raise WrongUsage("The chat is named twice. Name it once.")
    listing = listing_of(ctx, connection)
    terminal, lookup = listing.terminal, listing.lookup
    named = chat_option if chat is None else chat
    found = None if named is None else lookup.chat(named, account)
    account_ids = lookup.accounts(account) if found is None else found.account_id
    wanted = Wanted(
        chat=found,
        account_ids=account_ids,
        sender_id=lookup.sender(sender, found, account_ids),
        before=terminal.past(before, "--before"),
        after=terminal.past(after, "--after"),
        limit=per_page(limit, cursor),
        cursor=cursor,
    )
    if search is None:
        page = terminal.answer(_listed(wanted), as_json=as_json)
        if page is not None:
            _show(listing, page.items, wanted, with_ids=ids)
            listing.tell_more(page.cursor)
        return
    found_messages = terminal.answer(_searched(wanted, search), as_json=as_json)
    if found_messages is not None:
        _show(listing, found_messages.items, wanted, with_ids=ids)
        _tell_reach(listing, wanted, found_messages.accounts)
        listing.tell_more(found_messages.cursor)


def _listed(wanted: Wanted) -> Operation[MessageList]:
    if wanted.chat is not None:
        return ListChatMessages(
            chat_id=wanted.chat.id,
            sender_id=wanted.sender_id,
            before=wanted.before,
            after=wanted.after,
            limit=wanted.limit,
            cursor=wanted.cursor,
        )
    return ListAllMessages(
        account_id=wanted.account_ids,
        sender_id=wanted.sender_id,
        before=wanted.before,
        after=wanted.after,
        limit=wanted.limit,
        cursor=wanted.cursor,
    )


def _searched(wanted: Wanted, words: str) -> SearchMessages:
    return SearchMessages(
        query=words,
        account_id=wanted.account_ids,
        chat_id=None if wanted.chat is None else wanted.chat.id,
        sender_id=wanted.sender_id,
        before=wanted.before,
        after=wanted.after,
        limit=wanted.limit,
        cursor=wanted.cursor,
    )


def _show(listing: Listing, messages: tuple[Message, ...], wanted: Wanted, *, with_ids: bool) -> None:
    output = listing.terminal.output
    if not messages:
        output.note("No message fits.")
        return
    with_chat = wanted.chat is None
    columns = ["when", "from", *(["chat"] if with_chat else []), "message", *(["id"] if with_ids else [])]
    rows = [_row(listing, message, with_chat=with_chat, with_ids=with_ids) for message in messages]
    output.table(*columns, rows=rows, whole=("when", "id"))


def _row(listing: Listing, message: Message, *, with_chat: bool, with_ids: bool) -> tuple[str, ...]:
    where = (f"{listing.names.chat_of(message)} ({listing.names.network_of(message.account_id)})",) if with_chat else ()
    start = (listing.terminal.when(message.timestamp), listing.names.sender(message))
    return (*start, *where, said(message), *((message.id,) if with_ids else ()))


def _tell_reach(listing: Listing, wanted: Wanted, accounts: tuple[SearchedAccount, ...]) -> None:
    """Which accounts were searched since when, and which were not."""
    output = listing.terminal.output
    searched = [each for each in accounts if each.searched]
    if searched:
        reach = [f"{_label(listing, each)} since {listing.terminal.when(each.since) or 'the beginning'}" for each in searched]
        output.note(f"Searched: {', '.join(reach)}.")
    for each in accounts:
        if wanted.account_ids is not None and each.account_id not in wanted.account_ids.split(","):
            continue  # left out by the person's own words
        why = "" if each.detail is UNSET else f" {line(each.detail)}"
        if not each.searched:
            output.note(f"Not searched: {_label(listing, each)}.{why}")
        elif why:
            output.note(f"{_label(listing, each)}:{why}")


def _label(listing: Listing, searched: SearchedAccount) -> str:
    """The network, and the account's name too where the person has several there."""
    accounts = listing.names.accounts()
    found = accounts.get(searched.account_id)
    if found is None:
        return searched.account_id
    alone = sum(each.type == found.type for each in accounts.values()) == 1
    return network(found.type) if alone else line(listing.names.account(found.id))
