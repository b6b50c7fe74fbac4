"""How many calls run at once. More than that is refused before any work, with the word to come again."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from trunkline.surfaces.door.errors import Overloaded, TooManyCalls

MOST_OF_ONE = 64
MOST_OF_ALL = 512
"""Start values: enough for four stdio clients in full flight, and for memory on a small machine."""


class Crowd:
    """Counts running calls, in all and by principal."""

    def __init__(self, most_of_one: int = MOST_OF_ONE, most_of_all: int = MOST_OF_ALL):
        self._most_of_one = most_of_one
        self._most_of_all = most_of_all
        self._by_principal: dict[int, int] = {}
        self._all = 0

    @contextmanager
    def room_for(self, principal: int) -> Iterator[Callable[[], None]]:
        """Hold a place while the call runs, or until what this gives is called. Raises TooManyCalls, Overloaded."""
        mine = self._by_principal.get(principal, 0)
        if mine >= self._most_of_one:
            raise TooManyCalls(
                f"{mine} calls of yours are running, the most allowed. Nothing was done; repeat the call in a moment."
            )
        if self._all >= self._most_of_all:
            raise Overloaded
        self._by_principal[principal] = mine + 1
        self._all += 1
        with ExitStack() as place:
            place.callback(self._leave, principal)
            yield place.close

    def _leave(self, principal: int) -> None:
        self._all -= 1
        if self._by_principal[principal] == 1:
            del self._by_principal[principal]
        else:
            self._by_principal[principal] -= 1
