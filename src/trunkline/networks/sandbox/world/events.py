"""The log of what happened to each account: what `listen` reads. Its sequence number is the position."""

import msgspec

from trunkline.contract.events import Event, GapFound, Update
from trunkline.networks.sandbox.world import due, faults
from trunkline.networks.sandbox.world.change import Change, Read

_BATCH = 100
_decode = msgspec.json.Decoder(Event).decode


class LateEvent(msgspec.Struct, frozen=True):
    """An event that a fault holds back."""

    event: Event


def append(change: Change, account: int, event: Event, *, is_echo: bool = False) -> None:
    """Tell the account of it, unless a fault doubles it, holds it back or shuffles it with others."""
    late_ms = faults.late_ms(change, account, is_echo=is_echo)
    if late_ms is not None:
        due.plan(change, account, late_ms, "event", LateEvent(event))
        return
    if faults.hold_back(change, account, msgspec.json.encode(event)):
        for doc in faults.shuffled(change, account):
            tell_encoded(change, account, doc)
        return
    tell(change, account, event)
    if faults.use_up(change, account, "duplicate_events"):
        tell(change, account, event)


def tell(change: Change, account: int, event: Event) -> None:
    """Append to the log, faults or not."""
    tell_encoded(change, account, msgspec.json.encode(event))


def tell_encoded(change: Change, account: int, doc: bytes) -> None:
    """The same, for an event that was kept as JSON."""
    change.run("INSERT INTO event (account, at_ms, doc) VALUES (?, ?, ?)", account, change.now_ms, doc)
    change.woken.add(account)


def newest(fetch: Read) -> int:
    """The position of now."""
    rows = fetch("SELECT seq FROM sqlite_sequence WHERE name = 'event'")
    return int(rows[0][0]) if rows else 0


def read(fetch: Read, account: int, after: int) -> Update | None:
    """The next events after a position, at most a hundred; None when there are none yet."""
    rows = fetch("SELECT seq, doc FROM event WHERE account = ? AND seq > ? ORDER BY seq LIMIT ?", account, after, _BATCH)
    if not rows:
        return None
    return Update(events=tuple(_decode(doc) for _, doc in rows), position=str(rows[-1][0]))


def forget(change: Change, account: int) -> int:
    """Lose the log up to now, as a network does that keeps events for a while only. Gives the number of events lost."""
    forgotten = change.run("DELETE FROM event WHERE account = ?", account)
    set_mark = "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    change.run(set_mark, _forgotten(account), f"{newest(change.fetch)} {change.now_ms}")
    change.woken.add(account)
    return forgotten


def gap(fetch: Read, account: int, after: int) -> Update | None:
    """The gap between a position and what is still known, if there is one."""
    rows = fetch("SELECT value FROM meta WHERE name = ?", _forgotten(account))
    if not rows:
        return None
    seq, at_ms = (int(part) for part in str(rows[0][0]).split())
    if after >= seq:
        return None
    lost = GapFound(chat=None, from_ms=0, to_ms=at_ms, reason="The sandbox forgot what happened before this time.")
    return Update(events=(lost,), position=str(seq))


def _forgotten(account: int) -> str:
    return f"forgotten:{account}"
