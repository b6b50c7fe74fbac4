"""How events reach sessions: a subscription each, fed by a socket of the app or by posts to this server.

A delivery is acknowledged to Slack once every session it went to has taken it over, that is, once the hub has stored it. What
is not acknowledged Slack delivers again; what a session cannot keep up with ends its life, and the next one reads the history.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from trunkline.model.errors import NetworkFailed, TrunklineError

MOST = 2_000
"""Deliveries that wait for one session."""


@dataclass(frozen=True)
class Delivery:
    """One `event_callback`; `taken` is to be called once it is stored."""

    payload: Any
    taken: Callable[[], None]
    is_shared: bool = False
    """Whether it went to several accounts, so that it may be none of this one's business."""


class Subscription:
    """What one session is to hear."""

    def __init__(self, team: str) -> None:
        self.team = team
        self._queue: asyncio.Queue[Delivery | TrunklineError] = asyncio.Queue()
        self._is_closed = False

    async def next(self) -> Delivery:
        """The next delivery. Raises what ended the feed."""
        found = await self._queue.get()
        if isinstance(found, TrunklineError):
            self._queue.put_nowait(found)
            raise found
        return found

    def put(self, delivery: Delivery) -> None:
        """Hand a delivery over."""
        if self._is_closed:
            return
        if self._queue.qsize() >= MOST:
            self.end(NetworkFailed("More happened at once than could be stored; it is read from the history instead."))
            return
        self._queue.put_nowait(delivery)

    def end(self, error: TrunklineError) -> None:
        """Nothing comes any more."""
        if not self._is_closed:
            self._is_closed = True
            self._queue.put_nowait(error)


@dataclass
class Fanout:
    """The sessions behind one source of events."""

    subscriptions: list[Subscription] = field(default_factory=list)

    def give(self, payload: Any, on_taken: Callable[[], None]) -> int:
        """Give a delivery to every session of its workspace; gives to how many. on_taken: called once all have it."""
        team = payload.get("team_id") if isinstance(payload, dict) else None
        targets = [each for each in self.subscriptions if team is None or team == each.team]
        waiting = set(targets)

        def taken_by(subscription: Subscription) -> Callable[[], None]:
            def taken() -> None:
                if subscription in waiting:
                    waiting.remove(subscription)
                    if not waiting:
                        on_taken()

            return taken

        for each in targets:
            each.put(Delivery(payload, taken_by(each), is_shared=len(targets) > 1))
        return len(targets)

    def end(self, error: TrunklineError) -> None:
        """The source has ended for all of them."""
        for each in self.subscriptions:
            each.end(error)
        self.subscriptions.clear()
