"""Time that runs from one moment on in every test, whatever day it is."""

import time

NOW_MS = 1_795_345_200_000
"""2026-11-22 11:00 UTC."""


class RunningClock:
    """A clock (model/times.py) that runs from NOW_MS on, and can be moved."""

    def __init__(self) -> None:
        self._began_ns = time.monotonic_ns()
        self._moved_ms = 0

    def __call__(self) -> int:
        return NOW_MS + self._moved_ms + (time.monotonic_ns() - self._began_ns) // 1_000_000

    def move(self, by_ms: int) -> None:
        """Move it."""
        self._moved_ms += by_ms
