"""One row more than a page is read: it tells whether there is a next page."""

from collections.abc import Callable, Sequence
from typing import TypeVar

Row = TypeVar("Row")


def next_position(rows: Sequence[Row], limit: int, position_of: Callable[[Row], str]) -> str | None:
    """Where the next page goes on: after the page's last row, None when no row is left."""
    return position_of(rows[limit - 1]) if len(rows) > limit else None
