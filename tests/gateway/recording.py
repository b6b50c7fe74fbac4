"""A database that notes every statement: foreign and missing ids must run the same ones."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from trunkline.store.dialect import Dialect
from trunkline.store.engine import Database, Row, Transaction, Work

T = TypeVar("T")


class RecordingDatabase:
    """Passes everything on."""

    def __init__(self, inner: Database):
        self._inner = inner
        self.statements: list[str] = []

    @property
    def dialect(self) -> Dialect:
        return self._inner.dialect

    @contextmanager
    def recorded(self) -> Iterator[list[str]]:
        """The statements that run inside the block."""
        before = self.statements
        self.statements = []
        try:
            yield self.statements
        finally:
            self.statements = before + self.statements

    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]:
        self.statements.append(sql)
        return await self._inner.fetch(sql, *params)

    async def row(self, sql: str, *params: Any) -> Row | None:
        self.statements.append(sql)
        return await self._inner.row(sql, *params)

    async def scan(self, sql: str, *params: Any) -> Sequence[Row]:
        self.statements.append(sql)
        return await self._inner.scan(sql, *params)

    async def write(self, work: Work[T]) -> T:
        async def recorded(tx: Transaction) -> T:
            return await work(_RecordingTransaction(tx, self.statements))

        return await self._inner.write(recorded)

    async def close(self) -> None:
        await self._inner.close()


class _RecordingTransaction:
    def __init__(self, inner: Transaction, statements: list[str]):
        self._inner = inner
        self._statements = statements

    @property
    def dialect(self) -> Dialect:
        return self._inner.dialect

    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]:
        self._statements.append(sql)
        return await self._inner.fetch(sql, *params)

    async def row(self, sql: str, *params: Any) -> Row | None:
        self._statements.append(sql)
        return await self._inner.row(sql, *params)

    async def run(self, sql: str, *params: Any) -> int:
        self._statements.append(sql)
        return await self._inner.run(sql, *params)

    async def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self._statements.append(sql)
        await self._inner.run_many(sql, rows)
