"""A line on standard error that moves while something is waited for, and goes away at the end.

There is no bar: nobody knows how long a history is. rich's own progress costs 20 ms at the start of every command.
"""

import time
from collections.abc import Callable
from shutil import get_terminal_size
from types import TracebackType
from typing import TextIO

from trunkline.surfaces.cli.sizes import duration

_TURNS = "|/-\\"


class Progress:
    """Shows nothing where standard error is no terminal."""

    def __init__(self, err: TextIO, now: Callable[[], float] = time.monotonic):
        self._err = err
        self._now = now
        self._since = now()
        self._turn = 0

    def show(self, text: str) -> None:
        """Write the line anew."""
        if not self._err.isatty():
            return
        self._turn += 1
        width = get_terminal_size().columns - 1
        line = f"{_TURNS[self._turn % len(_TURNS)]} {text} ({duration(self._now() - self._since)})"
        self._write(line[:width])

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None) -> None:
        """Take the line away."""
        if self._turn:
            self._write("")

    def _write(self, text: str) -> None:
        self._err.write(f"\r\x1b[K{text}")
        self._err.flush()
