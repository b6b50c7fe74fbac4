"""What should be seen of a chat: a model that knows what was done, and nothing of how it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

WINDOW = 25
"""How many messages of a chat, the newest, are compared."""


@dataclass
class Line:
    """A message. `born`: said while the model watched; `seen`: by us when it is another's, by another when it is ours."""

    id: str
    provider_id: str
    text: str | None
    own: bool
    seen: bool
    edited: bool = False
    deleted: bool = False
    reactions: set[tuple[str, str]] = field(default_factory=set)
    quotes: str | None = None
    forwarded: bool = False
    born: bool = False

    def shown(self) -> dict[str, Any]:
        """What a reader sees of it."""
        return {
            "id": self.id,
            "text": self.text,
            "is_sender": int(self.own),
            "seen": int(self.seen),
            "edited": int(self.edited),
            "deleted": int(self.deleted),
            "reactions": self.reactions,
            "quotes": self.quotes,
            "forwarded": self.forwarded,
        }

    def say(self, text: str) -> None:
        """It was edited."""
        self.text, self.edited = text, True

    def take_back(self) -> None:
        """It was deleted."""
        self.text, self.edited, self.deleted, self.quotes = None, False, True, None
        self.reactions = set()

    def react(self, sender: str, value: str, *, several: bool) -> None:
        """Somebody's emoji; an empty one takes off all of theirs."""
        if not several or not value:
            self.reactions = {given for given in self.reactions if given[1] != sender}
        if value:
            self.reactions = {*self.reactions, (value, sender)}


@dataclass
class Talk:
    """A chat. `lines` are newest first; `counted` is what the network itself counts as unread."""

    id: str
    provider_id: str
    peer: str
    """Name of the other side."""
    lines: list[Line]
    unread: int = 0
    counted: int = 0
    flags: dict[str, Any] = field(default_factory=dict)

    @property
    def born(self) -> list[Line]:
        """Messages that were said while the model watched."""
        return [line for line in self.lines[: WINDOW - 5] if line.born]

    def add(self, line: Line) -> None:
        """Somebody says something."""
        self.lines.insert(0, line)
        if not line.own:
            self.unread += 1
            self.counted += 1

    def read(self) -> None:
        """We have read it all."""
        self.unread = self.counted = 0
        for line in self.lines:
            line.seen = line.seen or not line.own

    def mark_unread(self) -> None:
        """We want to be reminded of it."""
        self.unread = self.counted = max(1, self.counted)

    def peer_reads(self) -> None:
        """The other side has read it all."""
        for line in self.lines:
            line.seen = line.seen or line.own

    def peer_takes_back(self, line: Line) -> None:
        """The other side deletes what they said."""
        if not line.seen and not line.deleted and self.unread:
            self.unread -= 1
        line.take_back()


def line_of(message: Mapping[str, Any]) -> Line:
    """A message as the wire shows it."""
    return Line(
        id=message["id"],
        provider_id=message["provider_id"],
        text=message["text"],
        own=bool(message["is_sender"]),
        seen=bool(message["seen"]),
        edited=bool(message["edited"]),
        deleted=bool(message["deleted"]),
        reactions={(given["value"], given["sender_id"]) for given in message["reactions"]},
        quotes=message["quoted"].get("message_id") if "quoted" in message else None,
        forwarded=bool(message.get("is_forwarded", False)),
    )
