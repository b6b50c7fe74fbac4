"""Wakes: nudges between waiters of one process. A wake says "look again", never what happened: the row tells that."""

import asyncio
from types import TracebackType


class Expectation:
    """A place in the queue of waiters, taken before the row is read, so that no wake falls between."""

    def __init__(self, wakes: "Wakes", name: str):
        self._wakes = wakes
        self._name = name
        self._event = asyncio.Event()

    def __enter__(self) -> "Expectation":
        self._wakes.waiting.setdefault(self._name, set()).add(self._event)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        events = self._wakes.waiting.get(self._name, set())
        events.discard(self._event)
        if not events:
            self._wakes.waiting.pop(self._name, None)

    async def wait(self, most_ms: int | None = None) -> None:
        """Until the wake, or until `most_ms` milliseconds are over; then the event is ready for the next one."""
        try:
            async with asyncio.timeout(None if most_ms is None else max(most_ms, 0) / 1000):
                await self._event.wait()
        except TimeoutError:
            pass
        self._event.clear()


class Wakes:
    """Names that somebody may wait for."""

    def __init__(self) -> None:
        self.waiting: dict[str, set[asyncio.Event]] = {}
        self.ends_at: int | None = None
        """When callers stop waiting because the server ends, on its clock; None while it goes on."""

    def expect(self, name: str) -> Expectation:
        """To be entered before the row is read."""
        return Expectation(self, name)

    def wake(self, name: str) -> None:
        """Everybody who waits for `name` looks again."""
        for event in self.waiting.get(name, ()):
            event.set()

    def end(self, at: int) -> None:
        """Whoever waits for an outcome waits until `at` and no longer."""
        self.ends_at = at
        for name in list(self.waiting):
            self.wake(name)


JOURNAL = "journal"
"""The name of the journal: something has happened that somebody may want to be told."""


def call_name(call_no: int) -> str:
    """The name of a call's outcome."""
    return f"call:{call_no}"


def outbox_name(account_no: int) -> str:
    """The name of an account's outbox."""
    return f"outbox:{account_no}"


def sync_name(account_no: int) -> str:
    """The name of an account's syncs."""
    return f"sync:{account_no}"


def account_name(account_no: int) -> str:
    """The name of an account's state."""
    return f"account:{account_no}"
