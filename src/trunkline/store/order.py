"""Message keys: 64 bits, `milliseconds << 20 | tie`. One number is a message's order, its position in pages and its search row.

The tie of two messages of one millisecond in one chat follows the network's own order, never their arrival. Keys are unique
over all chats. A chat's first message of a millisecond starts near the middle of the range, later ones go STEP away on the
side where the network's order puts them, or halfway between two neighbours; when no key is left between two, the chat's
messages of that millisecond are spread out anew (store/messages.py does that on `None`).
"""

from typing import NamedTuple

from trunkline.store.engine import Reader

TIE_BITS = 20
RANGE = 1 << TIE_BITS
MIDDLE = RANGE >> 1
STEP = 1 << 9
"""Apart from each other: some networks tell whole seconds, so 900 messages of one second fit on either side of the first."""
APART = 1 << 17
"""The first keys of different chats are spread over so many around the middle."""
MOST_MS = 1 << (63 - TIE_BITS)
"""Times from here on (the year 2248) do not fit a key."""


class Place(NamedTuple):
    """Where a message stands within its millisecond in the network's order."""

    rank: int
    provider_id: str


def first_key(at_ms: int) -> int:
    """The smallest key of a millisecond; keys below it are older. A time no key can hold counts as the nearest that one can."""
    return min(max(at_ms, 0), MOST_MS - 1) << TIE_BITS


def time_of(key: int) -> int:
    """The millisecond of a key."""
    return key >> TIE_BITS


async def key_for(reader: Reader, chat_no: int, at_ms: int, place: Place) -> int | None:
    """A free key for a new message, or None when its neighbours leave no room."""
    low, high = first_key(at_ms), first_key(at_ms + 1)
    rows = await reader.fetch(
        "SELECT key, rank, provider_id FROM message WHERE chat_no = $1 AND key >= $2 AND key < $3 ORDER BY key",
        chat_no,
        low,
        high,
    )
    before = max((row[0] for row in rows if (row[1], row[2]) < place), default=None) if rows else None
    after = min((row[0] for row in rows if (row[1], row[2]) > place), default=None) if rows else None
    wanted, low, high = _wanted(chat_no, low, high, before, after)
    return await _free_near(reader, wanted, low, high)


def spread(at_ms: int, count: int) -> list[int]:
    """`count` keys of one millisecond, evenly spaced, in order."""
    gap = RANGE // (count + 1)
    return [first_key(at_ms) + gap * (number + 1) for number in range(count)]


def _wanted(chat_no: int, low: int, high: int, before: int | None, after: int | None) -> tuple[int, int, int]:
    """The best key and the open interval's first and last key."""
    if before is None and after is None:
        return low + MIDDLE - APART // 2 + chat_no * 7919 % APART, low, high - 1
    if after is None:
        assert before is not None
        return min(before + STEP, (before + high) // 2), before + 1, high - 1
    if before is None:
        return max(after - STEP, (after + low) // 2), low, after - 1
    return (before + after) // 2, before + 1, after - 1


async def _free_near(reader: Reader, wanted: int, low: int, high: int) -> int | None:
    """The first key from `wanted` upwards, then downwards, that no chat has."""
    for keys in (range(max(wanted, low), high + 1), range(min(wanted, high), low - 1, -1)):
        for key in keys:
            if await reader.row("SELECT 1 FROM message WHERE key = $1", key) is None:
                return key
    return None
