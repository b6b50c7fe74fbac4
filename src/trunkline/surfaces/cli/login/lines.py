"""Lines of standard input, waited for as long as one likes: a login may go on by itself while nobody types."""

import os
import select
import sys

CHUNK = 65_536


def standard_input() -> "Lines":
    """Those of this process; none where it was started without one."""
    try:
        return Lines(sys.stdin.fileno())
    except (AttributeError, OSError):
        return Lines(os.open(os.devnull, os.O_RDONLY))


class Lines:
    """Reads a file descriptor by itself: what Python's own buffer held back would not be seen by `select`."""

    def __init__(self, descriptor: int):
        self._descriptor = descriptor
        self._waiting = b""
        self._ended = False

    def next(self, timeout_s: float | None = None) -> str | None:
        """The next line without its end; None when none came in this time. Raises EOFError after the last one.

        On Windows, where a terminal cannot be waited for, it waits until a line comes.
        """
        while b"\n" not in self._waiting and not self._ended:
            if not self._is_readable(timeout_s):
                return None
            chunk = os.read(self._descriptor, CHUNK)
            self._waiting += chunk
            self._ended = not chunk
        if not self._waiting:
            raise EOFError
        line, _, self._waiting = self._waiting.partition(b"\n")
        return line.decode("utf-8", "replace").rstrip("\r")

    def _is_readable(self, timeout_s: float | None) -> bool:
        if sys.platform == "win32":
            return True
        return bool(select.select([self._descriptor], [], [], timeout_s)[0])
