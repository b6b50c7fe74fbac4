"""What a database gives the nouns: short reads, long reads, and durable transactions.

A transaction is a coroutine function that awaits nothing but its own statements:

    async def rename(tx: Transaction) -> None:
        await tx.run("UPDATE account SET name = $1 WHERE no = $2", name, no)

    await db.write(rename)

On PostgreSQL it runs on the event loop. On SQLite the writer thread drives it by hand, many in one commit, so the same code
serves both. Parameters are `$1`, `$2` ... and must first appear in that order (SQLite numbers them by appearance).
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from trunkline.store.dialect import Dialect

T = TypeVar("T")
Row = Sequence[Any]


class Reader(Protocol):
    """Runs statements that read."""

    @property
    def dialect(self) -> Dialect:
        """Which SQL it speaks."""
        ...

    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]:
        """All rows."""
        ...

    async def row(self, sql: str, *params: Any) -> Row | None:
        """The first row, or None."""
        ...


class Transaction(Reader, Protocol):
    """Runs statements inside one transaction."""

    async def run(self, sql: str, *params: Any) -> int:
        """Run a statement that writes; gives the number of rows it changed."""
        ...

    async def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run the same statement for each row of parameters."""
        ...


Work = Callable[[Transaction], Awaitable[T]]


class Database(Reader, Protocol):
    """One open database."""

    async def write(self, work: Work[T]) -> T:
        """Run `work` in one transaction and return once it is durable.

        Raises what `work` raises (then nothing of it is kept), or StoreUnavailable when the disk refuses.
        """
        ...

    async def scan(self, sql: str, *params: Any) -> Sequence[Row]:
        """A read that may take long (search): never on the event loop's time."""
        ...

    async def close(self) -> None:
        """Finish what was begun, then close."""
        ...
