"""Dialogs as chats."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import UNSET

from trunkline.contract.events import ChatInfo, PersonInfo
from trunkline.model.chat import CHANNEL, GROUP, SINGLE, ChatType
from trunkline.networks.telegram.convert.ids import entity_id, peer_id
from trunkline.networks.telegram.convert.people import name_of, picture_of

ARCHIVE = 1
"""The number of the folder that Telegram's apps call the archive."""
_FOREVER = 2_145_916_800
"""From 2038 on a mute has no end: apps set the largest time there is. Seconds."""
_SUPPORT_ID = 777_000
"""Telegram's own service account: nobody can write to it."""


def chat_of(
    dialog: Any, entity: Any, *, members: Sequence[PersonInfo], labels: Sequence[str], active_at_ms: int | None
) -> ChatInfo:
    """A Dialog with what is known about its chat."""
    chat = peer_id(dialog.peer)
    is_single = not chat.startswith("-")
    return ChatInfo(
        provider_id=chat,
        type=type_of(entity),
        name=None if is_single else name_of(entity),
        members=tuple(members),
        peer=chat if is_single else UNSET,
        unread_count=max(dialog.unread_count, 1 if dialog.unread_mark else 0),
        archived=dialog.folder_id == ARCHIVE,
        muted_until_ms=muted_until(dialog.notify_settings),
        read_only=is_read_only(entity),
        pinned=bool(dialog.pinned),
        picture=picture_of(entity),
        labels=tuple(labels),
        active_at_ms=UNSET if active_at_ms is None else active_at_ms,
    )


def facts_of(entity: Any) -> ChatInfo:
    """What a Chat or Channel says of itself, without its dialog."""
    return ChatInfo(
        provider_id=entity_id(entity),
        type=type_of(entity),
        name=name_of(entity),
        read_only=is_read_only(entity),
        picture=picture_of(entity),
    )


def type_of(entity: Any) -> ChatType:
    """A supergroup is a group; a channel is where few write and many read."""
    kind = type(entity).__name__
    if kind.startswith("User"):
        return SINGLE
    return CHANNEL if kind.startswith("Channel") and getattr(entity, "broadcast", False) else GROUP


def is_gone(entity: Any) -> bool:
    """Whether our user is no longer in it."""
    return type(entity).__name__ in ("ChatForbidden", "ChannelForbidden") or bool(getattr(entity, "left", False))


def is_read_only(entity: Any) -> bool:
    """Whether our user cannot write there."""
    kind = type(entity).__name__
    if kind.startswith("User"):
        return entity.id == _SUPPORT_ID or bool(entity.deleted)
    if kind in ("ChatForbidden", "ChannelForbidden") or entity.left or getattr(entity, "deactivated", False):
        return True
    rights = entity.admin_rights
    if entity.creator or (rights is not None and (rights.post_messages or not getattr(entity, "broadcast", False))):
        return False
    if getattr(entity, "broadcast", False):
        return True
    banned = (entity.default_banned_rights, getattr(entity, "banned_rights", None))
    return any(each is not None and each.send_messages for each in banned)


def muted_until(settings: Any) -> int | None:
    """Of PeerNotifySettings: None not muted, -1 without end, else milliseconds."""
    until = settings.mute_until
    if until is None:
        return None
    seconds = int(until.timestamp()) if isinstance(until, datetime) else int(until)
    if seconds <= 0:
        return None
    return -1 if seconds >= _FOREVER else seconds * 1000
