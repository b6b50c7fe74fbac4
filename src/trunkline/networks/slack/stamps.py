"""Slack's `ts`: seconds with six decimals as text; a message's id inside its channel, its time and its order in one."""

import re
from decimal import Decimal

_STAMP = re.compile(r"\d{1,12}\.\d{6}")
NEVER = "0000000000.000000"
"""Slack's stamp of a chat that was never read."""


def is_stamp(text: object) -> bool:
    """Whether it is a `ts`."""
    return isinstance(text, str) and _STAMP.fullmatch(text) is not None


def order_of(stamp: str) -> int:
    """Microseconds since 1970: the network's own order."""
    return int(Decimal(stamp) * 1_000_000)


def ms_of(stamp: str) -> int:
    """Milliseconds since 1970, UTC."""
    return order_of(stamp) // 1000


def stamp_at(at_ms: int) -> str:
    """The first stamp of a millisecond."""
    return f"{at_ms // 1000:010d}.{at_ms % 1000:03d}000"


def before(stamp: str) -> str:
    """The stamp right before this one."""
    order = order_of(stamp) - 1
    return f"{order // 1_000_000:010d}.{order % 1_000_000:06d}"
