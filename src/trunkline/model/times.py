"""Times: inside, milliseconds since 1970 in UTC; on the wire `YYYY-MM-DDTHH:MM:SS.sssZ`, exactly three digits.

Source: unipile-v1 2.5.
"""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], int]
"""Gives the time in milliseconds since 1970, UTC; handed in so that tests can move it."""

WIRE_PATTERN = re.compile(r"[1-2]\d{3}-[0-1]\d-[0-3]\dT\d{2}:\d{2}:\d{2}\.\d{3}Z\Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def system_clock() -> int:
    """The machine's time."""
    return time.time_ns() // 1_000_000


def to_wire(at_ms: int) -> str:
    """The wire form of a time in milliseconds."""
    moment = _EPOCH + timedelta(milliseconds=at_ms)
    return moment.isoformat(timespec="milliseconds")[:23] + "Z"  # a fifth of the time of strftime


def from_wire(text: str) -> int:
    """Milliseconds of a wire time. Raises ValueError when it is not exactly the wire form."""
    if not WIRE_PATTERN.match(text):
        raise ValueError("not YYYY-MM-DDTHH:MM:SS.sssZ")
    moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(milliseconds=1)
