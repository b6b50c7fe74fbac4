"""Messenger, a page. The other side must write first, and an answer is possible for 24 hours."""

from trunkline.contract.capabilities import Ability, Capabilities, Dedupe, Forward, Media, Send, Text
from trunkline.networks.sandbox.sheets.bounds import HOUR_MS, MEGABYTE, bound

_DOCS = "developers.facebook.com, send messages, 2026-05-05"

WINDOW_MS = 24 * HOUR_MS
"""How long after the other side's last message a page may write. Source: the same, seen 2026-11-22."""

MESSENGER = Capabilities(
    account_type="MESSENGER",
    dedupe=Dedupe(kind="none"),
    send=Send(
        text=Text(max_length=bound(2_000, "characters", _DOCS)),
        attachments=Media(types=("*/*",), max_size=bound(25 * MEGABYTE, "bytes", _DOCS)),
        max_attachments=bound(1, "count", _DOCS),
        quote=Ability(),
    ),
    forward=Forward(way="resend"),
    read=Ability(),
    label=Ability(),
    history=Ability(),
    receipts=Ability(),
    files=Ability(),
    pictures=Ability(),
)
