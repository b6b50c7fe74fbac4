"""Lines that change the same thing, one after the other.

Lines travel over several connections at once, and whichever arrives first is done first. Of two messages to one chat the
first line's must be the first: so the second waits in the pipe until the first is answered.
"""

import threading
import time
from collections import deque

from trunkline.owner.line import Line

MOST_WAIT_S = 30.0
WAITED = (
    "Earlier calls for the same chat are still on their way, so this one was not begun. Nothing was done; repeat it after"
    " their answers."
)


class Chains:
    """Who waits behind whom, by what they change."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._waiting: dict[str, deque[tuple[float, Line]]] = {}

    def may_go(self, line: Line) -> bool:
        """Whether a line may travel now; otherwise it is kept for `after`."""
        if line.thing is None:
            return True
        with self._mutex:
            if line.thing not in self._waiting:
                self._waiting[line.thing] = deque()
                return True
            self._waiting[line.thing].append((time.monotonic(), line))
            return False

    def after(self, line: Line) -> tuple[Line, bool] | None:
        """The line whose turn it is once this one is answered, and whether it has waited too long to be carried."""
        if line.thing is None:
            return None
        with self._mutex:
            waiting = self._waiting[line.thing]
            if not waiting:
                del self._waiting[line.thing]
                return None
            since, following = waiting.popleft()
            return following, time.monotonic() - since > MOST_WAIT_S
