"""Acme's JSON to what the hub understands. No I/O."""

import json
from typing import Any

from trunkline.contract.events import (
    ChatInfo,
    Event,
    GapFound,
    MessageArrived,
    MessageChanged,
    MessageRemoved,
    PersonInfo,
    UnknownHappened,
)


def person_of(wire: dict[str, Any], own: str) -> PersonInfo:
    """A person. own: our user's id."""
    return PersonInfo(provider_id=wire["id"], name=wire["name"], is_self=wire["id"] == own)


def chat_of(wire: dict[str, Any], own: str) -> ChatInfo:
    """A chat; they are all 1:1 here."""
    members = tuple(person_of(each, own) for each in wire["members"])
    return ChatInfo(
        provider_id=wire["id"],
        type=0,
        members=members,
        peer=next(member.provider_id for member in members if not member.is_self),
        unread_count=wire["unread"],
        active_at_ms=wire["active_at_ms"],
    )


def message_of(wire: dict[str, Any], own: str, *, live: bool) -> MessageArrived:
    """A message. Its number is the network's own order."""
    return MessageArrived(
        chat=wire["chat"],
        provider_id=wire["id"],
        at_ms=wire["at_ms"],
        order=wire["number"],
        sender=person_of(wire["from"], own),
        is_own=wire["from"]["id"] == own,
        text=wire["text"],
        token=wire.get("token"),
        raw=json.dumps(wire),
        live=live,
    )


def event_of(wire: dict[str, Any], own: str) -> Event:
    """What happened. What we have no word for keeps its JSON."""
    match wire.get("type"):
        case "message":
            return message_of(wire, own, live=True)
        case "edited":
            return MessageChanged(chat=wire["chat"], provider_id=wire["id"], at_ms=wire["at_ms"], text=wire["text"])
        case "deleted":
            return MessageRemoved(chat=wire["chat"], provider_id=wire["id"], at_ms=wire["at_ms"])
    return UnknownHappened(kind=str(wire.get("type")), raw=json.dumps(wire))


def gap_of(wire: dict[str, Any]) -> GapFound:
    """What the network could not give any more."""
    return GapFound(chat=None, from_ms=wire["from_ms"], to_ms=wire["to_ms"], reason="The network keeps events for a while.")
