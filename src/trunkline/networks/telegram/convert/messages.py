"""A Message or MessageService as our event."""

import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from trunkline.contract.events import MessageArrived, QuoteInfo, ReactionInfo
from trunkline.networks.telegram.convert.files import files_of
from trunkline.networks.telegram.convert.ids import message_id, peer_id
from trunkline.networks.telegram.convert.known import Known, Remembered
from trunkline.networks.telegram.convert.service import event_type_of, text_of

GENERAL_TOPIC = 1
"""The number of the topic that every forum begins with; its messages name none."""

_PLACEHOLDERS = {
    "MessageMediaContact": "contact",
    "MessageMediaGeo": "location",
    "MessageMediaGeoLive": "live location",
    "MessageMediaVenue": "venue",
    "MessageMediaPoll": "poll",
    "MessageMediaDice": "dice",
    "MessageMediaGame": "game",
    "MessageMediaInvoice": "invoice",
    "MessageMediaStory": "story",
    "MessageMediaGiveaway": "giveaway",
    "MessageMediaToDo": "list",
    "MessageMediaUnsupported": "something this version of Telegram's protocol does not know",
}


def arrived(message: Any, known: Known, *, live: bool, token: str | None = None) -> MessageArrived:
    """The event. What it quotes must be known already where it shall be shown (`quoted_number`)."""
    chat = peer_id(message.peer_id)
    sender = sender_id(message, known)
    is_service = type(message).__name__ == "MessageService"
    event_type = event_type_of(message) if is_service else None
    text = text_of(message, event_type or 0) if is_service else _text(message)
    reactions = reactions_of(message, known)
    topic = topic_number(message)
    known.note(chat, message.id, Remembered(sender=sender, text=text, reactions=reactions, topic=topic))
    edited_at = None if is_service or message.edit_hide else message.edit_date
    return MessageArrived(
        chat=chat,
        provider_id=message_id(chat, message.id),
        at_ms=ms_of(message.date),
        order=message.id,
        sender=known.person(sender),
        is_own=bool(message.out) or sender == known.own.provider_id,
        text=text,
        files=() if is_service else files_of(chat, message),
        quote=None if is_service else _quote(chat, message, known),
        reactions=reactions,
        thread=None if topic is None else message_id(chat, topic),
        is_counted=False,
        edited=edited_at is not None,
        edited_at_ms=None if edited_at is None else ms_of(edited_at),
        event_type=event_type,
        silent=bool(message.silent),
        is_forwarded=None if is_service or message.fwd_from is None else True,
        token=token,
        raw=raw_of(message),
        live=live,
    )


def arrived_anyhow(message: Any, known: Known) -> MessageArrived:
    """A message of history. One that cannot be read is kept raw, in words that say so: it must not hold up all others."""
    try:
        return arrived(message, known, live=False)
    except Exception:
        chat = peer_id(message.peer_id)
        return MessageArrived(
            chat=chat,
            provider_id=message_id(chat, message.id),
            at_ms=ms_of(message.date),
            order=message.id,
            sender=known.person(sender_id(message, known)),
            is_own=bool(message.out),
            text="[something that could not be read]",
            raw=raw_of(message),
            live=False,
        )


def sender_id(message: Any, known: Known) -> str:
    """Who wrote it. In private chats Telegram says only whether we did; in channels the channel itself speaks."""
    if message.from_id is not None:
        return peer_id(message.from_id)
    if message.out and not message.post:
        return known.own.provider_id
    return peer_id(message.peer_id)


def quoted_number(message: Any) -> int | None:
    """The number of the message it answers, where that lies in the same chat."""
    reply: Any = getattr(message, "reply_to", None)
    if type(reply).__name__ != "MessageReplyHeader" or reply.reply_to_peer_id is not None:
        return None
    if reply.forum_topic and reply.reply_to_top_id is None:
        return None  # only says which topic it stands in
    number = reply.reply_to_msg_id
    return None if number is None else int(number)


def topic_number(message: Any) -> int | None:
    """The number of the first message of the topic it stands in; None outside of forums, and in a forum's general topic.

    Source: core.telegram.org/api/forum, 2026-11-23.
    """
    reply: Any = getattr(message, "reply_to", None)
    if type(reply).__name__ != "MessageReplyHeader" or not reply.forum_topic:
        return None
    number = reply.reply_to_top_id or (None if reply.reply_to_peer_id is not None else reply.reply_to_msg_id)
    return None if number in (None, GENERAL_TOPIC) else int(number)


def reactions_of(message: Any, known: Known) -> tuple[ReactionInfo, ...]:
    """Who reacted how, as far as Telegram names them (all in private chats, the latest few in groups)."""
    found = getattr(message, "reactions", None)
    return () if found is None else named_reactions(found, known)


def named_reactions(reactions: Any, known: Known) -> tuple[ReactionInfo, ...]:
    """The reactions of a MessageReactions whose people are named, oldest first; custom emoji and paid stars are left out."""
    named = []
    for each in sorted(reactions.recent_reactions or (), key=lambda each: ms_of(each.date)):
        if type(each.reaction).__name__ == "ReactionEmoji":
            sender = known.own.provider_id if each.my else peer_id(each.peer_id)
            named.append(ReactionInfo(value=each.reaction.emoticon, sender=sender))
    return tuple(named)


def ms_of(date: datetime) -> int:
    """A date of Telegram's, which has whole seconds, in milliseconds."""
    return int(date.timestamp()) * 1000


def raw_of(thing: Any) -> str:
    """An object of the library as JSON text. Where Telegram itself sent JSON, just that."""
    payload = getattr(getattr(thing, "data", None), "data", None)
    if isinstance(payload, str) and _is_json(payload):
        return payload
    return json.dumps(_plain(thing.to_dict()), ensure_ascii=False, separators=(",", ":"))


def tokens_of(updates: list[Any], sent: Mapping[int, str]) -> dict[int, str]:
    """Our tokens by message number, from the UpdateMessageID among updates."""
    return {
        each.id: sent[each.random_id] for each in updates if type(each).__name__ == "UpdateMessageID" and each.random_id in sent
    }


def _text(message: Any) -> str | None:
    if message.message:
        return str(message.message)
    placeholder = _PLACEHOLDERS.get(type(message.media).__name__)
    return None if placeholder is None else f"[{placeholder}]"


def _quote(chat: str, message: Any, known: Known) -> QuoteInfo | None:
    number = quoted_number(message)
    if number is None:
        return None
    seen = known.message(chat, number)
    part = message.reply_to.quote_text
    return QuoteInfo(
        provider_id=message_id(chat, number),
        sender="" if seen is None else seen.sender,
        text=part or (None if seen is None else seen.text),
    )


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items() if item is not None and item is not False}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return int(value.timestamp())
    return b64encode(value).decode() if isinstance(value, bytes) else value
