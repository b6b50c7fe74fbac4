"""LinkedIn, a member's account. Contacts only, others by InMail; edit and delete within an hour."""

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
from trunkline.networks.sandbox.sheets.bounds import MEGABYTE, MINUTE_MS, bound, guess

_TABLE = "capability table of an open LinkedIn bridge, 2026-01-18"
_TEXT = Text(max_length=guess(8_000, "characters", _TABLE))
_SIZE = guess(20 * MEGABYTE, "bytes", _TABLE)

LINKEDIN = Capabilities(
    account_type="LINKEDIN",
    dedupe=Dedupe(kind="history", settle_ms=30_000),
    send=Send(
        text=_TEXT,
        attachments=Media(types=("*/*",), max_size=_SIZE, caption=_TEXT),
        max_attachments=guess(10, "count", "LinkedIn's own page"),
        voice=Media(types=("audio/mp4", "audio/x-m4a"), max_size=_SIZE),
        video=Media(types=("video/mp4", "video/quicktime"), max_size=_SIZE),
        quote=Ability(),
    ),
    start=Start(group=Ability(), max_people=guess(50, "count", "LinkedIn's own page"), subject=True),
    edit=Edit(max_age=bound(60 * MINUTE_MS, "ms", "glama.ai, listing of linkednav"), caption=True),
    delete=Delete(max_age=bound(60 * MINUTE_MS, "ms", "glama.ai, listing of linkednav")),
    react=Reactions(),
    forward=Forward(way="resend"),
    delete_chat=Ability(),
    read=Ability(),
    mute=Ability(),
    history=Ability(),
    receipts=Ability(),
    files=Ability(),
    pictures=Ability(),
)
