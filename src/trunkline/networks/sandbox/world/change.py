"""One transaction on the world: its database, the sandbox's time at which it happens, and whom it wakes afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import apsw

from trunkline.model.ids import Entropy
from trunkline.networks.sandbox.options import Options
from trunkline.networks.sandbox.world.database import Row


@dataclass
class Change:
    """Handed to every piece of work that changes the world. `woken` and `planned` say what to ring once it is committed."""

    db: apsw.Connection
    now_ms: int
    entropy: Entropy
    options: Options
    woken: set[int] = field(default_factory=set)
    planned: bool = False

    def fetch(self, sql: str, *values: Any) -> list[Row]:
        """Rows, with what this change has written already."""
        return list(self.db.execute(sql, values))

    def one(self, sql: str, *values: Any) -> Row | None:
        """The first row, or None."""
        rows = self.fetch(sql, *values)
        return rows[0] if rows else None

    def run(self, sql: str, *values: Any) -> int:
        """Execute; gives the number of rows changed."""
        self.db.execute(sql, values)
        return self.db.changes()


Read = Callable[..., list[Row]]
"""`Change.fetch` or `Database.fetch`: what reading functions are handed."""
