"""WhatsApp, a personal number. All eight chat actions; a late edit is taken and ignored by the network, without a word."""

from trunkline.contract.capabilities import (
    Ability,
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
)
from trunkline.networks.sandbox.sheets.bounds import GIGABYTE, HOUR_MS, MINUTE_MS, bound, guess

_TABLE = "capability table of an open WhatsApp bridge, 2026-07-22"
_TEXT = Text(max_length=guess(65_536, "characters", _TABLE))
_SIZE = guess(2 * GIGABYTE, "bytes", _TABLE)
_VOICE = ("audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/ogg", "application/ogg", "audio/aac", "audio/amr")
"""Ogg and M4A go by two names each."""

WHATSAPP = Capabilities(
    account_type="WHATSAPP",
    dedupe=Dedupe(kind="token", memory_ms=24 * HOUR_MS, settle_ms=30_000),
    send=Send(
        text=_TEXT,
        attachments=Media(types=("*/*",), max_size=_SIZE, caption=_TEXT),
        max_attachments=guess(30, "count", "WhatsApp's own app"),
        voice=Media(types=_VOICE, max_size=_SIZE),
        quote=Ability(),
        typing=Ability(),
    ),
    start=Start(group=Ability(), max_people=guess(1_023, "count", _TABLE), empty_group=True),
    edit=Edit(max_age=bound(15 * MINUTE_MS, "ms", "developer.unipile.com, edit and delete WhatsApp messages"), caption=True),
    delete=Delete(max_age=bound(48 * HOUR_MS, "ms", "Baileys guide, modifying messages")),
    react=Reactions(),
    forward=Forward(way="native"),
    delete_chat=Ability(),
    read=Ability(),
    mute=Ability(),
    archive=Ability(),
    pin=Ability(),
    add_participant=Ability(),
    remove_participant=Ability(),
    label=Ability(note="labels are a feature of WhatsApp Business"),
    invite_link=Ability(),
    history=Ability(),
    receipts=Ability(),
    files=Ability(),
    pictures=Ability(),
)
