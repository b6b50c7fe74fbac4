"""How the sheets write their bounds: one line each, with source; all were seen on the same day."""

from trunkline.contract.capabilities import Bound, Unit

SEEN = "2026-11-22"
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
MEGABYTE = 1024 * 1024
GIGABYTE = 1024 * MEGABYTE


def bound(value: int, unit: Unit, source: str) -> Bound:
    """A bound that the network's own documentation, or a test on a counterpart, confirms."""
    return Bound(value=value, unit=unit, source=source, seen=SEEN)


def guess(value: int, unit: Unit, source: str) -> Bound:
    """A bound good enough to refuse by; the refusal says that it is indicative."""
    return Bound(value=value, unit=unit, source=source, seen=SEEN, indicative=True)
