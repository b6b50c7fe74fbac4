"""From a command to what Baileys composes: one message per file, the text as the first one's caption where it can be one."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import UNSET, Struct

from trunkline.contract.commands import OutgoingFile
from trunkline.contract.events import ChatInfo
from trunkline.model.errors import EmptyMessage, NotPossible, TooLong
from trunkline.networks.whatsapp.content import kind_of, unwrapped
from trunkline.networks.whatsapp.linked.capabilities import LINKED, PICTURES, STICKER, VIDEOS

_MENTION = re.compile(r"@(\d{7,20})")


class Part(Struct, frozen=True):
    """One message. file: what goes with it; its path is put in when it is there."""

    content: dict[str, Any]
    file: OutgoingFile | None = None
    slot: str = ""
    """Where in the content the file's path goes: `image`."""


def check(text: str | None, files: Iterable[OutgoingFile]) -> None:
    """What WhatsApp would not take. Raises EmptyMessage, TooLong, NotPossible."""
    files = tuple(files)
    assert LINKED.send is not None
    assert LINKED.send.text.max_length is not None
    assert LINKED.send.max_attachments is not None
    if not files and not (text or "").strip():
        raise EmptyMessage
    most = LINKED.send.text.max_length.value
    if len(text or "") > most:
        raise TooLong(f"WhatsApp takes {most} characters; this text has {len(text or '')}. Nothing was sent. Shorten it.")
    if len(files) > (most := LINKED.send.max_attachments.value):
        raise NotPossible(f"WhatsApp takes {most} files at once; these are {len(files)}. Nothing was sent.")


def parts_of(text: str | None, files: Iterable[OutgoingFile], mentions: tuple[str, ...] = ()) -> list[Part]:
    """The messages that a command makes."""
    made = [_file_part(file) for file in files]
    said = {"mentions": list(mentions)} if mentions else {}
    if text and made and _takes_caption(made[0]):
        made[0] = Part(made[0].content | {"caption": text} | said, made[0].file, made[0].slot)
    elif text:
        made.insert(0, Part({"text": text} | said))
    return made


def mentions_in(text: str | None, chat: ChatInfo) -> tuple[str, ...]:
    """The group's people who are named in a text by `@` and the number in their address."""
    if not text or chat.members is UNSET:
        return ()
    named = set(_MENTION.findall(text))
    return tuple(
        address
        for member in chat.members
        for address in (member.provider_id, *member.also)
        if address.partition("@")[0] in named
    )


def as_edited(raw: Mapping[str, Any], text: str) -> dict[str, Any]:
    """A message as WhatsApp has it, with the text that it has since its edit: Baileys gives an edit beside the message."""
    content = unwrapped(raw.get("message") or {})
    kind = kind_of(content)
    if kind is None:
        return dict(raw)
    part = content[kind]
    if not isinstance(part, Mapping):
        changed: Any = text
    elif kind == "extendedTextMessage":
        changed = {**part, "text": text}
    else:
        changed = {**part, "caption": text}
    return {**raw, "message": {**content, kind: changed}}


def _takes_caption(part: Part) -> bool:
    return part.slot in ("image", "video", "document") and not part.content.get("ptv")


def _file_part(file: OutgoingFile) -> Part:
    kind = file.media_type.partition(";")[0].strip().lower()
    if file.role == "voice":
        return Part({"ptt": True, "mimetype": "audio/ogg; codecs=opus"}, file, "audio")
    if file.role == "video":
        return Part({"ptv": True, "mimetype": kind}, file, "video")
    if kind in PICTURES:
        return Part({"mimetype": kind}, file, "image")
    if kind in VIDEOS:
        return Part({"mimetype": kind}, file, "video")
    if kind == STICKER:
        return Part({"mimetype": kind}, file, "sticker")
    if kind.startswith("audio/"):
        return Part({"mimetype": file.media_type}, file, "audio")
    return Part({"mimetype": kind or "application/octet-stream", "fileName": file.file_name}, file, "document")
