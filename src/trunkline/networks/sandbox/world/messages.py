"""The messages of the world. What is kept is what the account would be told: contract.events.MessageArrived."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from trunkline.contract.events import FileInfo, HistoryPage, MessageArrived, MessageRemoved, PersonInfo, QuoteInfo
from trunkline.networks.sandbox.world import accounts, chats, events
from trunkline.networks.sandbox.world.accounts import Account
from trunkline.networks.sandbox.world.change import Change, Read
from trunkline.networks.sandbox.world.provider_ids import message_id

_doc = msgspec.json.Decoder(MessageArrived).decode


@dataclass(frozen=True)
class Draft:
    """A message about to be. `extra` are further fields of MessageArrived. at_ms None: now."""

    chat: str
    sender: PersonInfo
    text: str | None = None
    files: tuple[FileInfo, ...] = ()
    quote: str | None = None
    thread: str | None = None
    token: str | None = None
    at_ms: int | None = None
    extra: tuple[tuple[str, object], ...] = ()


def post(change: Change, account: Account, draft: Draft) -> MessageArrived:
    """Put a message into its chat and tell the account of it."""
    message = put(change, account, draft)
    events.append(change, account.key, message, is_echo=message.is_own)
    _tell_of_thread(change, account, message)
    return message


def remove(change: Change, account: Account, message: MessageArrived, *, is_echo: bool) -> MessageRemoved:
    """Take away what a message says, and tell the account of it. A reply is counted no more."""
    gone = msgspec.structs.replace(message, text=None, files=(), quote=None, reactions=(), deleted=True)
    replace(change, account.key, gone)
    removed = MessageRemoved(chat=message.chat, provider_id=message.provider_id, at_ms=change.now_ms)
    events.append(change, account.key, removed, is_echo=is_echo)
    if message.thread is not None:
        _count_again(change, account, message.chat, message.thread)
        _tell_of_thread(change, account, message)
    return removed


def put(change: Change, account: Account, draft: Draft) -> MessageArrived:
    """Put a message into its chat; nobody is told (seeding)."""
    at_ms = change.now_ms if draft.at_ms is None else draft.at_ms
    is_own = draft.sender.provider_id == account.identity
    number = accounts.next_number(change, account.key)
    provider_id, order = message_id(account.account_type, draft.chat, at_ms, number, draft.token)
    if draft.token is not None and find(change.fetch, account.key, draft.chat, provider_id) is not None:
        # A token comes again after the peer has forgotten it: a second message, and the record shows it.
        provider_id, order = message_id(account.account_type, draft.chat, at_ms, number, f"{draft.token} {number}")
    message = MessageArrived(
        chat=draft.chat, provider_id=provider_id, at_ms=at_ms, order=order, sender=draft.sender, is_own=is_own, text=draft.text,
        files=draft.files, quote=_quote(change, account, draft), thread=draft.thread, token=draft.token,
    )  # fmt: skip
    message = msgspec.structs.replace(message, **dict(draft.extra))
    change.run(
        "INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?)",
        account.key, draft.chat, at_ms, order, provider_id, int(is_own), msgspec.json.encode(message),
    )  # fmt: skip
    if message.thread is not None:
        _count_reply(change, account, message)
    said = not is_own and message.event_type is None
    chats.touch(change, account.key, draft.chat, at_ms, unread=int(said), by_peer=said)
    return message


def find(fetch: Read, account: int, chat: str, provider_id: str) -> MessageArrived | None:
    """A message by its provider id."""
    rows = fetch("SELECT doc FROM message WHERE account = ? AND chat = ? AND provider_id = ?", account, chat, provider_id)
    return _doc(rows[0][0]) if rows else None


def replace(change: Change, account: int, message: MessageArrived) -> None:
    """Keep a changed message."""
    change.run(
        "UPDATE message SET doc = ? WHERE account = ? AND chat = ? AND provider_id = ?",
        msgspec.json.encode(message), account, message.chat, message.provider_id,
    )  # fmt: skip


def newest(fetch: Read, account: int, chat: str, *, is_own: bool | None = None) -> MessageArrived | None:
    """The newest message of a chat; only our own, or only the others', when asked."""
    rows = fetch(
        "SELECT doc FROM message WHERE account = ?1 AND chat = ?2 AND (?3 IS NULL OR is_own = ?3)"
        " ORDER BY at_ms DESC, ord DESC LIMIT 1",
        account, chat, is_own,
    )  # fmt: skip
    return _doc(rows[0][0]) if rows else None


def page(
    fetch: Read, account: int, chat: str, cursor: str | None, *, count: int, shown: Callable[[MessageArrived], MessageArrived]
) -> HistoryPage:
    """Messages of a chat going backwards, each as `shown` makes it."""
    at_ms, _, order = (cursor or f"{2**62} 0").partition(" ")
    rows = fetch(
        "SELECT at_ms, ord, doc FROM message WHERE account = ? AND chat = ? AND (at_ms, ord) < (?, ?)"
        " ORDER BY at_ms DESC, ord DESC LIMIT ?",
        account, chat, int(at_ms), int(order), count,
    )  # fmt: skip
    following = f"{rows[-1][0]} {rows[-1][1]}" if len(rows) == count else None
    return HistoryPage(messages=tuple(shown(_doc(row[2])) for row in rows), cursor=following)


def _quote(change: Change, account: Account, draft: Draft) -> QuoteInfo | None:
    if draft.quote is None:
        return None
    quoted = find(change.fetch, account.key, draft.chat, draft.quote)
    if quoted is None:
        return None
    return QuoteInfo(provider_id=quoted.provider_id, sender=quoted.sender.provider_id, text=quoted.text, files=quoted.files)


def _count_reply(change: Change, account: Account, reply: MessageArrived) -> None:
    """The thread's first message says how many answered."""
    assert reply.thread is not None
    first = find(change.fetch, account.key, reply.chat, reply.thread)
    if first is None:
        return
    who = tuple(sorted({*first.reply_by, reply.sender.provider_id}))
    replace(change, account.key, msgspec.structs.replace(first, replies=(first.replies or 0) + 1, reply_by=who))


def _count_again(change: Change, account: Account, chat: str, thread: str) -> None:
    """What the thread's first message says, by the answers that are left."""
    first = find(change.fetch, account.key, chat, thread)
    if first is None:
        return
    rows = change.fetch(
        "SELECT doc FROM message WHERE account = ? AND chat = ? AND at_ms >= ? AND CAST(doc AS TEXT) ->> 'thread' = ?",
        account.key, chat, first.at_ms, thread,
    )  # fmt: skip
    left = [reply for reply in (_doc(row[0]) for row in rows) if not reply.deleted]
    who = tuple(sorted({reply.sender.provider_id for reply in left}))
    replace(change, account.key, msgspec.structs.replace(first, replies=len(left) or None, reply_by=who))


def _tell_of_thread(change: Change, account: Account, reply: MessageArrived) -> None:
    first = None if reply.thread is None else find(change.fetch, account.key, reply.chat, reply.thread)
    if first is not None:
        events.append(change, account.key, msgspec.structs.replace(first, live=False))
