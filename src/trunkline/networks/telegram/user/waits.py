"""Telegram's FLOOD_WAIT, obeyed: what it will not be asked again before a time is not asked.

Telegram counts per kind of request, so a kind is held back, for all chats; a wait that only one chat asks for (slow mode) holds
nothing else back. Kept by the account, so that a new connection knows of it too.
Source: core.telegram.org/api/errors, "420 FLOOD"; Telethon 1.45.0 holds a kind back likewise (client/users.py); 2026-11-22.
"""

from typing import Any

from trunkline.model.errors import Throttled
from trunkline.model.times import Clock
from trunkline.networks.telegram.user.refusals import SlowMode, throttled


class Waits:
    """Until when one account's requests are held back, by kind."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[str, int] = {}

    def check(self, request: Any) -> None:
        """Raise Throttled, with what is left to wait, while Telegram takes no more requests of this kind."""
        left_ms = self._until.get(_kind(request), 0) - self._clock()
        if left_ms > 0:
            raise throttled(-(-left_ms // 1000))

    def note(self, request: Any, error: Throttled) -> None:
        """Telegram has asked to wait."""
        if not isinstance(error, SlowMode):
            self._until[_kind(request)] = self._clock() + (error.retry_after_ms or 0)


def _kind(request: Any) -> str:
    return type(request).__name__
