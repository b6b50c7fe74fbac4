"""What Meta posts of a number, taken into its books: messages, their statuses, and what the WhatsApp Business app sent.

Everything is taken once: a message is known by its id, a status moves marks that only go forward. Source:
developers.facebook.com, WhatsApp Business Platform, webhooks reference (`messages`, `smb_message_echoes`, `edit`, `revoke`),
seen 2026-11-23.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from trunkline.contract.events import (
    DeliveredUpTo,
    Event,
    MessageArrived,
    MessageChanged,
    MessageRemoved,
    PersonInfo,
    QuoteInfo,
    ReactionChanged,
    ReadUpTo,
    SendFailed,
    UnknownHappened,
)
from trunkline.model.errors import TrunklineError
from trunkline.networks.whatsapp.books import Books
from trunkline.networks.whatsapp.cloud.people import chat_with, known_as, names_in, person_in
from trunkline.networks.whatsapp.cloud.refusals import status_error
from trunkline.networks.whatsapp.cloud.said import Raw, said
from trunkline.networks.whatsapp.record import record

_PASSED_BY = frozenset({
    "account_alerts", "account_review_update", "account_settings_update", "business_capability_update", "flows",
    "message_template_components_update", "message_template_quality_update", "message_template_status_update",
    "phone_number_name_update", "phone_number_quality_update", "security", "template_category_update", "user_preferences",
})  # fmt: skip
"""Said of the business, not of anybody's messages."""
_MALFORMED = (KeyError, TypeError, ValueError, AttributeError)
_FIRST_S, _LAST_S = 1_230_768_000, 4_102_444_800
"""2009 and 2100."""
_NOT_SAID = frozenset({"request_welcome", "system"})
NOT_DELIVERED = "Not delivered: "


class Verdict(Struct, frozen=True):
    """What Meta says of a message of ours: error None: it took it. token: of the send, where it failed."""

    message: str
    error: TrunklineError | None
    token: str = ""


def take(books: Books, own: PersonInfo, field: str, value: Any, awaited: Collection[str] = ()) -> list[Verdict]:
    """Take one change. What cannot be understood is kept with its raw JSON.

    awaited: tokens of sends whose callers wait for the verdict, so that nothing else has to be told of them.
    """
    if field in _PASSED_BY:
        return []
    if field == "messages" and isinstance(value, Mapping):
        return _messages(books, own, value, awaited)
    if field == "smb_message_echoes" and isinstance(value, Mapping):
        for raw in _each(value, "message_echoes"):
            _message(books, own, raw, {}, is_echo=True)
        return []
    books.log(UnknownHappened(kind=field or "unknown", raw=_json(value)))
    return []


def confirm(books: Books, own: PersonInfo, token: str, message: str) -> tuple[Event, ...]:
    """A send of ours has become this message: what follows, as it is kept. Nothing for what is not, or no more, on its way."""
    sending = books.sending(token)
    if sending is None:
        return ()
    books.drop_sending(token)
    kept = []
    for effect in sending.effects:
        if isinstance(effect, MessageArrived):
            chat_with(books, own, known_as(books, effect.chat), effect.at_ms)
            arrived = msgspec.structs.replace(effect, provider_id=message, raw=_json({**sending.composed, "id": message}))
            kept.append(record(books, own, arrived))
    return tuple(event for event in kept if event is not None)


def _messages(books: Books, own: PersonInfo, value: Raw, awaited: Collection[str]) -> list[Verdict]:
    names = names_in(list(_each(value, "contacts")))
    for raw in _each(value, "messages"):
        _message(books, own, raw, names, is_echo=False)
    verdicts = []
    for raw in _each(value, "statuses"):
        try:
            verdicts += _status(books, own, raw, awaited)
        except _MALFORMED:
            books.log(UnknownHappened(kind="status", raw=_json(raw)))
    if not any(isinstance(value.get(name), list) for name in ("messages", "statuses")):
        books.log(UnknownHappened(kind="messages", raw=_json(value)))
    return verdicts


def _message(books: Books, own: PersonInfo, raw: Raw, names: Mapping[str, str], *, is_echo: bool) -> None:
    try:
        if raw.get("group_id"):
            raise ValueError("groups are not built")
        side = "to" if is_echo else "from"
        number, user = raw.get(side), raw.get(f"{side}_user_id")
        at_ms = _at_ms(raw)
        address = person_in(books, number, user)
        person, name = known_as(books, address), names.get(str(number)) or names.get(str(user))
        person = person if name is None else msgspec.structs.replace(person, name=name)
        event = _event(books, own, raw, person, at_ms, is_own=is_echo)
    except _MALFORMED:
        books.log(UnknownHappened(kind=f"message {raw.get('type') or ''}".strip(), raw=_json(raw)))
        return
    chat_with(books, own, person, at_ms)
    kept = record(books, own, event)
    if is_echo:
        if isinstance(kept, MessageArrived):
            # Who writes in the app has read what stands there.
            record(books, own, ReadUpTo(chat=address, provider_id=kept.provider_id, at_ms=at_ms, person=None))
    elif raw.get("type") != "system":
        _opens_window(books, address, str(raw["id"]), at_ms, is_said=isinstance(event, MessageArrived))


