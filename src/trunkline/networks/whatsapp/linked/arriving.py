"""What Baileys says happened, taken into the books: one function per event of its, in a table."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from msgspec import UNSET

from trunkline.contract.events import (
    ChatChanged,
    ChatInfo,
    ChatRemoved,
    DeliveredUpTo,
    MessageArrived,
    MessageRemoved,
    PersonChanged,
    PersonInfo,
    ReadUpTo,
    UnknownHappened,
)
from trunkline.networks.whatsapp.books import Books
from trunkline.networks.whatsapp.jids import is_chat, is_group, is_person, plain_jid
from trunkline.networks.whatsapp.linked import groups
from trunkline.networks.whatsapp.linked.identity import chat_in, learn, learn_from_key, person_in
from trunkline.networks.whatsapp.linked.messages import at_of, edited, events_of, json_of
from trunkline.networks.whatsapp.record import confirm, known_chat, record

HISTORY_DUE = "history due "
"""Begins the names of the kept words for parts of the history that are not wholly here yet."""
_TAKEN, _DELIVERED, _READ = 2, 3, 4
_REVOKED = 1
_ALL = 1 << 40
_PASSED_BY = frozenset({
    "blocklist.set", "blocklist.update", "call", "chats.lock", "connection.update", "group.join-request",
    "group.member-tag.update", "message-capping.update", "messages.media-update", "messages.reaction",
    "messaging-history.status", "newsletter-participants.update", "newsletter-settings.update", "newsletter.reaction",
    "newsletter.view", "presence.update", "settings.update", "want",
})  # fmt: skip
"""Said elsewhere too, or nothing that a chat's reader would miss."""


class _Receipt(NamedTuple):
    """A receipt for a message, given by somebody else or by our own user on another device."""

    chat: str
    message: str
    by_other: bool
    status: int
    at_ms: int
    person: str


Taker = Callable[[Books, PersonInfo, Any], None]


def take(books: Books, own: PersonInfo, name: str, data: Any, at_ms: int) -> None:
    """Take an event of Baileys. One that nobody has a word for is kept with its raw JSON.

    at_ms: when it was heard, in milliseconds; that is the time of what comes without one.
    """
    books.heard_ms = at_ms
    if name in _PASSED_BY:
        return
    taker = _TAKERS.get(name)
    if taker is None:
        books.log(UnknownHappened(kind=name, raw=json_of(data)))
    else:
        taker(books, own, data)


def _messages(books: Books, own: PersonInfo, data: Any) -> None:
    for raw in data.get("messages", ()):
        _message(books, own, raw, live=True)


def _message(books: Books, own: PersonInfo, raw: Mapping[str, Any], *, live: bool) -> None:
    key = raw.get("key") or {}
    is_own = bool(key.get("fromMe"))
    if is_own and books.sending(str(key.get("id"))) is not None:
        confirm(books, own, str(key["id"]))
        return
    for event in events_of(books, own, raw, live=live):
        kept = record(books, own, event)
        if is_own and live and isinstance(kept, MessageArrived):
            # Who writes in a chat on the phone has read it.
            record(books, own, ReadUpTo(chat=kept.chat, provider_id=kept.provider_id, at_ms=kept.at_ms, person=None))


def _history(books: Books, own: PersonInfo, data: Any) -> None:
    for pair in data.get("lidPnMappings") or ():
        learn(books, pair.get("pn"), pair.get("lid"))
    _contacts(books, own, data.get("contacts") or ())
    for chat in data.get("chats") or ():
        _chat(books, own, chat, live=False)
    for raw in sorted(data.get("messages") or (), key=lambda each: at_of(each, books.heard_ms)):
        _message(books, own, raw, live=False)


def _history_due(books: Books, own: PersonInfo, data: Any) -> None:
    """A part of the history lies ready. WhatsApp says so once: it is remembered until all of it is here."""
    books.set_fact(f"{HISTORY_DUE}{data['id']}", json_of(data["notice"]))


