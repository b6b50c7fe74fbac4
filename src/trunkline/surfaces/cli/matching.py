"""Finding what a person means by a name: the id, else the whole name, else its beginning, and only where that is clear."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from trunkline.operations.values import quoted
from trunkline.surfaces.cli.exits import Failed
from trunkline.surfaces.cli.plain import line

MOST_SHOWN = 6

Thing = TypeVar("Thing")


class Match(NamedTuple):
    """How one thing can be named."""

    ids: tuple[str, ...]
    """Compared letter by letter."""
    name: str
    told: str
    """What tells it from others of that name: `WhatsApp, AaIEj...`."""


class Wording(NamedTuple):
    """What to say when a name is not clear."""

    kind: str
    """`chat`"""
    source: str
    """The command that lists them."""
    narrow: str
    """What to do when several fit: "Give the id."""


def pick(wanted: str, things: Iterable[Thing], how: Callable[[Thing], Match], wording: Wording) -> Thing:
    """The one thing that is meant. Raises Failed: there is none, or several fit."""
    found = _fitting(wanted, things, how)
    if len(found) == 1:
        return found[0][0]
    if found:
        raise Failed(_several(wanted, [match for _, match in found], wording))
    raise Failed(f"No {wording.kind} is called {quoted(wanted)}. `{wording.source}` lists them.")


def fits_any(wanted: str, things: Iterable[Thing], how: Callable[[Thing], Match]) -> bool:
    """Whether at least one thing can be meant."""
    return bool(_fitting(wanted, things, how))


def _fitting(wanted: str, things: Iterable[Thing], how: Callable[[Thing], Match]) -> list[tuple[Thing, Match]]:
    """Those that fit by the first rule that any fits by."""
    all_of_them = [(thing, how(thing)) for thing in things]
    sought = _folded(wanted)
    rules: tuple[Callable[[Match], bool], ...] = (
        lambda match: wanted in match.ids,
        lambda match: _folded(match.name) == sought,
        lambda match: bool(sought) and _folded(match.name).startswith(sought),
    )
    for fits in rules:
        if found := [(thing, match) for thing, match in all_of_them if fits(match)]:
            return found
    return []


def listed(words: Sequence[str]) -> str:
    """`a, b or c`, the first few of many."""
    if len(words) > MOST_SHOWN:
        return f"{', '.join(words[:MOST_SHOWN])} or {len(words) - MOST_SHOWN} more"
    return " or ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else words[0]


def _several(wanted: str, matches: Sequence[Match], wording: Wording) -> str:
    candidates = [f"{line(match.name)} ({match.told})" for match in matches]
    return f"{quoted(wanted)} could be {listed(candidates)}. {wording.narrow}"


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