def _event(books: Books, own: PersonInfo, raw: Raw, person: PersonInfo, at_ms: int, *, is_own: bool) -> Event:
    """What a message means: something said, or something about what was said before."""
    chat, kind, sender = person.provider_id, raw.get("type"), own if is_own else person
    number = raw["id"]
    if not isinstance(number, str) or not number:
        raise ValueError("no id")
    if kind == "reaction":
        part = raw["reaction"]
        emoji = str(part.get("emoji") or "")
        return ReactionChanged(
            chat=chat, provider_id=str(part["message_id"]), at_ms=at_ms, sender=sender, value=emoji, removed=not emoji
        )
    if kind == "edit":
        part = raw["edit"]
        return MessageChanged(
            chat=chat, provider_id=str(part["original_message_id"]), at_ms=at_ms, text=said(part["message"]).text
        )
    if kind == "revoke":
        return MessageRemoved(chat=chat, provider_id=str(raw["revoke"]["original_message_id"]), at_ms=at_ms)
    what = said(raw)
    is_event = kind in _NOT_SAID
    return MessageArrived(
        chat=chat,
        provider_id=number,
        at_ms=at_ms,
        order=0,
        sender=sender,
        is_own=is_own,
        text=what.text,
        files=() if what.file is None else (what.file,),
        quote=None if what.quoted is None else _quoted(books, own, chat, what.quoted),
        is_forwarded=what.forwarded or None,
        event_type=0 if is_event else None,
        silent=is_event,
        raw=_json(raw),
    )


def _quoted(books: Books, own: PersonInfo, chat: str, context: Raw) -> QuoteInfo:
    """What a message quotes. The API names it and who said it; what it said is known where it was heard here."""
    is_ours = context.get("from") == own.provider_id.partition("@")[0]
    return quote_of(books, chat, str(context["id"]), own.provider_id if is_ours else chat)


def quote_of(books: Books, chat: str, message: str, sender: str) -> QuoteInfo:
    """A quoted message. sender: of one that was not heard here."""
    known = books.message(chat, message)
    if known is None:
        return QuoteInfo(provider_id=message, sender=sender, text=None)
    return QuoteInfo(provider_id=message, sender=known.sender.provider_id, text=known.text, files=known.files)


def _opens_window(books: Books, chat: str, message: str, at_ms: int, *, is_said: bool) -> None:
    """The person wrote: 24 hours begin. Posts come in any order."""
    if at_ms >= int(books.fact(f"wrote {chat}") or 0):
        books.set_fact(f"wrote {chat}", str(at_ms))
        if is_said:
            books.set_fact(f"last {chat}", message)


def _status(books: Books, own: PersonInfo, raw: Raw, awaited: Collection[str]) -> list[Verdict]:
    message, status, at_ms = str(raw["id"]), raw["status"], _at_ms(raw)
    token = raw.get("biz_opaque_callback_data")
    if status == "failed":
        return [_failed(books, own, raw, awaited)]
    if isinstance(token, str):
        confirm(books, own, token, message)
    known = books.message_anywhere(message)
    if known is not None and status in ("delivered", "read", "played"):
        books.log(DeliveredUpTo(chat=known.chat, provider_id=message, at_ms=at_ms))
    if known is not None and status in ("read", "played"):
        books.log(ReadUpTo(chat=known.chat, provider_id=message, at_ms=at_ms, person=known.chat))
    return [Verdict(message, None)]


def _failed(books: Books, own: PersonInfo, raw: Raw, awaited: Collection[str]) -> Verdict:
    """Nobody has the message. Where its sender has been told otherwise, or nothing, a line in the chat says so.

    One whose answer was lost is settled by it. One that is awaited is not: its caller is told, and may send it again.
    """
    message, token = str(raw["id"]), str(raw.get("biz_opaque_callback_data") or "")
    error = status_error(raw.get("errors"))
    known, sending = books.message_anywhere(message), books.sending(token)
    books.drop_sending(token)
    if sending is not None and token not in awaited:
        books.log(SendFailed(token=token, reason=error.text))
    chat = known.chat if known is not None else sending.chat if sending is not None and token not in awaited else None
    if chat is not None and books.chat(chat) is not None:
        at_ms = max(_at_ms(raw), 0 if known is None else known.at_ms)
        line = MessageArrived(
            chat=chat, provider_id=f"{message} failed", at_ms=at_ms, order=0, sender=own, is_own=True,
            text=f"{NOT_DELIVERED}{error.text}", event_type=0, silent=True, raw=_json(raw),
        )  # fmt: skip
        record(books, own, line)
    return Verdict(message, error, token)


def _at_ms(raw: Raw) -> int:
    """When, in milliseconds. Raises ValueError for what is no time since WhatsApp is there, or of this century."""
    seconds = int(raw["timestamp"])
    if not _FIRST_S <= seconds <= _LAST_S:
        raise ValueError("no time")
    return seconds * 1000


def _each(value: Raw, name: str) -> Iterator[Raw]:
    found = value.get(name)
    for each in found if isinstance(found, list) else ():
        if isinstance(each, Mapping):
            yield each


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
