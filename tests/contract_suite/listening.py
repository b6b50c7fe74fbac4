"""Listening in a test: take updates until something has happened, with five seconds' patience."""

from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import anyio

from trunkline.contract.events import Event, MessageArrived, Update

T = TypeVar("T", bound=Event)

PATIENCE_S = 30.0
"""The ceiling of every wait; nothing waits for time to pass."""


async def started(session: Any, position: str | None = None) -> "Listening":
    """A connected session that listens from a position on."""
    await session.connect()
    return Listening(session.listen(position), position)


class Listening:
    """What a session hands up, kept in order."""

    def __init__(self, updates: AsyncIterator[Update], position: str | None = None) -> None:
        self.events: list[Event] = []
        self.position = position
        self._updates = updates

    async def until(self, enough: Callable[[list[Event]], object]) -> list[Event]:
        """Take updates until it is enough."""
        with anyio.fail_after(PATIENCE_S):
            while not enough(self.events):
                await self.more()
        return self.events

    async def more(self) -> None:
        """Take one more update."""
        update = await anext(self._updates)
        self.events += update.events
        self.position = update.position or self.position

    async def until_message(self, text: str) -> MessageArrived:
        """Take updates until a message of this text is there."""
        await self.until(lambda _: self.messages(text))
        return self.messages(text)[-1]

    def messages(self, text: str | None = None) -> list[MessageArrived]:
        """The messages so far; only those of a text, when asked."""
        return [event for event in self.of(MessageArrived) if text is None or event.text == text]

    def of(self, kind: type[T]) -> list[T]:
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]


async def start_and_position(bench: Any) -> tuple[Any, "Listening"]:
    """A connected session of the bench and its listening, which has begun: it has a position to go on from."""
    session = bench.session()
    listening = await started(session)
    chat = await bench.direct()
    await bench.writes(chat, "A first message, to have a position.")
    await listening.until_message("A first message, to have a position.")
    return session, listening
