"""Slack, with a user token. Threads instead of quotes, several reactions by one person; over-long text is cut, not refused."""

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
from trunkline.networks.sandbox.sheets.bounds import GIGABYTE, bound, guess

_TABLE = "capability table of an open Slack bridge, 2026-05-28"
_TEXT = Text(max_length=bound(40_000, "characters", "learn.microsoft.com, Slack connector"))

SLACK = Capabilities(
    account_type="SLACK",
    dedupe=Dedupe(kind="history", settle_ms=30_000),
    send=Send(
        text=_TEXT,
        attachments=Media(types=("*/*",), max_size=guess(GIGABYTE, "bytes", _TABLE), caption=_TEXT),
        max_attachments=guess(10, "count", "Slack's own app"),
        thread=Ability(),
    ),
    start=Start(group=Ability(), max_people=guess(8, "count", _TABLE), empty_group=True),
    edit=Edit(caption=True),
    delete=Delete(),
    react=Reactions(several=True),
    forward=Forward(way="resend"),
    read=Ability(),
    add_participant=Ability(note="channels only"),
    remove_participant=Ability(note="channels only"),
    history=Ability(),
    files=Ability(),
    pictures=Ability(),
)
