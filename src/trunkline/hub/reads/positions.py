"""Where a page goes on, as text that only this backend reads; the gate seals it into the cursor."""

from trunkline.model.errors import InvalidArgument
from trunkline.model.times import from_wire
from trunkline.store.order import first_key


def of_key(key: int) -> str:
    """After a message."""
    return f"{key:x}"


def to_key(position: str | None) -> int | None:
    """The key a page of messages goes on below."""
    return None if position is None else _number(position)


def of_chat(activity: int, number: int) -> str:
    """After a chat."""
    return f"{activity:x}.{number:x}"


def to_chat(position: str | None) -> tuple[int, int] | None:
    """The (activity, number) a page of chats goes on below."""
    if position is None:
        return None
    activity, _, number = position.partition(".")
    return _number(activity), _number(number)


def below(before: str | None) -> int | None:
    """The key that everything before a wire time is below."""
    return None if before is None else first_key(from_wire(before))


def from_after(after: str | None) -> int | None:
    """The first key after a wire time, which is exclusive."""
    return None if after is None else first_key(from_wire(after) + 1)


def _number(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        raise InvalidArgument("cursor is damaged. Take it unchanged from the page before, or leave it out.") from None