def _history_part(books: Books, own: PersonInfo, data: Any) -> None:
    for each in data.get("done") or ():
        books.drop_fact(f"{HISTORY_DUE}{each}")


def _chats(books: Books, own: PersonInfo, data: Any) -> None:
    for chat in data:
        _chat(books, own, chat, live=True)


def _chat(books: Books, own: PersonInfo, raw: Mapping[str, Any], *, live: bool) -> None:
    learn(books, raw.get("id"), raw.get("lidJid") or raw.get("accountLid"))
    learn(books, raw.get("id"), raw.get("pnJid"))
    chat = person_in(books, raw.get("id"))
    if not is_chat(chat):
        return
    active = raw.get("conversationTimestamp") if not live else None
    unread = raw.get("unreadCount")
    name = raw.get("name") if is_group(chat) else None
    info = ChatInfo(
        provider_id=chat,
        name=name or UNSET,
        archived=bool(raw["archived"]) if "archived" in raw else UNSET,
        pinned=bool(raw["pinned"]) if "pinned" in raw else UNSET,
        muted_until_ms=_muted(raw["muteEndTime"]) if "muteEndTime" in raw else UNSET,
        read_only=bool(raw["readOnly"]) if "readOnly" in raw and is_group(chat) else UNSET,
        unread_count=_unread(unread, live=live),
        active_at_ms=int(active) * 1_000 if isinstance(active, int) else UNSET,
    )
    if live and all(getattr(info, each) is UNSET for each in info.__struct_fields__ if each != "provider_id"):
        return
    record(books, own, ChatChanged(info=info, live=live))


def _unread(count: object, *, live: bool) -> Any:
    """While we listen we count ourselves: then only `read` (0) and `marked unread` (below 0) say something."""
    if not isinstance(count, int):
        return UNSET
    if live:
        return 0 if count == 0 else 1 if count < 0 else UNSET
    return max(count, 0)


def _muted(end: object) -> int | None:
    if not isinstance(end, int | float) or end == 0:
        return None
    return -1 if end < 0 else int(end)


def _updates(books: Books, own: PersonInfo, data: Any) -> None:
    for each in data:
        key, update = each.get("key") or {}, each.get("update") or {}
        learn_from_key(books, key)
        chat, message = chat_in(books, key), key.get("id")
        if not is_chat(chat) or not isinstance(message, str):
            continue
        at_ms = at_of(update, books.heard_ms)
        content = update.get("message")
        if update.get("messageStubType") == _REVOKED:
            record(books, own, MessageRemoved(chat=chat, provider_id=message, at_ms=at_ms))
        elif isinstance(content, Mapping):
            for event in edited(books, chat, message, content, at_ms):
                record(books, own, event)
        if isinstance(update.get("status"), int):
            _receipt(books, own, _Receipt(chat, message, bool(key.get("fromMe")), update["status"], at_ms, chat))


def _group_receipts(books: Books, own: PersonInfo, data: Any) -> None:
    for each in data:
        key, receipt = each.get("key") or {}, each.get("receipt") or {}
        learn_from_key(books, key)
        chat, person = chat_in(books, key), person_in(books, receipt.get("userJid"))
        if not is_chat(chat) or not isinstance(key.get("id"), str):
            continue
        seconds = receipt.get("readTimestamp") or receipt.get("receiptTimestamp") or 0
        status = _READ if receipt.get("readTimestamp") else _DELIVERED
        _receipt(books, own, _Receipt(chat, key["id"], person != own.provider_id, status, int(seconds) * 1_000, person))


