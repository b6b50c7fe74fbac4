"""Slack's JSON to our events. Pure: people's and channels' names are handed in."""

import json
from collections.abc import Mapping
from typing import Any

from trunkline.contract.events import FileInfo, MessageArrived, PersonInfo, ReactionInfo
from trunkline.model.attachment import AttachmentType
from trunkline.networks.slack.blocks import markup_of
from trunkline.networks.slack.emoji import native_of
from trunkline.networks.slack.people import Names
from trunkline.networks.slack.stamps import is_stamp, ms_of, order_of
from trunkline.networks.slack.text import readable

Json = Mapping[str, Any]

_OF_THE_EVENT = frozenset({"channel", "channel_type", "event_ts", "team", "source_team", "user_team"})
"""Said of the delivery, not of the message: the same message carries other ones, or none, in an answer and in history."""
_TYPES: tuple[tuple[str, AttachmentType], ...] = (("image/", "img"), ("video/", "video"), ("audio/", "audio"))
_EVENTS = {
    "channel_join": 5,
    "group_join": 5,
    "channel_leave": 7,
    "group_leave": 7,
    "channel_name": 4,
    "group_name": 4,
}
"""unipile-v1 5.3, by Slack's subtype. Other subtypes of the channel itself are 0."""
_OF_THE_CHANNEL = ("channel_", "group_", "pinned_item", "unpinned_item", "reminder_add", "huddle_thread", "sh_room_")
_DELETED = frozenset({"tombstone"})
_NOT_DISPLAYED = "This content can't be displayed."
"""What Slack writes as the text of a message that consists of blocks alone."""


def message_of(raw: Json, chat: str, names: Names, *, live: bool) -> MessageArrived | None:
    """A message from an answer, an event or history; None for what has no `ts` and cannot be one."""
    stamp = raw.get("ts")
    if not is_stamp(stamp):
        return None
    assert isinstance(stamp, str)
    subtype = str(raw.get("subtype") or "")
    sender = names.sender(raw)
    is_deleted = subtype in _DELETED
    edited = raw.get("edited") if isinstance(raw.get("edited"), Mapping) else None
    return MessageArrived(
        chat=chat,
        provider_id=stamp,
        at_ms=ms_of(stamp),
        order=order_of(stamp),
        sender=sender,
        is_own=sender.is_self,
        text=None if is_deleted else _text(raw, names),
        files=() if is_deleted else files_of(raw),
        reactions=reactions_of(raw),
        thread=thread_of(raw),
        replies=_replies(raw),
        reply_by=tuple(str(user) for user in _list(raw, "reply_users")),
        edited=edited is not None,
        edited_at_ms=_edited_at(edited),
        deleted=is_deleted,
        event_type=event_type_of(subtype),
        silent=event_type_of(subtype) is not None,
        raw=raw_of(raw),
        live=live,
    )


def event_type_of(subtype: str) -> int | None:
    """What kind of event of the chat a subtype is; None for what somebody said."""
    if subtype in _EVENTS:
        return _EVENTS[subtype]
    return 0 if subtype.startswith(_OF_THE_CHANNEL) else None


def thread_of(raw: Json) -> str | None:
    """The `ts` of the thread's first message; None outside of threads and for that message itself."""
    thread = raw.get("thread_ts")
    return thread if isinstance(thread, str) and is_stamp(thread) and thread != raw.get("ts") else None


def has_replies(raw: Json) -> bool:
    """Whether a thread hangs on the message."""
    return isinstance(raw.get("reply_count"), int) and raw["reply_count"] > 0 and thread_of(raw) is None


def reactions_of(raw: Json) -> tuple[ReactionInfo, ...]:
    """Who put which emoji on a message."""
    return tuple(
        ReactionInfo(value=native_of(str(reaction.get("name"))), sender=str(user))
        for reaction in _list(raw, "reactions")
        if isinstance(reaction, Mapping)
        for user in _list(reaction, "users")
    )


def files_of(raw: Json) -> tuple[FileInfo, ...]:
    """The files of a message; one that was deleted or is out of reach has no ref."""
    return tuple(_file(file) for file in _list(raw, "files") if isinstance(file, Mapping) and file.get("id"))


def raw_of(raw: Json) -> str:
    """The message as JSON text, alike in the answer to a send, in its event and in history."""
    return json.dumps({name: raw[name] for name in sorted(raw) if name not in _OF_THE_EVENT}, ensure_ascii=False)


def person_of(user: Json, own: str) -> PersonInfo:
    """A member of the workspace."""
    profile = user.get("profile") if isinstance(user.get("profile"), Mapping) else {}
    assert isinstance(profile, Mapping)
    name = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name")
    picture = next((profile[size] for size in ("image_512", "image_192", "image_72", "image_48") if profile.get(size)), None)
    return PersonInfo(
        provider_id=str(user["id"]),
        name=str(name) if name else None,
        is_self=user["id"] == own,
        public_identifier=str(user.get("name") or user["id"]),
        picture=picture if isinstance(picture, str) else None,
    )


def said_in(raw: Json) -> str:
    """What a message says, in Slack's markup; empty where it says nothing.

    Apps may leave `text` to what notifications show, and say it in blocks, or in attachments of the older kind.
    """
    text = raw.get("text")
    if isinstance(text, str) and text and text != _NOT_DISPLAYED:
        return text
    said = [markup_of(raw.get("blocks")), *(_attached(each) for each in _list(raw, "attachments") if isinstance(each, Mapping))]
    return "\n".join(filter(None, said)) or (text if isinstance(text, str) else "")


def _text(raw: Json, names: Names) -> str | None:
    return readable(said_in(raw), names.person, names.channel) or None


def _attached(attachment: Json) -> str:
    said = (markup_of(attachment.get("blocks")), attachment.get("fallback"), attachment.get("text"))
    return next((each for each in said if isinstance(each, str) and each), "")


def _file(file: Json) -> FileInfo:
    media_type = str(file.get("mimetype") or "") or None
    is_gone = file.get("mode") in ("tombstone", "hidden_by_limit") or file.get("file_access") == "file_not_found"
    seconds = file.get("duration_ms")
    return FileInfo(
        type=next((kind for prefix, kind in _TYPES if media_type and media_type.startswith(prefix)), "file"),
        ref=None if is_gone else str(file["id"]),
        media_type=media_type,
        file_name=str(file["name"]) if file.get("name") else None,
        size=file["size"] if isinstance(file.get("size"), int) else None,
        width=_pixels(file, "original_w"),
        height=_pixels(file, "original_h"),
        seconds=seconds / 1000 if isinstance(seconds, int) else None,
        voice_note=file.get("subtype") == "slack_audio",
    )


def _pixels(file: Json, name: str) -> int:
    value = file.get(name)
    return value if isinstance(value, int) else 0


def _replies(raw: Json) -> int | None:
    count = raw.get("reply_count")
    return count if isinstance(count, int) else None


def _edited_at(edited: object) -> int | None:
    stamp = edited.get("ts") if isinstance(edited, Mapping) else None
    return ms_of(stamp) if isinstance(stamp, str) and is_stamp(stamp) else None


def _list(raw: Json, name: str) -> list[Any]:
    value = raw.get(name)
    return value if isinstance(value, list) else []
