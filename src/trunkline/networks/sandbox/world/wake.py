"""Waiting for something to happen, without polling."""

import asyncio
import contextlib


class Wake:
    """Rings for everybody who waits at that moment. Take `next()` before looking, wait on it after: no ring is missed."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def next(self) -> asyncio.Event:
        """The event that the next ring sets."""
        return self._event

    def ring(self) -> None:
        """Wake all who wait."""
        self._event.set()
        self._event = asyncio.Event()

    async def wait_ms(self, at_most_ms: int, event: asyncio.Event | None = None) -> None:
        """Until the next ring, but at most so long."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for((event or self._event).wait(), at_most_ms / 1000)
