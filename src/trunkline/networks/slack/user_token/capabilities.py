"""What a Slack account can do with its person's own token, and how far; and what it may do with the scopes it was granted.

Differences to the background's matrix (networks.md 2.1): archive (P3) is not declared, because `conversations.archive` archives
the channel for everybody; quotes, typing, voice notes, mute and pin have no Web API for users.
"""

from typing import Any

import msgspec

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

SEEN = "2026-11-22"
SETTLE_MS = 20_000
"""Slack shows a message in its history at once; what was under way when the answer was lost may need the request's time."""

_BRIDGE = "capability table of an open Slack bridge, 2026-05-28"
_TRIED: Any = "counterpart"


def _bound(value: int, unit: Unit, source: str, *, indicative: bool = False) -> Bound:
    return Bound(value=value, unit=unit, source=source, seen=SEEN, indicative=indicative)


_LENGTH = _bound(40_000, "characters", "learn.microsoft.com, Slack connector; emulate 0.12.2 cuts there")
_TEXT = Text(verified=_TRIED, max_length=_LENGTH)
_CHANNELS = "channels only"

SLACK = Capabilities(
    account_type="SLACK",
    dedupe=Dedupe(kind="history", settle_ms=SETTLE_MS),
    send=Send(
        verified=_TRIED,
        text=_TEXT,
        attachments=Media(
            verified=_TRIED, types=("*/*",), max_size=_bound(1 << 30, "bytes", _BRIDGE, indicative=True), caption=_TEXT
        ),
        max_attachments=_bound(10, "count", "Slack's own app", indicative=True),
        thread=Ability(verified=_TRIED),
    ),
    start=Start(
        verified=_TRIED,
        group=Ability(verified=_TRIED),
        max_people=_bound(8, "count", "docs.slack.dev, conversations.open"),
        titled=False,
    ),
    edit=Edit(verified=_TRIED, caption=True, note="the workspace may set a window"),
    delete=Delete(verified=_TRIED, note="the workspace may set a window"),
    react=Reactions(verified=_TRIED, several=True),
    forward=Forward(verified=_TRIED, way="resend"),
    read=Ability(verified=_TRIED),
    add_participant=Ability(verified=_TRIED, note=_CHANNELS),
    remove_participant=Ability(verified=_TRIED, note=_CHANNELS),
    history=Ability(verified=_TRIED),
    files=Ability(verified=_TRIED),
    pictures=Ability(verified="fake"),
)

HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
WRITES = ("channels:write", "groups:write", "im:write", "mpim:write")
INVITES = ("channels:write.invites", "groups:write.invites", "channels:write", "groups:write")
NEEDED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("send", ("chat:write",)),
    ("start", ("im:write", "mpim:write")),
    ("edit", ("chat:write",)),
    ("delete", ("chat:write",)),
    ("forward", ("chat:write",)),
    ("react", ("reactions:write",)),
    ("read", WRITES),
    ("add_participant", INVITES),
    ("remove_participant", ("channels:write", "groups:write")),
    ("history", HISTORY),
    ("files", ("files:read",)),
    ("pictures", ("users:read",)),
)
"""What an ability needs of the token's scopes: one of these. Source: docs.slack.dev, each method's page, seen 2026-11-22."""


def widest(settle_ms: int = SETTLE_MS) -> Capabilities:
    """The sheet with every scope granted."""
    return msgspec.structs.replace(SLACK, dedupe=Dedupe(kind="history", settle_ms=settle_ms))


def narrowed(whole: Capabilities, scopes: frozenset[str]) -> Capabilities:
    """The sheet of a token with these scopes; without knowing them (empty) all of it."""
    if not scopes:
        return whole
    missing = {name: needed for name, needed in NEEDED if not scopes.intersection(needed)}
    withheld = {name: _lacks(needed) for name, needed in missing.items()}
    sheet = msgspec.structs.replace(whole, **dict.fromkeys(missing))
    if sheet.send is not None and "files:write" not in scopes:
        withheld["attachments"] = _lacks(("files:write",))
        sheet = msgspec.structs.replace(sheet, send=msgspec.structs.replace(sheet.send, attachments=None, max_attachments=None))
    return msgspec.structs.replace(sheet, withheld=withheld or None)


def _lacks(needed: tuple[str, ...]) -> str:
    scopes = f"the scope {needed[0]}" if len(needed) == 1 else f"a scope of {', '.join(needed)}"
    return f"its token lacks {scopes}; a person can add it to the app, install the app again and log in with the new token"
