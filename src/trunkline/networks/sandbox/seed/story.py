"""How a seeded world is written down: people, and chats as lists of lines."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from trunkline.model.attachment import AttachmentType

ME = "me"


@dataclass(frozen=True)
class Role:
    """Somebody on one network. `facts` are what that network shows of them; distance is LinkedIn's."""

    key: str
    name: str
    about: str = ""
    answers: bool = True
    distance: int = 1
    picture: bool = True
    lid: bool = False
    """Also known by a WhatsApp LID."""


@dataclass(frozen=True)
class SeedFile:
    """A file on a line. `make` gives its bytes when the world is made; None: they can no longer be had."""

    type: AttachmentType
    media_type: str
    file_name: str
    make: Callable[[], bytes] | None
    width: int = 0
    height: int = 0
    seconds: float | None = None
    sticker: bool = False
    voice_note: bool = False


@dataclass(frozen=True)
class Line:
    """One message. gap: minutes after the line before it. quote, thread: how many lines further up."""

    who: str
    text: str | None = None
    gap: float = 2
    files: tuple[SeedFile, ...] = ()
    quote: int | None = None
    thread: int | None = None
    reactions: tuple[tuple[str, str], ...] = ()
    """(who, emoji)"""
    as_lid: bool = False
    extra: dict[str, Any] = field(default_factory=dict)
    """Further fields of MessageArrived."""


@dataclass(frozen=True)
class Story:
    """One chat. ago: minutes between its last line and now. unread: how many of its last lines are unread."""

    people: tuple[str, ...]
    lines: tuple[Line, ...]
    ago: float
    title: str | None = None
    kind: int = 0
    """0 single, 1 group, 2 channel."""
    unread: int = 0
    owner: str = ME
    facts: dict[str, Any] = field(default_factory=dict)
    """Further fields of ChatInfo."""
    picture: bool = False


@dataclass(frozen=True)
class Circle:
    """One network's part of a world."""

    roles: tuple[Role, ...]
    stories: tuple[Story, ...]


def said(who: str, *texts: str, gap: float = 2) -> tuple[Line, ...]:
    """Several plain lines of one person."""
    return tuple(Line(who, text, gap) for text in texts)


def talk(*turns: str, gap: float = 3) -> tuple[Line, ...]:
    """Plain lines written `who: text`."""
    pairs = (turn.split(": ", 1) for turn in turns)
    return tuple(Line(who, text, gap) for who, text in pairs)
