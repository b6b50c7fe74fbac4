"""The marks a declaration sets beside a parameter's description, where the type alone does not say enough."""

from dataclasses import dataclass

from trunkline.model.errors import CallerError


@dataclass(frozen=True)
class UpTo:
    """The most characters a text may have, and whether it may be empty. Without this mark: 512, not empty (ids)."""

    characters: int
    empty: bool = False


@dataclass(frozen=True)
class IdList:
    """The text is a list of ids, separated by commas (filters.split_ids): at most 250 of them, each as any id."""

    characters: int = 16_384


@dataclass(frozen=True)
class Items:
    """How many items a list may have. Without this mark: none to ten."""

    most: int
    least: int = 0


@dataclass(frozen=True)
class Between:
    """The range of a whole number, both ends allowed, and what to do about a number beyond it."""

    low: int
    high: int
    advice: str = ""


@dataclass(frozen=True)
class WireTime:
    """The text is a UTC datetime in the wire form (model/times.py)."""


@dataclass(frozen=True)
class Refused:
    """Which error a word that is not among the allowed ones raises. Without this mark: InvalidArgument."""

    error: type[CallerError]


@dataclass(frozen=True)
class AlsoCalled:
    """A second name that HTTP clients use for the same parameter; when both are given, the second one wins."""

    name: str
