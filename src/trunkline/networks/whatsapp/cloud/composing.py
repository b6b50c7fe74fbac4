"""From a command to the body of a call that sends: one message, with one file at most. No I/O."""

from typing import Any

from trunkline.contract.commands import OutgoingFile
from trunkline.contract.events import FileInfo
from trunkline.model.attachment import AttachmentType
from trunkline.model.errors import EmptyMessage, MediaRefused, NotPossible, TooLarge, TooLong
from trunkline.networks.whatsapp.cloud.capabilities import (
    AUDIO,
    CAPTION,
    CLOUD,
    DOCUMENTS,
    MOST,
    PICTURES,
    STICKERS,
    VIDEOS,
)

Json = dict[str, Any]

_TYPES: dict[str, AttachmentType] = {"image": "img", "sticker": "img", "video": "video", "audio": "audio", "document": "file"}
_CAPTIONED = frozenset({"image", "video", "document"})


def check(text: str | None, files: tuple[OutgoingFile, ...]) -> None:
    """What WhatsApp would not take. Raises EmptyMessage, TooLong, TooLarge, MediaRefused, NotPossible."""
    assert CLOUD.send is not None
    assert CLOUD.send.text.max_length is not None
    assert CAPTION.max_length is not None
    if not files and not (text or "").strip():
        raise EmptyMessage
    if len(files) > 1:
        raise NotPossible(f"WhatsApp Business takes one file in a message; these are {len(files)}. Nothing was sent.")
    most = CAPTION.max_length.value if files else CLOUD.send.text.max_length.value
    if len(text or "") > most:
        beside = " beside a file" if files else ""
        raise TooLong(
            f"WhatsApp takes {most} characters{beside}; this text has {len(text or '')}. Nothing was sent. Shorten it."
        )
    for file in files:
        _check_file(file, text)


def _check_file(file: OutgoingFile, text: str | None) -> None:
    kind = kind_of(file)
    if text and kind not in _CAPTIONED:
        raise NotPossible("WhatsApp takes no text beside a sticker or sound. Nothing was sent; send the text by itself.")
    if file.size > MOST[kind]:
        raise TooLarge(
            f"WhatsApp takes {MOST[kind] // 1024} KiB of this kind of file; this one has {file.size // 1024} KiB."
            " Nothing was sent."
        )


def kind_of(file: OutgoingFile) -> str:
    """The API's word for a file. Raises MediaRefused for one that it does not take."""
    media_type = plain(file.media_type)
    if file.role == "voice":
        return "audio"
    for kind, types in (
        ("image", PICTURES),
        ("sticker", STICKERS),
        ("video", VIDEOS),
        ("audio", AUDIO),
        ("document", DOCUMENTS),
    ):
        if media_type in types:
            return kind
    raise MediaRefused(
        "WhatsApp Business takes JPEG, PNG, WebP stickers, MP4 and 3GPP video, AAC, MP4, MP3, AMR and Ogg/Opus sound, PDF, text"
        " and Office files. Nothing was sent."
    )


def plain(media_type: str) -> str:
    """Without parameters."""
    return media_type.partition(";")[0].strip().lower()


def body_of(to: dict[str, str], text: str | None, file: tuple[OutgoingFile, str] | None, quote: str | None) -> Json:
    """The body. to: who it goes to, as the API names them; file: with the id of its upload."""
    body: Json = {"messaging_product": "whatsapp", "recipient_type": "individual", **to}
    if quote is not None:
        body["context"] = {"message_id": quote}
    if file is None:
        return body | {"type": "text", "text": {"body": text or "", "preview_url": False}}
    sent, media = file
    kind = kind_of(sent)
    part: Json = {"id": media}
    if text:
        part["caption"] = text
    if kind == "document":
        part["filename"] = sent.file_name
    if sent.role == "voice":
        part["voice"] = True
    return body | {"type": kind, kind: part}


def info_of(file: OutgoingFile, media: str) -> FileInfo:
    """The file as our own message shows it, under the name it had here."""
    return FileInfo(
        type=_TYPES[kind_of(file)],
        ref=media,
        media_type=file.media_type,
        file_name=file.file_name,
        size=None if file.role == "voice" else file.size,
        sticker=kind_of(file) == "sticker",
        voice_note=file.role == "voice",
    )
