"""How many lines are under way."""

import threading


class InFlight:
    """A bounded count that can be waited on."""

    def __init__(self, most: int):
        self._most = most
        self._now = 0
        self._changed = threading.Condition()

    def enter(self) -> None:
        """One more; waits while there are as many as allowed."""
        with self._changed:
            self._changed.wait_for(lambda: self._now < self._most)
            self._now += 1

    def leave(self) -> None:
        """One less."""
        with self._changed:
            self._now -= 1
            self._changed.notify_all()

    def wait_until_empty(self, timeout_s: float | None = None) -> bool:
        """Wait until none is under way, at most `timeout_s` seconds; whether that came true."""
        with self._changed:
            return self._changed.wait_for(lambda: self._now == 0, timeout_s)
