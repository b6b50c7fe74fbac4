"""What a person's own WhatsApp account can do as a linked device, and how far."""

from trunkline.contract.capabilities import (
    Ability,
    Bound,
    Capabilities,
    Dedupe,
    Delete,
    Edit,
    Forward,
    Media,
    Reactions,
    Send,
    Start,
    Text,
    Unit,
)

_SEEN = "2026-11-22"
_HOUR_MS = 3_600_000
_TABLE = "capability table of an open WhatsApp bridge, 2026-07-22"


def _bound(value: int, unit: Unit, source: str) -> Bound:
    return Bound(value=value, unit=unit, source=source, seen=_SEEN)


def _guess(value: int, unit: Unit, source: str) -> Bound:
    return Bound(value=value, unit=unit, source=source, seen=_SEEN, indicative=True)


_TEXT = Text(max_length=_guess(65_536, "characters", _TABLE))
_SIZE = _guess(2 * 1024**3, "bytes", _TABLE)
_SCRIPTED = "tried against a scripted client library, never on WhatsApp itself"
_BY_CLIENT = Ability(note=_SCRIPTED)
VOICE = ("audio/ogg", "application/ogg", "audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/aac", "audio/amr", "audio/wav")
"""Ogg with Opus goes as it is; the others are converted where ffmpeg is installed."""
PICTURES = ("image/jpeg", "image/png")
VIDEOS = ("video/mp4", "video/3gpp")
STICKER = "image/webp"

LINKED = Capabilities(
    account_type="WHATSAPP",
    dedupe=Dedupe(kind="token", memory_ms=24 * _HOUR_MS, settle_ms=30_000),
    send=Send(
        text=_TEXT,
        attachments=Media(types=("*/*",), max_size=_SIZE, caption=_TEXT),
        max_attachments=_guess(30, "count", "WhatsApp's own app"),
        voice=Media(types=VOICE, max_size=_SIZE),
        video=Media(types=VIDEOS, max_size=_SIZE),
        quote=Ability(verified="counterpart"),
        typing=Ability(verified="counterpart"),
    ),
    start=Start(group=_BY_CLIENT, max_people=_guess(1_023, "count", _TABLE), empty_group=True),
    edit=Edit(max_age=_bound(15 * 60_000, "ms", "developer.unipile.com, edit and delete WhatsApp messages")),
    delete=Delete(max_age=_bound(48 * _HOUR_MS, "ms", "Baileys guide, modifying messages")),
    react=Reactions(verified="counterpart"),
    forward=Forward(way="native", note=_SCRIPTED),
    delete_chat=_BY_CLIENT,
    read=Ability(verified="counterpart"),
    mute=_BY_CLIENT,
    archive=_BY_CLIENT,
    pin=_BY_CLIENT,
    add_participant=_BY_CLIENT,
    remove_participant=_BY_CLIENT,
    label=Ability(note="labels are a feature of WhatsApp Business"),
    invite_link=_BY_CLIENT,
    history=Ability(note="what was pushed at linking and since; older messages where the phone answers"),
    files=_BY_CLIENT,
    receipts=Ability(verified="counterpart"),
    pictures=_BY_CLIENT,
)
"""The widest sheet. `verified="counterpart"`: tried with the real client library against @openclaw/crabline 0.1.27."""
