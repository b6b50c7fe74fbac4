"""Faults on demand: what goes wrong, for which account, how often.

A fault is used up one occurrence at a time; `left` counts down. A fault of no account is everybody's.
"""

from typing import Literal, get_args

import msgspec

from trunkline.model.errors import InvalidArgument
from trunkline.networks.sandbox.world.change import Change, Read

Kind = Literal[
    "rate_limited", "not_reached", "lost_request", "lost_answer", "late_arrival", "slow", "no_link", "dropped_link",
    "restricted", "duplicate_events", "reordered_events", "late_echo", "late_events",
]  # fmt: skip

KINDS: dict[Kind, str] = {
    "rate_limited": "a command is refused for `ms` milliseconds' waiting; nothing is done",
    "not_reached": "a command does not reach the network; nothing is done",
    "lost_request": "a command is lost on its way; the session cannot tell",
    "lost_answer": "a command is done, but its answer is lost; the session cannot tell",
    "late_arrival": "a send seems lost and arrives `ms` milliseconds later",
    "slow": "a command takes `ms` milliseconds longer",
    "no_link": "connecting does not reach the network",
    "dropped_link": "listening breaks off",
    "restricted": "the network has restricted the account; connecting, listening and commands are refused",
    "duplicate_events": "an event comes twice",
    "reordered_events": "the next `count` events come in the opposite order",
    "late_echo": "the event of an own message comes `ms` milliseconds later",
    "late_events": "an event comes `ms` milliseconds later",
}

LOGGED_OUT = "logged_out"
"""No fault that waits to happen but one that happens at once: `controls/rule.py` carries it out."""


class Detail(msgspec.Struct, frozen=True):
    """ms: how long, in milliseconds. only: which command (`send`, `edit`, ...); None means any. held: events kept back."""

    ms: int = 0
    only: str | None = None
    held: tuple[msgspec.Raw, ...] = ()


class Fault(msgspec.Struct, frozen=True):
    """A fault that is set."""

    n: int
    account: int | None
    kind: str
    left: int
    detail: Detail


_detail = msgspec.json.Decoder(Detail).decode


def inject(change: Change, account: int | None, kind: str, count: int, detail: Detail) -> None:
    """Set a fault. Raises InvalidArgument for an unknown kind or a count below 1."""
    if kind not in get_args(Kind):
        raise InvalidArgument(f"There is no fault {kind!r}. There are: {', '.join((*KINDS, LOGGED_OUT))}.")
    if count < 1:
        raise InvalidArgument(f"count must be at least 1, not {count}.")
    change.run(
        "INSERT INTO fault (account, kind, left, doc) VALUES (?, ?, ?, ?)", account, kind, count, msgspec.json.encode(detail)
    )
    change.planned = True


def listed(fetch: Read) -> list[Fault]:
    """The faults that are set, oldest first."""
    rows = fetch("SELECT n, account, kind, left, doc FROM fault ORDER BY n")
    return [Fault(n, account, kind, left, _detail(doc)) for n, account, kind, left, doc in rows]


def clear(change: Change, kind: str | None = None) -> list[tuple[int, bytes]]:
    """Remove all faults, or those of a kind. Gives the events they held back: (account, event)."""
    rows = change.fetch("SELECT account, doc FROM fault WHERE ?1 IS NULL OR kind = ?1", kind)
    change.run("DELETE FROM fault WHERE ?1 IS NULL OR kind = ?1", kind)
    return [(account, bytes(event)) for account, doc in rows for event in reversed(_detail(doc).held)]


def use_up(change: Change, account: int, kind: Kind, command: str | None = None) -> Detail | None:
    """One occurrence of a fault of this kind, if one is set for the account (and the command)."""
    for n, left, doc in _set(change.fetch, account, kind):
        detail = _detail(doc)
        if detail.only is not None and detail.only != command:
            continue
        if left > 1:
            change.run("UPDATE fault SET left = left - 1 WHERE n = ?", n)
        else:
            change.run("DELETE FROM fault WHERE n = ?", n)
        return detail
    return None


def is_set(fetch: Read, account: int, kind: Kind) -> bool:
    """Whether such a fault waits for the account."""
    return bool(_set(fetch, account, kind))


def late_ms(change: Change, account: int, *, is_echo: bool) -> int | None:
    """How long this event is held back; None: not at all."""
    detail = use_up(change, account, "late_echo") if is_echo else None
    detail = detail or use_up(change, account, "late_events")
    return None if detail is None else detail.ms


def hold_back(change: Change, account: int, event: bytes) -> bool:
    """Whether the event is kept for shuffling."""
    found = _set(change.fetch, account, "reordered_events")
    if not found:
        return False
    n, left, doc = found[0]
    detail = msgspec.structs.replace(_detail(doc), held=(*_detail(doc).held, msgspec.Raw(event)))
    change.run("UPDATE fault SET account = ?, left = ?, doc = ? WHERE n = ?", account, left - 1, msgspec.json.encode(detail), n)
    return True


def shuffled(change: Change, account: int) -> list[bytes]:
    """The events kept for shuffling, last first, once there are enough; else none."""
    rows = change.fetch(
        "DELETE FROM fault WHERE account = ? AND kind = 'reordered_events' AND left <= 0 RETURNING doc", account
    )
    return [bytes(event) for row in rows for event in reversed(_detail(row[0]).held)]


def _set(fetch: Read, account: int, kind: Kind) -> list[tuple[int, int, bytes]]:
    sql = "SELECT n, left, doc FROM fault WHERE kind = ? AND (account IS NULL OR account = ?) ORDER BY n"
    return [(row[0], row[1], row[2]) for row in fetch(sql, kind, account)]
