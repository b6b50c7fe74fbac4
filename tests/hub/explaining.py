"""A SQLite database that asks for the plan of every statement that runs on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from trunkline.store.dialect import SQLITE, Dialect
from trunkline.store.engine import Database, Reader, Row, Transaction, Work

T = TypeVar("T")


@dataclass(frozen=True)
class Explained:
    """A statement and the lines of its plan."""

    sql: str
    plan: tuple[str, ...]


async def explain(reader: Reader, sql: str, params: Sequence[Any]) -> Explained:
    """The plan of a statement."""
    rows = await reader.fetch(f"EXPLAIN QUERY PLAN {sql}", *params)
    return Explained(sql, tuple(str(row[3]) for row in rows))


@dataclass
class ExplainingDatabase:
    """Passes everything on, and notes the plans."""

    inner: Database
    noted: list[Explained] = field(default_factory=list)
    dialect: Dialect = SQLITE

    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]:
        self.noted.append(await explain(self.inner, sql, params))
        return await self.inner.fetch(sql, *params)

    async def row(self, sql: str, *params: Any) -> Row | None:
        self.noted.append(await explain(self.inner, sql, params))
        return await self.inner.row(sql, *params)

    async def scan(self, sql: str, *params: Any) -> Sequence[Row]:
        return await self.fetch(sql, *params)

    async def write(self, work: Work[T]) -> T:
        async def explained(tx: Transaction) -> T:
            return await work(_ExplainingTransaction(tx, self.noted))

        return await self.inner.write(explained)

    async def close(self) -> None:
        await self.inner.close()


@dataclass
class _ExplainingTransaction:
    inner: Transaction
    noted: list[Explained]
    dialect: Dialect = SQLITE

    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]:
        self.noted.append(await explain(self.inner, sql, params))
        return await self.inner.fetch(sql, *params)

    async def row(self, sql: str, *params: Any) -> Row | None:
        self.noted.append(await explain(self.inner, sql, params))
        return await self.inner.row(sql, *params)

    async def run(self, sql: str, *params: Any) -> int:
        self.noted.append(await explain(self.inner, sql, params))
        return await self.inner.run(sql, *params)

    async def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        for row in rows:
            await self.run(sql, *row)
