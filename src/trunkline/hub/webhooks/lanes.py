"""One round of deliveries to one endpoint: in order within a chat, several chats at a time, and stopped when it takes no more.

An event that is not taken holds its chat: what follows it there waits for the next round. An endpoint that fails three times
running, with nothing taken in between, is down: the round ends and what failed is its trouble, not the events'. One that takes
others meanwhile has something against the event: that one is put aside, and holds its chat until its second try.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
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

Lane = tuple[str, int]
"""What is told in order: a chat by its number, or an account for what is in none."""


def lane_of(row: JournalRow) -> Lane:
    """Where an event waits its turn."""
    return ("account", row.account_no) if row.chat_no is None else ("chat", row.chat_no)


def is_refusal(status: int | None) -> bool:
    """Whether an answer is against the event itself, not its endpoint's trouble."""
    return status is not None and 400 <= status < 500 and status not in _OURS


def holds(letter: Letter) -> bool:
    """Whether what follows it in its chat waits for it: it failed once, and was not refused."""
    return not letter.dead and letter.tries == 1 and not is_refusal(letter.status)


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

    @property
    def holds(self) -> bool:
        """Whether what follows it in its chat waits for it."""
        return self.letter is None or holds(self.letter)


@dataclass(frozen=True)
class Failure:
    """Why an event was not taken. status None: there was no answer. refused: the event itself, by a 4xx."""

    item: Item
    status: int | None
    error: str | None
    refused: bool = False


@dataclass
class _Waiting:
    """A lane as far as it is not posted yet. failed: at which event it stopped."""

    items: deque[Item]
    failed: Failure | None = None


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
        return self.slow_down is not None or any(failure.item.holds for failure in self.unanswered)

    async def run(self, items: Iterable[Item], at_once: int, *, past: bool = False) -> None:
        """Post them. past: whether an event that is not taken may be passed, once all lanes have had their turn, to learn
        whether its endpoint is down or has something against it alone.
        """
        lanes = _lanes(items)

        async def work() -> None:
            while lanes and not self.is_over():
                lane = lanes.popleft()
                if await self._go(lane) and past:
                    lanes.append(lane)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(at_once, len(lanes))):
                group.create_task(work())

    async def _go(self, lane: _Waiting) -> bool:
        """Post a lane up to the first event that is not taken; gives whether there was one. Of one that stopped there already
        a single event is posted, while nothing else was taken: if this one is, the other waits for its second try.
        """
        passing = lane.failed
        if passing is not None and passing not in self.unanswered:
            return False
        while lane.items and not self.is_over():
            lane.failed = await self._try(lane.items.popleft())
            if lane.failed is not None:
                return True
            if passing is not None:
                return False
        return False

    async def _try(self, item: Item) -> Failure | None:
        """Post an event; gives the failure that its chat waits for."""
        try:
            answered = await self.post(item)
        except Unreachable as error:
            return self._strike(Failure(item, None, error.text))
        except Refused as error:
            return self._strike(Failure(item, None, f"The address {error.text}."))
        status = self.last_status = answered.status
        if 200 <= status < 300:
            self._alive()
            self.delivered.append(item)
            self.last = None
        elif status == _GONE:
            self.gone = True
        elif status == _SLOW_DOWN or (status == _UNAVAILABLE and answered.retry_after_ms is not None):
            self.slow_down, self.asked_ms = Failure(item, status, None), answered.retry_after_ms
            self.last = self.slow_down
        elif is_refusal(status):
            self._alive()
            self.last = Failure(item, status, f"It refused an event with the status {status}.", refused=True)
            self.put_aside.append(self.last)
        else:
            return self._strike(Failure(item, status, "It was redirected, which is not followed." if status < 400 else None))
        return None

    def _strike(self, failure: Failure) -> Failure:
        self.last, self.last_status = failure, failure.status
        self.unanswered.append(failure)
        return failure

    def _alive(self) -> None:
        """It takes something: what it failed at before is those events' trouble."""
        self.put_aside += self.unanswered
        self.unanswered.clear()


def _lanes(items: Iterable[Item]) -> deque[_Waiting]:
    """Events of one chat, or of one account, one after another, those that were put aside among them."""
    lanes: dict[Lane, list[Item]] = {}
    for item in items:
        lanes.setdefault(lane_of(item.row), []).append(item)
    return deque(_Waiting(deque(sorted(lane, key=lambda item: item.seq))) for lane in lanes.values())
