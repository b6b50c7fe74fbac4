"""A send of which a part is done already: no error may say that nothing was."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from trunkline.model.errors import NetworkFailed, NotPossible, NotReached, Throttled, TrunklineError

_NOTHING = re.compile(r" ?Nothing was (?:sent|done|changed)(?: or changed)?[.;]")


@contextmanager
def told_of(sent: int, of: int) -> Iterator[None]:
    """What the next message of a send ends with is said of the whole. sent: how many of them have arrived."""
    with _said_with(
        f"{sent} of the {of} messages of this send are out, the next was not taken:" if sent else "",
        "Do not repeat the whole; send what is missing.",
    ):
        yield


@contextmanager
def told_of_group(title: str | None) -> Iterator[None]:
    """What the first message ends with is said of the start. title: of the group that was made."""
    name = f"The group {title!r}" if title else "The group"
    with _said_with(f"{name} was made, its first message was not sent:", "Do not repeat it: write in the group."):
        yield


@contextmanager
def _said_with(done: str, next_step: str) -> Iterator[None]:
    """The kind of the error stays where the hub goes by it: what passes by itself is tried again under the same ids."""
    try:
        yield
    except TrunklineError as error:
        if not done or isinstance(error, NetworkFailed):
            raise
        text = f"{done} {_NOTHING.sub('', error.text)} {next_step}"
        if isinstance(error, Throttled):
            raise Throttled(text, retry_after_ms=error.retry_after_ms) from error
        raise (NotReached if isinstance(error, NotReached) else NotPossible)(text) from error
