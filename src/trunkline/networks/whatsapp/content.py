"""What a WhatsApp message says: from WhatsApp's own message structure to text, files and quotes. No I/O.

The structure is the one of WhatsApp's protocol (`WAProto`), as JSON with bytes as `{"$bytes": base64}`.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from trunkline.contract.events import FileInfo
from trunkline.model.attachment import AttachmentType
from trunkline.networks.whatsapp.wordless import described, held

Content = Mapping[str, Any]

_WRAPPERS = (
    "ephemeralMessage", "viewOnceMessage", "viewOnceMessageV2", "viewOnceMessageV2Extension", "documentWithCaptionMessage",
    "editedMessage", "deviceSentMessage", "groupMentionedMessage", "botInvokeMessage", "lottieStickerMessage",
    "associatedChildMessage", "botForwardedMessage", "eventCoverImage", "pollCreationMessageV4",
    "pollCreationOptionImageMessage", "questionMessage", "questionReplyMessage",
)  # fmt: skip
_NOT_SAID = frozenset({"senderKeyDistributionMessage", "messageContextInfo", "fastRatchetKeySenderKeyDistributionMessage"})
"""Parts that carry keys or bookkeeping beside what is said."""
_FILES: Mapping[str, AttachmentType] = {
    "imageMessage": "img", "stickerMessage": "img", "videoMessage": "video", "ptvMessage": "video", "audioMessage": "audio",
    "documentMessage": "file",
}  # fmt: skip
_TEXT_AT: Mapping[str, tuple[str, ...]] = {
    "extendedTextMessage": ("text",),
    "imageMessage": ("caption",),
    "videoMessage": ("caption",),
    "documentMessage": ("caption",),
    "contactMessage": ("displayName",),
    "contactsArrayMessage": ("displayName",),
    "groupInviteMessage": ("caption", "groupName"),
    "buttonsMessage": ("contentText",),
    "buttonsResponseMessage": ("selectedDisplayText",),
    "templateButtonReplyMessage": ("selectedDisplayText",),
    "listMessage": ("description", "title"),
    "listResponseMessage": ("title",),
    "eventMessage": ("name",),
    "productMessage": ("body",),
    "orderMessage": ("message",),
}


class Said(Struct, frozen=True):
    """What a message says. kind: WhatsApp's name for it; quoted: the context of a quote."""

    kind: str
    text: str | None = None
    file: FileInfo | None = None
    quoted: Mapping[str, Any] | None = None
    forwarded: bool = False


def unwrapped(content: Content) -> Content:
    """The message inside its wrappers (vanishing, once only, with caption ...)."""
    for _ in range(8):
        inner = next((content[name] for name in _WRAPPERS if isinstance(content.get(name), Mapping)), None)
        if inner is None or not isinstance(inner.get("message"), Mapping):
            return content
        content = inner["message"]
    return content


def kind_of(content: Content) -> str | None:
    """WhatsApp's name for what is said: `imageMessage`; None where nothing is."""
    return next((name for name, value in content.items() if name not in _NOT_SAID and value is not None), None)


def said(content: Content, ref: str) -> Said | None:
    """What a message says; None where nothing is. ref: how its file is found again."""
    inner = unwrapped(content)
    kind = kind_of(inner)
    if kind is None:
        return None
    part = inner[kind]
    if not isinstance(part, Mapping):
        return Said(kind, text=part if isinstance(part, str) else described(kind))
    context = part.get("contextInfo")
    context = context if isinstance(context, Mapping) else {}
    text, file = _text(kind, part), _file(kind, part, ref)
    return Said(
        kind,
        text=text if text or file is not None or kind == "extendedTextMessage" else held(kind, part) or described(kind),
        file=file,
        quoted=context if context.get("stanzaId") else None,
        forwarded=bool(context.get("isForwarded")),
    )


def _text(kind: str, part: Content) -> str | None:
    for name in _TEXT_AT.get(kind, ()):
        if isinstance(part.get(name), str) and part[name]:
            return str(part[name])
    if kind in ("locationMessage", "liveLocationMessage"):
        place = " ".join(str(part[name]) for name in ("name", "address", "caption") if part.get(name))
        return f"{place} geo:{part.get('degreesLatitude', 0)},{part.get('degreesLongitude', 0)}".strip()
    if kind.startswith("pollCreationMessage"):
        options = [str(each.get("optionName", "")) for each in part.get("options", ()) if isinstance(each, Mapping)]
        return "\n".join([str(part.get("name", "")), *(f"- {option}" for option in options)])
    if kind == "interactiveMessage" and isinstance(part.get("body"), Mapping):
        return str(part["body"].get("text", "")) or None
    return None


def _file(kind: str, part: Content, ref: str) -> FileInfo | None:
    if kind not in _FILES:
        return None
    seconds = part.get("seconds")
    return FileInfo(
        type=_FILES[kind],
        ref=ref,
        media_type=_word(part.get("mimetype")),
        file_name=_word(part.get("fileName") or part.get("title")),
        size=_number(part.get("fileLength")),
        width=_number(part.get("width")) or 0,
        height=_number(part.get("height")) or 0,
        seconds=float(seconds) if isinstance(seconds, int | float) else None,
        sticker=kind == "stickerMessage",
        gif=bool(part.get("gifPlayback")),
        voice_note=bool(part.get("ptt")),
    )


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: object) -> int | None:
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    return value if isinstance(value, int) and value >= 0 else None
