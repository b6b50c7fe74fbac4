"""From a message as Baileys gives it to what happened: a message, an edit, a deletion, a reaction, or something unknown."""

import json
import re
from collections.abc import Mapping
from typing import Any

from trunkline.contract.events import (
    Event,
    MessageArrived,
    MessageChanged,
    MessageRemoved,
    PersonInfo,
    QuoteInfo,
    ReactionChanged,
    ReactionInfo,
    UnknownHappened,
)
from trunkline.networks.whatsapp.books import Books
from trunkline.networks.whatsapp.content import Said, kind_of, said, unwrapped
from trunkline.networks.whatsapp.jids import is_chat
from trunkline.networks.whatsapp.linked.identity import chat_in, learn_from_key, person_in, sender_in
from trunkline.networks.whatsapp.record import known_person

_REVOKE, _EDIT = 0, 14
_CIPHERTEXT = 2
_SECONDS = re.compile(r"[0-9]{1,9}|[1-3][0-9]{9}")
"""A time until the year 2096: anything else is no time of a message."""
_STUBS = {20: 3, 21: 4, 27: 5, 71: 5, 28: 6, 32: 7, 40: 8, 45: 8, 41: 9, 46: 9}
"""WhatsApp's WebMessageInfo.StubType (WAProto of Baileys 7.0.0-rc14, seen 2026-11-22) as event_type (unipile-v1 5.3)."""
_NO_MESSAGES = frozenset({
    "encCommentMessage", "encEventResponseMessage", "encReactionMessage", "keepInChatMessage", "pinInChatMessage",
    "pollUpdateMessage",
})  # fmt: skip
"""Said about another message, in a way we have no word for."""

Raw = Mapping[str, Any]


def events_of(books: Books, own: PersonInfo, raw: Raw, *, live: bool) -> list[Event]:
    """What a message of Baileys means. Empty for what is no chat's (status updates) and for keys."""
    key = raw.get("key") or {}
    learn_from_key(books, key)
    chat, number = chat_in(books, key), key.get("id")
    if not is_chat(chat) or not isinstance(number, str):
        return []
    content = unwrapped(raw.get("message") or {})
    kind = kind_of(content)
    if kind is None:
        return _stub(books, own, raw, chat, live=live)
    if kind == "protocolMessage":
        return _protocol(books, raw, chat, content[kind])
    if kind == "reactionMessage":
        return _reaction(books, own, raw, chat, content[kind])
    if kind in _NO_MESSAGES:
        return [UnknownHappened(kind=kind, raw=json_of(raw), chat=chat)]
    return [arrived(books, own, raw, said(content, ref_of(chat, number)) or Said(kind), live=live)]


def arrived(books: Books, own: PersonInfo, raw: Raw, what: Said, *, live: bool, token: str | None = None) -> MessageArrived:
    """The message. What it says may be nothing we have a word for: its raw JSON is there all the same."""
    key = raw["key"]
    chat = chat_in(books, key)
    name = raw.get("pushName")
    sender = sender_in(books, own.provider_id, key, raw)
    return MessageArrived(
        chat=chat,
        provider_id=key["id"],
        at_ms=at_of(raw, books.heard_ms),
        order=0,
        sender=known_person(books, own, sender, name if isinstance(name, str) and name else None),
        is_own=bool(key.get("fromMe")),
        text=what.text,
        files=() if what.file is None else (what.file,),
        quote=None if what.quoted is None else _quote(books, own, chat, what.quoted),
        reactions=_reactions(books, own, raw),
        is_forwarded=what.forwarded or None,
        token=token,
        raw=json_of(raw),
        live=live,
    )


def ref_of(chat: str, message: str) -> str:
    """How a message's file is found again."""
    return f"{chat}|{message}"


def at_of(raw: Raw, heard_ms: int) -> int:
    """When it was said, in milliseconds; WhatsApp counts seconds. heard_ms: what it is where no possible time is given."""
    seconds = raw.get("messageTimestamp")
    at_ms = int(seconds) * 1_000 if isinstance(seconds, int | float | str) and _SECONDS.fullmatch(str(seconds)) else 0
    return at_ms or heard_ms


def json_of(raw: object) -> str:
    """The network's payload as JSON text."""
    return json.dumps(raw, ensure_ascii=False, separators=(",", ":"))


def _stub(books: Books, own: PersonInfo, raw: Raw, chat: str, *, live: bool) -> list[Event]:
    kind = raw.get("messageStubType")
    if not isinstance(kind, int) or kind == 0:
        return []
    if kind == _CIPHERTEXT:
        # It may still come, readable: the phone is asked to send it again.
        return [UnknownHappened(kind="undecryptable", raw=json_of(raw), chat=chat)]
    message = arrived(books, own, raw, Said("stub"), live=live)
    return [_as_event(message, _STUBS.get(kind, 0))]


def _as_event(message: MessageArrived, event_type: int) -> MessageArrived:
    fields = {name: getattr(message, name) for name in message.__struct_fields__}
    return MessageArrived(**(fields | {"event_type": event_type}))


def _protocol(books: Books, raw: Raw, chat: str, part: Raw) -> list[Event]:
    target = (part.get("key") or {}).get("id")
    if not isinstance(target, str):
        return []
    if part.get("type", _REVOKE) == _REVOKE:
        return [MessageRemoved(chat=chat, provider_id=target, at_ms=at_of(raw, books.heard_ms))]
    if part.get("type") == _EDIT:
        return edited(books, chat, target, part.get("editedMessage") or {}, at_of(raw, books.heard_ms))
    return []


def edited(books: Books, chat: str, target: str, content: Raw, at_ms: int) -> list[Event]:
    """The edit of a message."""
    what = said(content, ref_of(chat, target))
    return [] if what is None else [MessageChanged(chat=chat, provider_id=target, at_ms=at_ms, text=what.text)]


def _reaction(books: Books, own: PersonInfo, raw: Raw, chat: str, part: Raw) -> list[Event]:
    target = (part.get("key") or {}).get("id")
    if not isinstance(target, str):
        return []
    value = part.get("text") or ""
    sender = sender_in(books, own.provider_id, raw["key"], raw)
    changed = ReactionChanged(
        chat=chat,
        provider_id=target,
        at_ms=at_of(raw, books.heard_ms),
        sender=known_person(books, own, sender),
        value=value,
        removed=not value,
    )
    return [changed]


def _reactions(books: Books, own: PersonInfo, raw: Raw) -> tuple[ReactionInfo, ...]:
    """Those that history gives with a message."""
    found = []
    for each in raw.get("reactions") or ():
        if each.get("text"):
            sender = sender_in(books, own.provider_id, each.get("key") or {})
            found.append(ReactionInfo(value=each["text"], sender=sender))
    return tuple(found)


def _quote(books: Books, own: PersonInfo, chat: str, context: Raw) -> QuoteInfo:
    what = said(context.get("quotedMessage") or {}, ref_of(chat, context["stanzaId"]))
    known = books.message(chat, context["stanzaId"])
    sender = known.sender.provider_id if known is not None else person_in(books, context.get("participant")) or chat
    return QuoteInfo(
        provider_id=context["stanzaId"],
        sender=sender,
        text=what.text if what else None,
        files=(what.file,) if what and what.file else (),
    )