def _receipt(books: Books, own: PersonInfo, receipt: _Receipt) -> None:
    chat, message, at_ms = receipt.chat, receipt.message, receipt.at_ms
    if receipt.by_other and receipt.status >= _TAKEN:
        confirm(books, own, message)
    if receipt.status >= _READ:
        person = receipt.person if receipt.by_other else None
        record(books, own, ReadUpTo(chat=chat, provider_id=message, at_ms=at_ms, person=person))
    elif receipt.status == _DELIVERED and receipt.by_other:
        record(books, own, DeliveredUpTo(chat=chat, provider_id=message, at_ms=at_ms))


def _deleted_messages(books: Books, own: PersonInfo, data: Any) -> None:
    """Deleted on the phone "for me", one by one, or all of a chat: they are gone from this account."""
    if data.get("all"):
        chat = person_in(books, data.get("jid"))
        gone = [(chat, each.provider_id) for each in books.messages(chat, None, _ALL)]
    else:
        gone = [(chat_in(books, key), str(key.get("id"))) for key in data.get("keys") or ()]
    for chat, message in gone:
        if is_chat(chat):
            record(books, own, MessageRemoved(chat=chat, provider_id=message, at_ms=books.heard_ms))


def _deleted_chats(books: Books, own: PersonInfo, data: Any) -> None:
    for jid in data:
        record(books, own, ChatRemoved(chat=person_in(books, jid)))


def _contacts(books: Books, own: PersonInfo, data: Any) -> None:
    for contact in data:
        learn(books, contact.get("phoneNumber") or contact.get("id"), contact.get("lid") or contact.get("id"))
        person = person_in(books, contact.get("id"))
        name = contact.get("name") or contact.get("notify") or contact.get("verifiedName")
        if not is_person(person) or person == own.provider_id or not name:
            continue
        known = books.person(person)
        if known is None or known[0] != name:
            books.put_person(person, name)
            books.log(PersonChanged(info=PersonInfo(provider_id=person, name=name, also=books.aliases(person), picture=person)))


def _mapping(books: Books, own: PersonInfo, data: Any) -> None:
    learn(books, data.get("pn"), data.get("lid"))


def _label(books: Books, own: PersonInfo, data: Any) -> None:
    books.set_fact(f"label {data.get('id')}", "" if data.get("deleted") else str(data.get("name") or ""))


def _labelled(books: Books, own: PersonInfo, data: Any) -> None:
    association = data.get("association") or {}
    chat = person_in(books, association.get("chatId"))
    name = books.fact(f"label {association.get('labelId')}")
    if not is_chat(chat) or not name or association.get("messageId"):
        return
    info = known_chat(books, own, chat).info
    labels = () if info.labels is UNSET else info.labels
    others = tuple(each for each in labels if each != name)
    wanted = (*others, name) if data.get("type") == "add" else others
    if set(wanted) != set(labels):
        record(books, own, ChatChanged(info=ChatInfo(provider_id=chat, labels=wanted)))


_TAKERS: Mapping[str, Taker] = {
    "messages.upsert": _messages,
    "messages.update": _updates,
    "messages.delete": _deleted_messages,
    "message-receipt.update": _group_receipts,
    "messaging-history.set": _history,
    "history.due": _history_due,
    "history.part": _history_part,
    "chats.upsert": _chats,
    "chats.update": _chats,
    "chats.delete": _deleted_chats,
    "contacts.upsert": _contacts,
    "contacts.update": _contacts,
    "lid-mapping.update": _mapping,
    "groups.upsert": groups.take_all,
    "groups.update": groups.take_all,
    "group-participants.update": groups.take_members,
    "labels.edit": _label,
    "labels.association": _labelled,
}


def own_person(me: Mapping[str, Any]) -> PersonInfo:
    """Our own user, from the credentials."""
    lid = me.get("lid")
    return PersonInfo(
        provider_id=plain_jid(str(me.get("id"))),
        name=str(me.get("name") or me.get("notify") or plain_jid(str(me.get("id"))).partition("@")[0]),
        is_self=True,
        also=(plain_jid(lid),) if isinstance(lid, str) and lid else (),
    )
