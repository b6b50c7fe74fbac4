"""Up to where a session has heard, as the text that the hub keeps with what it stored.

`at` is the newest message's stamp; around it events may come out of order, so what is looked for after an outage begins OVERLAP
before it, and the messages heard since then are remembered by name. `floor`: what came before it was taken care of.
"""

from collections import deque

import msgspec

from trunkline.networks.slack.stamps import order_of, stamp_at

OVERLAP_MS = 60_000
REMEMBERED = 500


class Kept(msgspec.Struct, frozen=True):
    """The text's parts."""

    at: str
    floor: str
    heard: tuple[str, ...] = ()


class Position:
    """Where one listening stands."""

    def __init__(self, floor: str) -> None:
        self.at = floor
        self.floor = floor
        self._heard: deque[tuple[int, str]] = deque(maxlen=REMEMBERED)
        self._names: set[str] = set()

    @classmethod
    def read(cls, text: str) -> "Position":
        """From the kept text."""
        kept = msgspec.json.decode(text, type=Kept)
        made = cls(kept.floor)
        made.at = kept.at
        for name in kept.heard:
            made.hear(*name.split(" ", 1))
        return made

    def text(self) -> str:
        """To be kept."""
        since = order_of(self.at) - OVERLAP_MS * 1000
        heard = tuple(name for order, name in self._heard if order >= since)
        return msgspec.json.encode(Kept(self.at, self.floor, heard)).decode()

    def since(self) -> str:
        """From where on messages may be missing (exclusive)."""
        order = max(order_of(self.floor), order_of(self.at) - OVERLAP_MS * 1000)
        return f"{order // 1_000_000:010d}.{order % 1_000_000:06d}"

    def hear(self, chat: str, stamp: str) -> None:
        """A message was handed up."""
        name = f"{chat} {stamp}"
        if name in self._names:
            return
        if len(self._heard) == REMEMBERED:
            self._names.discard(self._heard[0][1])
        self._heard.append((order_of(stamp), name))
        self._names.add(name)
        self.at = max(self.at, stamp, key=order_of)

    def has_heard(self, chat: str, stamp: str) -> bool:
        """Whether it was handed up already."""
        return f"{chat} {stamp}" in self._names


def beginning(now_ms: int) -> Position:
    """Of a listening that begins now."""
    return Position(stamp_at(now_ms))
