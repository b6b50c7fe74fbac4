"""A send of several messages of which some are out: no error may say that nothing was sent."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from trunkline.model.errors import NetworkError, NetworkFailed, NotPossible, Throttled, TrunklineError

_NOTHING = re.compile(r" ?Nothing was \w+\.")
_NEXT = "Do not repeat the whole; send what is missing."


@contextmanager
def told_of(sent: int, of: int) -> Iterator[None]:
    """What the next one ends with is said of the whole send. sent: how many of its messages have arrived.

    What passes by itself makes the whole unclear, so that the rest follows under the same ids; what was refused is told with
    what is out already.
    """
    try:
        yield
    except TrunklineError as error:
        if sent == 0 or isinstance(error, NetworkFailed):
            raise
        why = _NOTHING.sub("", error.text)
        if isinstance(error, NetworkError | Throttled):
            raise NetworkFailed(f"{sent} of the {of} messages of this send are out, the others follow. {why}") from error
        raise NotPossible(f"{sent} of the {of} messages of this send are out, the next was refused: {why} {_NEXT}") from error
