"""Listening in a test, from now on."""

from collections.abc import Callable
from typing import TypeVar

import anyio

from trunkline.contract.events import Event, MessageArrived
from trunkline.networks.whatsapp.cloud.connector import BusinessSession

T = TypeVar("T", bound=Event)

PATIENCE_S = 30


class Hearing:
    """What a connected session hands up, in order."""

    def __init__(self, session: BusinessSession, position: str | None = None) -> None:
        self.session = session
        self.events: list[Event] = []
        self._updates = session.listen(position)

    async def until(self, enough: Callable[[list[Event]], object]) -> list[Event]:
        """Take updates until it is enough."""
        with anyio.fail_after(PATIENCE_S):
            while not enough(self.events):
                self.events += (await anext(self._updates)).events
        return self.events

    async def until_text(self, text: str) -> MessageArrived:
        """Take updates until a message of this text is there."""
        await self.until(lambda _: [each for each in self.of(MessageArrived) if each.text == text])
        return next(each for each in self.of(MessageArrived) if each.text == text)

    def of(self, kind: type[T]) -> list[T]:
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    async def close(self) -> None:
        """Hear no more."""
        await self._updates.aclose()  # type: ignore[attr-defined]
        await self.session.close()
