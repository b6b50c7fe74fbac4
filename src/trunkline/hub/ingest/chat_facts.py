"""A chat is new, changes, or goes."""

from typing import Any

import msgspec
from msgspec import UNSET

from trunkline.contract.events import ChatChanged, ChatInfo, ChatRemoved, PersonInfo
from trunkline.hub.ingest.batch import Batch
from trunkline.store import chats, messages
from trunkline.store.chats import ChatRow
from trunkline.store.order import first_key

_AS_IT_IS = ("type", "name", "archived", "read_only", "pinned", "picture")
_EXTRA = {
    "subject": "subject",
    "content_type": "content_type",
    "folder": "folder",
    "disabled_features": "disabledFeatures",
    "organization_id": "organization_id",
    "mailbox_id": "mailbox_id",
    "labels": "labels",
}
"""Optional fields, by their wire names."""


async def take_change(batch: Batch, event: ChatChanged) -> None:
    """Set what the network says; UNSET leaves a field as it is."""
    info = event.info
    chat = await batch.chat(info.provider_id)
    changes: dict[str, Any] = {name: getattr(info, name) for name in _AS_IT_IS if getattr(info, name) is not UNSET}
    if info.muted_until_ms is not UNSET:
        changes["muted_until"] = info.muted_until_ms
    if info.active_at_ms is not UNSET:
        changes["activity"] = max(chat.activity, first_key(info.active_at_ms))
    changes |= await _peer(batch, info)
    changes |= _unread(chat, info)
    extra = _extra(chat, info)
    if extra != chat.extra:
        changes["extra"] = extra
    changes = {name: value for name, value in changes.items() if getattr(chat, name) != value}
    if changes:
        batch.change(chat, **changes)
    if info.members is not UNSET:
        people = [(await batch.person(member)).no for member in info.members]
        await chats.set_members(batch.tx, chat.no, people)
    if event.live:
        await batch.tell("chat_changed", chat_no=chat.no, object_id=chat.id)


def _unread(chat: ChatRow, info: ChatInfo) -> dict[str, Any]:
    if info.unread_count is UNSET:
        return {}
    if info.unread_count == 0:
        return {"unread_count": 0, "read_own": max(chat.read_own, chat.last_key)}
    return {"unread_count": info.unread_count}


async def _peer(batch: Batch, info: ChatInfo) -> dict[str, Any]:
    if info.peer is UNSET:
        return {}
    members = () if info.members is UNSET else info.members
    person = next((member for member in members if member.provider_id == info.peer), PersonInfo(provider_id=info.peer))
    return {"peer_no": (await batch.person(person)).no}


def _extra(chat: ChatRow, info: ChatInfo) -> bytes:
    known: dict[str, Any] = msgspec.json.decode(chat.extra)
    fresh = {wire: getattr(info, name) for name, wire in _EXTRA.items() if getattr(info, name) is not UNSET}
    if info.peer is not UNSET:
        fresh["attendee_provider_id"] = info.peer
    return msgspec.json.encode(known | fresh)


async def take_removal(batch: Batch, event: ChatRemoved) -> None:
    """The chat is gone from the account, with all its messages."""
    known = await chats.by_provider_id(batch.tx, batch.account.no, event.chat)
    if known is None or known.removed:
        return
    await batch.settle_chat(known)
    await messages.remove_of_chat(batch.tx, known.no)
    await chats.update(batch.tx, known.no, chats.REMOVED)
    await batch.tell("chat_removed", chat_no=known.no, object_id=known.id)
