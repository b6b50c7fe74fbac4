"""One way to break the sandbox."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

Break = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Mutation:
    """breaks: what is changed. case: the account type on which the promise then fails."""

    breaks: Break
    case: str = "WHATSAPP"


def replaced(place: object, name: str, value: object) -> Break:
    """Something of the sandbox is another thing."""
    return lambda patch: patch.setattr(place, name, value)


def all_of(*breaks: Break) -> Break:
    """Several changes at once."""

    def apply(patch: pytest.MonkeyPatch) -> None:
        for one in breaks:
            one(patch)

    return apply


def wrapped(place: Any, name: str, wrapper: Callable[..., Any]) -> Break:
    """A function of the sandbox goes through `wrapper(original, *arguments)`."""
    original = getattr(place, name)

    def call(*arguments: Any, **named: Any) -> Any:
        return wrapper(original, *arguments, **named)

    return lambda patch: patch.setattr(place, name, call)


def nothing(*_: Any, **__: Any) -> None:
    """What should have happened does not."""


def yes(*_: Any, **__: Any) -> bool:
    """Whatever is asked is so."""
    return True


def no(*_: Any, **__: Any) -> bool:
    """Whatever is asked is not so."""
    return False


async def reads_everything(world: Any) -> None:
    """All chats are marked read on the network."""
    await world.change(lambda change: change.run("UPDATE chat SET unread = 0"))
