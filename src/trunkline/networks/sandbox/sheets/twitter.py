"""X, API v2. Text and one picture or film; nothing can be changed afterwards."""

from trunkline.contract.capabilities import Ability, Capabilities, Dedupe, Forward, Media, Send, Start, Text
from trunkline.networks.sandbox.sheets.bounds import MEGABYTE, bound, guess

_TABLE = "capability table of an open X bridge, 2026-01-08"
_TEXT = Text(max_length=guess(10_000, "characters", _TABLE))

TWITTER = Capabilities(
    account_type="TWITTER",
    dedupe=Dedupe(kind="history", settle_ms=30_000),
    send=Send(
        text=_TEXT,
        attachments=Media(
            types=("image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "video/quicktime"),
            max_size=guess(15 * MEGABYTE, "bytes", _TABLE),
            caption=_TEXT,
        ),
        max_attachments=bound(1, "count", "docs.x.com, direct messages, manage"),
    ),
    start=Start(group=Ability(), max_people=guess(49, "count", "X's own app")),
    forward=Forward(way="resend"),
    history=Ability(),
    files=Ability(),
    pictures=Ability(),
)
