"""Keeping away for as long as Meta says, and longer each time where it does not say."""

import json
from collections.abc import Mapping

from trunkline.model.times import Clock

FIRST_MS = 30_000
LONGEST_MS = 15 * 60_000
_MINUTE_MS = 60_000
_BUSINESS = "x-business-use-case-usage"
"""Its `estimated_time_to_regain_access` is in minutes. Source: developers.facebook.com/docs/graph-api/overview/rate-limiting,
seen 2026-11-22."""


class Pace:
    """One token's leave to call."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._closed_until = 0
        self._in_a_row = 0

    def wait_ms(self) -> int:
        """For how many milliseconds nothing may be called."""
        return max(self._closed_until - self._clock(), 0)

    def close(self, headers: Mapping[str, str]) -> int:
        """Meta takes no more calls; gives for how many milliseconds it is kept away from. headers: names in lower case."""
        self._in_a_row += 1
        wait = _said(headers) or min(FIRST_MS * 2 ** (self._in_a_row - 1), LONGEST_MS)
        self._closed_until = self._clock() + wait
        return wait

    def passed(self) -> None:
        """A call was taken."""
        self._in_a_row = 0


def _said(headers: Mapping[str, str]) -> int | None:
    text = headers.get("retry-after", "")
    if text.isascii() and text.isdigit() and len(text) < 7:
        return int(text) * 1000
    try:
        usage = json.loads(headers.get(_BUSINESS, "{}"))
        minutes = [int(each.get("estimated_time_to_regain_access") or 0) for group in usage.values() for each in group]
    except (ValueError, TypeError, AttributeError):
        return None
    return max(minutes, default=0) * _MINUTE_MS or None
