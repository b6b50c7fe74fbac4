"""Media as files, and the refs by which their bytes are fetched later.

A ref is JSON: what Telegram asks for to hand out a file, and the message it hangs on, since the file reference ends after a
while and is had anew from the message.
"""

import json
from base64 import b64decode, b64encode
from typing import Any

from msgspec import Struct

from trunkline.contract.events import FileInfo
from trunkline.model.attachment import AttachmentType
from trunkline.model.errors import NotFound


class FileRef(Struct, frozen=True, kw_only=True):
    """Where a file is. `thumb`: of a photo, which of its sizes. `size` in bytes."""

    kind: str
    id: int
    access_hash: int
    reference: bytes
    data_center: int
    size: int
    chat: str
    message: int
    thumb: str = ""


def write_ref(ref: FileRef) -> str:
    """The ref as text."""
    reference = b64encode(ref.reference).decode()
    return json.dumps(
        [ref.kind, ref.id, ref.access_hash, reference, ref.data_center, ref.size, ref.chat, ref.message, ref.thumb]
    )


def read_ref(text: str) -> FileRef:
    """The ref of a text. Raises NotFound when it is none of ours."""
    try:
        kind, number, access_hash, reference, data_center, size, chat, message, thumb = json.loads(text)
        return FileRef(
            kind=kind, id=number, access_hash=access_hash, reference=b64decode(reference), data_center=data_center, size=size,
            chat=chat, message=message, thumb=thumb,
        )  # fmt: skip
    except (ValueError, TypeError):
        raise NotFound("The network no longer has this file.") from None


def files_of(chat: str, message: Any) -> tuple[FileInfo, ...]:
    """The files of a Message."""
    media = message.media
    kind = type(media).__name__
    if kind == "MessageMediaPhoto" and type(media.photo).__name__ == "Photo":
        return (_photo(chat, message.id, media.photo),)
    if kind == "MessageMediaDocument" and type(media.document).__name__ == "Document":
        return (_document(chat, message.id, media),)
    if kind == "MessageMediaWebPage" or media is None:
        return ()
    if kind in ("MessageMediaPhoto", "MessageMediaDocument"):
        return (FileInfo(type="file", ref=None),)  # it has ended by itself, or Telegram no longer has it
    return ()


def ref_in(chat: str, message: Any) -> FileRef | None:
    """The ref of a message's file as it is now."""
    files = files_of(chat, message)
    return read_ref(files[0].ref) if files and files[0].ref is not None else None


def _photo(chat: str, message: int, photo: Any) -> FileInfo:
    width, height, size, thumb = max(
        ((each.w, each.h, _bytes_of(each), each.type) for each in photo.sizes if hasattr(each, "w")), default=(0, 0, 0, "")
    )
    ref = FileRef(
        kind="photo", id=photo.id, access_hash=photo.access_hash, reference=photo.file_reference, data_center=photo.dc_id,
        size=size, chat=chat, message=message, thumb=thumb,
    )  # fmt: skip
    return FileInfo(
        type="img", ref=write_ref(ref), media_type="image/jpeg", file_name=f"photo-{photo.id}.jpg", size=size, width=width,
        height=height,
    )  # fmt: skip


def _bytes_of(size: Any) -> int:
    if hasattr(size, "sizes"):
        return int(max(size.sizes))
    return int(size.size) if hasattr(size, "size") else len(getattr(size, "bytes", b""))


def _document(chat: str, message: int, media: Any) -> FileInfo:
    document = media.document
    attributes = {type(each).__name__.removeprefix("DocumentAttribute"): each for each in document.attributes}
    audio, video = attributes.get("Audio"), attributes.get("Video")
    sized = video or attributes.get("ImageSize")
    named = attributes.get("Filename")
    ref = FileRef(
        kind="document", id=document.id, access_hash=document.access_hash, reference=document.file_reference,
        data_center=document.dc_id, size=document.size, chat=chat, message=message,
    )  # fmt: skip
    played = audio or video
    return FileInfo(
        type=_type_of(document.mime_type, attributes),
        ref=write_ref(ref),
        media_type=document.mime_type or None,
        file_name=None if named is None else named.file_name,
        size=document.size,
        width=getattr(sized, "w", 0),
        height=getattr(sized, "h", 0),
        seconds=None if played is None else float(played.duration),
        sticker="Sticker" in attributes,
        gif="Animated" in attributes,
        voice_note=bool(audio is not None and audio.voice),
    )


def _type_of(media_type: str, attributes: dict[str, Any]) -> AttachmentType:
    if "Audio" in attributes or media_type.startswith("audio/"):
        return "audio"
    if "Video" in attributes or media_type.startswith("video/"):
        return "video"
    if "Sticker" in attributes or media_type.startswith("image/"):
        return "img"
    return "file"
