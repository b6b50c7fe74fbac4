"""A word from one thread to the server in another: end."""

import threading
from collections.abc import Callable


class Stop:
    """Whoever serves says with `on_set` how it ends; `set` may come before that."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._is_set = False
        self._action: Callable[[], None] | None = None

    def set(self) -> None:
        """Ask the server to end. Any thread, any number of times."""
        with self._mutex:
            self._is_set = True
            action = self._action
        if action is not None:
            action()

    def on_set(self, action: Callable[[], None]) -> None:
        """Call `action` once the server has to end, from whatever thread says so; at once if that is now."""
        with self._mutex:
            self._action = action
            is_set = self._is_set
        if is_set:
            action()
