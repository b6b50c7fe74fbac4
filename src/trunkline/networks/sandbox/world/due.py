"""What will happen by itself: answers, receipts, late events, late messages."""

import msgspec

from trunkline.networks.sandbox.world.change import Change, Read


def plan(change: Change, account: int, after_ms: int, kind: str, doc: msgspec.Struct, *, name: str | None = None) -> bool:
    """Let something happen later. With a `name` it happens once, however often it is planned; False for a repeat."""
    planned = change.run(
        "INSERT INTO due (at_ms, account, kind, doc, name) VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING",
        change.now_ms + after_ms, account, kind, msgspec.json.encode(doc), name,
    )  # fmt: skip
    change.planned = change.planned or planned > 0
    return planned > 0


def is_any(fetch: Read, now_ms: int) -> bool:
    """Whether the time of something has come."""
    return bool(fetch("SELECT 1 FROM due WHERE at_ms <= ? LIMIT 1", now_ms))


def take(change: Change) -> tuple[int, str, bytes] | None:
    """The next thing whose time has come: (account, kind, document)."""
    row = change.one(
        "DELETE FROM due WHERE n = (SELECT n FROM due WHERE at_ms <= ? ORDER BY at_ms, n LIMIT 1) RETURNING account, kind, doc",
        change.now_ms,
    )
    return None if row is None else (row[0], row[1], row[2])


def next_time(change: Change) -> int | None:
    """When the next thing happens."""
    row = change.one("SELECT at_ms FROM due ORDER BY at_ms LIMIT 1")
    return None if row is None else int(row[0])
