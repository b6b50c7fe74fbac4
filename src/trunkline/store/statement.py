"""Building statements whose number of parameters varies."""

from collections.abc import Iterable
from typing import Any

ARMS_MOST = 200
"""Terms of one UNION ALL; SQLite allows 500. A longer list is read in several statements."""


class Values(list[Any]):
    """The parameters of a statement being built; `values(x)` adds one and gives its placeholder."""

    def __call__(self, value: Any) -> str:
        self.append(value)
        return f"${len(self)}"

    def all(self, values: Iterable[Any]) -> str:
        """Add several, for an IN list; an empty one gives NULL, which matches nothing."""
        return ", ".join(self(value) for value in values) or "NULL"
