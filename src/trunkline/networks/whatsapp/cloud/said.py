"""What a message of the Cloud API says: from its JSON (webhooks) to text, file and kind. No I/O.

Source: developers.facebook.com, WhatsApp Business Platform, webhooks reference, `messages`, seen 2026-11-23.
"""

from collections.abc import Mapping
from typing import Any

from trunkline.contract.events import FileInfo
from trunkline.model.attachment import AttachmentType
from trunkline.networks.whatsapp.content import Said

Raw = Mapping[str, Any]

_FILES: Mapping[str, AttachmentType] = {
    "image": "img", "sticker": "img", "video": "video", "audio": "audio", "document": "file",
}  # fmt: skip


def said(raw: Raw) -> Said:
    """What it says. A kind that nobody has a word for says nothing; its raw JSON is kept beside."""
    kind = str(raw.get("type") or "unknown")
    part = raw.get(kind)
    context = raw.get("context")
    context = context if isinstance(context, Mapping) else {}
    forwarded = bool(context.get("forwarded") or context.get("frequently_forwarded"))
    quoted = context if context.get("id") else None
    return Said(kind, text=_text(kind, part), file=_file(kind, part), quoted=quoted, forwarded=forwarded)


def _text(kind: str, part: Any) -> str | None:
    if kind == "contacts" and isinstance(part, list):
        names = (_at(each, "name", "formatted_name") for each in part)
        return ", ".join(name for name in names if name) or None
    if not isinstance(part, Mapping):
        return None
    if kind == "location":
        place = " ".join(str(part[name]) for name in ("name", "address") if part.get(name))
        return f"{place} geo:{part.get('latitude', 0)},{part.get('longitude', 0)}".strip()
    if kind == "interactive":
        return _at(part, str(part.get("type")), "title") or _at(part, str(part.get("type")), "body")
    for name in ("body", "caption", "text"):
        if (found := _at(part, name)) is not None:
            return found
    return None


def _file(kind: str, part: Any) -> FileInfo | None:
    if kind not in _FILES or not isinstance(part, Mapping):
        return None
    return FileInfo(
        type=_FILES[kind],
        ref=_at(part, "id"),
        media_type=_at(part, "mime_type"),
        file_name=_at(part, "filename"),
        sticker=kind == "sticker",
        voice_note=bool(part.get("voice")),
    )


def _at(part: Any, *names: str) -> str | None:
    """A text inside, where it is one and not empty."""
    for name in names:
        part = part.get(name) if isinstance(part, Mapping) else None
    return part if isinstance(part, str) and part else None
