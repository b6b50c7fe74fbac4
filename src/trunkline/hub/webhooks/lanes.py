"""One round of deliveries to one endpoint: in order within a chat, several chats at a time, and stopped when it takes no more.

An endpoint that fails three times running, with nothing taken in between, is down: the round ends and what failed is its
trouble, not the events'. One that takes others meanwhile has something against the event: that one is put aside.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from trunkline.hub.outgoing.failures import Refused, Unreachable
from trunkline.hub.outgoing.way_out import Answered
from trunkline.store.journal import JournalRow
from trunkline.store.letters import Letter

STRIKES = 3
AT_ONCE = 8
"""Posts to one endpoint at one time."""

_SLOW_DOWN, _UNAVAILABLE = 429, 503
_GONE = 410
_OURS = frozenset({408, 425})
"""Statuses of the 400s that say nothing against the event."""


@dataclass(frozen=True)
class Item:
    """An event to be posted. letter: what is known of earlier tries, where it was put aside before."""

    row: JournalRow
    letter: Letter | None = None

    @property
    def seq(self) -> int:
        """Its number in the journal."""
        assert self.row.seq is not None
        return self.row.seq


@dataclass(frozen=True)
class Failure:
    """Why an event was not taken. status None: there was no answer. refused: the event itself, by a 4xx."""

    item: Item
    status: int | None
    error: str | None
    refused: bool = False


@dataclass
class Round:
    """What came of a round."""

    post: Callable[[Item], Awaitable[Answered]]
    delivered: list[Item] = field(default_factory=list)
    put_aside: list[Failure] = field(default_factory=list)
    unanswered: list[Failure] = field(default_factory=list)
    """What failed since the endpoint last took something."""
    slow_down: Failure | None = None
    asked_ms: int | None = None
    """How long the endpoint asked to be left alone."""
    gone: bool = False
    last: Failure | None = None
    last_status: int | None = None

    def is_over(self) -> bool:
        """Whether nothing more is to be tried."""
        return self.gone or self.slow_down is not None or len(self.unanswered) >= STRIKES

    @property
    def is_down(self) -> bool:
        """Whether the endpoint is to be left alone for a while."""
        return self.slow_down is not None or any(failure.item.letter is None for failure in self.unanswered)

    async def run(self, items: Iterable[Item], at_once: int) -> None:
        """Post them."""
        lanes = deque(_lanes(items))

        async def work() -> None:
            while lanes and not self.is_over():
                for item in lanes.popleft():
                    if self.is_over():
                        return
                    await self._try(item)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(at_once, len(lanes))):
                group.create_task(work())

    async def _try(self, item: Item) -> None:
        try:
            answered = await self.post(item)
        except Unreachable as error:
            self._strike(Failure(item, None, error.text))
            return
        except Refused as error:
            self._strike(Failure(item, None, f"The address {error.text}."))
            return
        status = self.last_status = answered.status
        if 200 <= status < 300:
            self._alive()
            self.delivered.append(item)
        elif status == _GONE:
            self.gone = True
        elif status == _SLOW_DOWN or (status == _UNAVAILABLE and answered.retry_after_ms is not None):
            self.slow_down, self.asked_ms = Failure(item, status, None), answered.retry_after_ms
            self.last = self.slow_down
        elif 400 <= status < 500 and status not in _OURS:
            self._alive()
            self.put_aside.append(Failure(item, status, None, refused=True))
        else:
            self._strike(Failure(item, status, "It was redirected, which is not followed." if status < 400 else None))

    def _strike(self, failure: Failure) -> None:
        self.last, self.last_status = failure, failure.status
        self.unanswered.append(failure)

    def _alive(self) -> None:
        """It takes something: what it failed at before is those events' trouble."""
        self.put_aside += self.unanswered
        self.unanswered.clear()


def _lanes(items: Iterable[Item]) -> Sequence[Sequence[Item]]:
    """Events of one chat, or of one account, one after another; what was put aside goes by itself."""
    lanes: dict[tuple[str, int], list[Item]] = {}
    for item in items:
        if item.letter is not None:
            lanes[("letter", item.seq)] = [item]
        elif item.row.chat_no is not None:
            lanes.setdefault(("chat", item.row.chat_no), []).append(item)
        else:
            lanes.setdefault(("account", item.row.account_no), []).append(item)
    return list(lanes.values())
