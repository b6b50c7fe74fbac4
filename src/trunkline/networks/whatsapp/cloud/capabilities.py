"""What a business number can do by the Cloud API, and how far.

Not there at all: editing, deleting, chat lists, history, groups, muting, archiving, pinning, labels, people's pictures. Groups
of the API itself are for chosen businesses and are not built. Media are bounded by kind; MOST has each kind's size.
"""

from typing import Any

from trunkline.contract.capabilities import (
    Ability,
    Bound,
    Capabilities,
    Dedupe,
    Forward,
    Media,
    Reactions,
    Send,
    Start,
    Text,
    Unit,
)

SEEN = "2026-11-22"
WINDOW_MS = 24 * 3_600_000
_MEDIA = "docs.aws.amazon.com social-messaging, supported media types"
_TRIED: Any = "counterpart"
_MIB = 1024 * 1024


def _bound(value: int, unit: Unit, source: str) -> Bound:
    return Bound(value=value, unit=unit, source=source, seen=SEEN)


PICTURES = ("image/jpeg", "image/png")
STICKERS = ("image/webp",)
VIDEOS = ("video/mp4", "video/3gpp")
AUDIO = ("audio/aac", "audio/mp4", "audio/mpeg", "audio/amr", "audio/ogg")
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCUMENTS = (
    "application/pdf",
    "text/plain",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    f"{_OFFICE}wordprocessingml.document",
    f"{_OFFICE}spreadsheetml.sheet",
    f"{_OFFICE}presentationml.presentation",
)
VOICE = (*AUDIO, "application/ogg", "audio/x-m4a", "audio/wav")
"""Ogg with Opus goes as it is; the others are converted where ffmpeg is installed."""
MOST = {
    "image": 5 * _MIB,
    "sticker": 500 * 1024,
    "video": 16 * _MIB,
    "audio": 16 * _MIB,
    "document": 100 * _MIB,
}
"""Bytes, by the API's kind of message. A sticker that does not move has 100 KB at most; only the API sees which it is."""

_TEXT = Text(verified=_TRIED, max_length=_bound(4_096, "characters", "developers.chatwoot.com; crabline 0.1.27 refuses there"))
CAPTION = Text(max_length=_bound(1_024, "characters", "developers.facebook.com, image messages"))
_SOUND = _bound(16 * _MIB, "bytes", _MEDIA)

CLOUD = Capabilities(
    account_type="WHATSAPP",
    product="WhatsApp Business",
    dedupe=Dedupe(kind="none"),
    send=Send(
        verified=_TRIED,
        note="free text within 24 hours of the person's last message; templates are not sent from here",
        text=_TEXT,
        attachments=Media(
            types=(*PICTURES, *STICKERS, *VIDEOS, *AUDIO, *DOCUMENTS),
            max_size=_bound(MOST["document"], "bytes", _MEDIA),
            caption=CAPTION,
            note="pictures 5 MB, stickers 500 kB, sound and video 16 MB, documents 100 MB",
        ),
        max_attachments=_bound(1, "count", "developers.facebook.com, messages: one media object each"),
        voice=Media(types=VOICE, max_size=_SOUND),
        video=Media(types=VIDEOS, max_size=_SOUND, caption=CAPTION),
        quote=Ability(verified=_TRIED),
        typing=Ability(verified=_TRIED, note="shown for the person's last message, which it marks as read"),
    ),
    start=Start(verified=_TRIED, note="by phone number, only where the person wrote within 24 hours"),
    react=Reactions(),
    forward=Forward(way="resend"),
    read=Ability(verified=_TRIED, note="cannot be taken back"),
    files=Ability(),
    receipts=Ability(),
)
"""The widest sheet. `verified="counterpart"`: tried against @openclaw/crabline 0.1.27; the rest against our own fake."""
