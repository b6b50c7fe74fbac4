"""A database that notes every statement: foreign and missing ids must run the same ones."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from trunkline.store.dialect import Dialect
from trunkline.store.engine import Database, Row, Transaction, Work

T = TypeVar("T")


class RecordingDatabase:
    """Passes everything on. What runs in the background is not noted: only what the recording task itself asks for."""

    def __init__(self, inner: Database):
        self._inner = inner
        self._noted: ContextVar[list[str] | None] = ContextVar("noted", default=None)

    @property
    def dialect(self) -> Dialect:
        return self._inner.dialect

    @contextmanager
    def recorded(self) -> Iterator[list[str]]:
        """The statements that run inside the block."""
        statements: list[str] = []
        token = self._noted.set(statements)
        try:
            yield statements
        finally:
            self._noted.reset(token)

    def _note(self, sql: str) -> None:
        noted = self._noted.get()
        if noted is not None:
            noted.append(sql)

    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]:
        self._note(sql)
        return await self._inner.fetch(sql, *params)

    async def row(self, sql: str, *params: Any) -> Row | None:
        self._note(sql)
        return await self._inner.row(sql, *params)

    async def scan(self, sql: str, *params: Any) -> Sequence[Row]:
        self._note(sql)
        return await self._inner.scan(sql, *params)

    async def write(self, work: Work[T]) -> T:
        noted = self._noted.get()

        async def recorded(tx: Transaction) -> T:
            return await work(tx if noted is None else _RecordingTransaction(tx, noted))

        return await self._inner.write(recorded)

    async def close(self) -> None:
        await self._inner.close()


class _RecordingTransaction:
    def __init__(self, inner: Transaction, noted: list[str]):
        self._inner = inner
        self._noted = noted

    @property
    def dialect(self) -> Dialect:
        return self._inner.dialect

    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]:
        self._noted.append(sql)
        return await self._inner.fetch(sql, *params)

    async def row(self, sql: str, *params: Any) -> Row | None:
        self._noted.append(sql)
        return await self._inner.row(sql, *params)

    async def run(self, sql: str, *params: Any) -> int:
        self._noted.append(sql)
        return await self._inner.run(sql, *params)

    async def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self._noted.append(sql)
        await self._inner.run_many(sql, rows)
