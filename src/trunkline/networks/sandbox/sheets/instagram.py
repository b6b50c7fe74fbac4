"""Instagram, a personal account. No captions, no edits; unsending at any time."""

from trunkline.contract.capabilities import Ability, Capabilities, Dedupe, Delete, Forward, Media, Reactions, Send, Start, Text
from trunkline.networks.sandbox.sheets.bounds import MEGABYTE, guess

_TABLE = "capability table of an open Instagram bridge, 2026-07-07"

INSTAGRAM = Capabilities(
    account_type="INSTAGRAM",
    dedupe=Dedupe(kind="history", settle_ms=30_000),
    send=Send(
        text=Text(max_length=guess(1_000, "characters", "developers.facebook.com, Instagram send message")),
        attachments=Media(types=("image/*", "video/*", "audio/*"), max_size=guess(25 * MEGABYTE, "bytes", _TABLE)),
        max_attachments=guess(1, "count", _TABLE),
        quote=Ability(),
    ),
    start=Start(group=Ability(), max_people=guess(250, "count", _TABLE)),
    delete=Delete(),
    react=Reactions(),
    forward=Forward(way="resend"),
    delete_chat=Ability(),
    read=Ability(),
    mute=Ability(),
    add_participant=Ability(),
    history=Ability(),
    receipts=Ability(),
    files=Ability(),
    pictures=Ability(),
)
