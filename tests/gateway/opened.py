"""Which files this process opens, as the interpreter tells it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


class Opened:
    """Notes every file that this process opens, for as long as it is on. Hooks cannot be taken off again."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.is_on = False
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[object, ...]) -> None:
        looks = event in ("open", "os.listdir", "os.scandir", "shutil.copyfile")
        if self.is_on and looks and arguments and not isinstance(arguments[0], int):  # a number: opened before
            self.paths.append(str(arguments[0]))

    @contextmanager
    def noted(self) -> Iterator[list[str]]:
        """What is opened inside the block."""
        self.paths = []
        self.is_on = True
        try:
            yield self.paths
        finally:
            self.is_on = False


OPENED = Opened()
