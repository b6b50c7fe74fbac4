"""The roads this server has, as an administrator sees them."""

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from trunkline.model.networks import AccountType


class WayIn(Struct, frozen=True, kw_only=True):
    """One way to log in on a road."""

    name: str
    title: str
    account_type: AccountType


class Road(Struct, frozen=True, kw_only=True):
    """A way into a network."""

    object: Literal["Road"] = "Road"
    road: str
    title: str
    available: bool
    detail: str | UnsetType = UNSET
    """Why it is not available, and what would make it so."""
    terms: str
    account_types: tuple[AccountType, ...]
    login_ways: tuple[WayIn, ...]


class RoadList(Struct, frozen=True, kw_only=True):
    """All roads, by name. Never more than one page."""

    object: Literal["RoadList"] = "RoadList"
    items: tuple[Road, ...]
    cursor: str | None = None


class ControlAnswered(Struct, frozen=True, kw_only=True):
    """What a road's own control gave."""

    object: Literal["ControlAnswered"] = "ControlAnswered"
    answer: Any
