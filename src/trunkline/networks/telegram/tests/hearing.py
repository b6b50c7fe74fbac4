"""Listening in a test: what a session hands up, in order."""

from collections.abc import AsyncIterator, Callable

import anyio

from trunkline.contract.events import Event, MessageArrived, MessageRemoved, Update
from trunkline.networks.telegram.suite import TelegramBench
from trunkline.networks.telegram.user.account import TelegramSession

PATIENCE_S = 5.0


class Hearing:
    """A session that listens."""

    def __init__(self, session: TelegramSession, updates: AsyncIterator[Update], position: str | None) -> None:
        self.session = session
        self.events: list[Event] = []
        self.position = position
        self.updates = updates

    async def until(self, enough: Callable[[], object]) -> None:
        """Take updates until it is enough; facts about chats that are only introduced are left out."""
        with anyio.fail_after(PATIENCE_S):
            while not enough():
                update = await anext(self.updates)
                self.events += [event for event in update.events if getattr(event, "live", True)]
                self.position = update.position or self.position

    async def until_messages(self, count: int) -> None:
        """Take updates until so many messages are there."""
        await self.until(lambda: len(self.messages) >= count)

    @property
    def messages(self) -> list[MessageArrived]:
        """The messages so far."""
        return [event for event in self.events if isinstance(event, MessageArrived)]

    @property
    def removed(self) -> list[MessageRemoved]:
        """The deletions so far."""
        return [event for event in self.events if isinstance(event, MessageRemoved)]


async def heard_from(bench: TelegramBench, position: str | None = None) -> Hearing:
    """A connected session that listens from a position on (None: from now)."""
    session = bench.session()
    await session.connect()
    hearing = Hearing(session, session.listen(position), position)
    if position is None:
        await hearing.until(lambda: hearing.position)
    return hearing
