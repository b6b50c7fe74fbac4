"""How often each method of the Web API may be called, and keeping to it.

Slack counts per method, workspace and app: Tier 1 takes 1 call a minute, Tier 2 20, Tier 3 50, Tier 4 100; chat.postMessage one
a second per channel, with bursts. What Slack answers (`Retry-After`) wins over the table.
Source: docs.slack.dev/apis/web-api/rate-limits and the page of each method, seen 2026-11-22.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from types import MappingProxyType

from trunkline.model.errors import Throttled
from trunkline.model.times import Clock

MINUTE_MS = 60_000
ASLEEP_S = 1.0
"""The longest wait at once, so that a clock that is moved is noticed."""
TIER_1, TIER_2, TIER_3, TIER_4 = 1, 20, 50, 100

CALLS_A_MINUTE: Mapping[str, int] = MappingProxyType(
    {
        "apps.connections.open": TIER_1,
        "chat.delete": TIER_3,
        "chat.update": TIER_3,
        "conversations.history": TIER_3,
        "conversations.info": TIER_3,
        "conversations.invite": TIER_3,
        "conversations.kick": TIER_3,
        "conversations.list": TIER_2,
        "conversations.mark": TIER_3,
        "conversations.members": TIER_4,
        "conversations.open": TIER_3,
        "conversations.replies": TIER_3,
        "files.completeUploadExternal": TIER_4,
        "files.getUploadURLExternal": TIER_4,
        "files.info": TIER_4,
        "oauth.v2.access": TIER_4,
        "reactions.add": TIER_3,
        "reactions.get": TIER_3,
        "reactions.remove": TIER_2,
        "users.conversations": TIER_3,
        "users.info": TIER_4,
        "users.list": TIER_2,
    }
)
"""Methods without an entry have limits of their own (auth.test: hundreds a minute; chat.postMessage: see above)."""
_BURSTS = frozenset({"apps.connections.open"})
"""Slack takes several of these at once although its tier says one a minute; only its own `Retry-After` holds them back."""


class Pace:
    """The calls of one account, by method. Frees itself of what is older than a minute."""

    def __init__(self, clock: Clock, allowed: Mapping[str, int] = CALLS_A_MINUTE) -> None:
        self._clock = clock
        self._allowed = allowed
        self._made: dict[str, deque[int]] = {}
        self._closed_until: dict[str, int] = {}

    def take(self, method: str) -> None:
        """Count a call. Raises Throttled, with the time to wait, when it would be one too many."""
        wait = self.wait_ms(method)
        if wait > 0:
            raise Throttled(f"Slack takes no more calls of {method} now. Nothing was done.", retry_after_ms=wait)
        if method in self._allowed:
            self._made.setdefault(method, deque()).append(self._clock())

    def wait_ms(self, method: str) -> int:
        """For how many milliseconds the method may not be called."""
        now = self._clock()
        wait = max(self._closed_until.get(method, now) - now, 0)
        made = self._made.get(method)
        if made is None or method in _BURSTS:
            return wait
        while made and made[0] <= now - MINUTE_MS:
            made.popleft()
        if len(made) >= self._allowed[method]:
            wait = max(wait, made[0] + MINUTE_MS - now)
        return wait

    async def pass_by(self, method: str) -> None:
        """Wait until the method may be called."""
        wait = self.wait_ms(method)
        while wait > 0:
            await asyncio.sleep(min(wait / 1000, ASLEEP_S))
            wait = self.wait_ms(method)

    def close(self, method: str, for_ms: int) -> None:
        """Slack said to wait (`Retry-After`)."""
        self._closed_until[method] = self._clock() + for_ms
