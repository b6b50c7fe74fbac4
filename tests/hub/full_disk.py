"""A database whose disk is full when the test says so."""

from collections.abc import Sequence
from typing import Any, TypeVar

from trunkline.model.errors import StoreUnavailable
from trunkline.store.dialect import Dialect
from trunkline.store.engine import Database, Row, Work

T = TypeVar("T")


class FullDisk:
    """Writes nothing while `is_full`; reads go on."""

    def __init__(self) -> None:
        self.is_full = False
        self._inner: Database | None = None

    def __call__(self, inner: Database) -> "FullDisk":
        """Stand before this database."""
        self._inner = inner
        return self

    @property
    def inner(self) -> Database:
        """What it stands before."""
        assert self._inner is not None
        return self._inner

    @property
    def dialect(self) -> Dialect:
        return self.inner.dialect

    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]:
        return await self.inner.fetch(sql, *params)

    async def row(self, sql: str, *params: Any) -> Row | None:
        return await self.inner.row(sql, *params)

    async def scan(self, sql: str, *params: Any) -> Sequence[Row]:
        return await self.inner.scan(sql, *params)

    async def write(self, work: Work[T]) -> T:
        if self.is_full:
            raise StoreUnavailable("The disk is full. Nothing was done; free some space and repeat the call.")
        return await self.inner.write(work)

    async def close(self) -> None:
        await self.inner.close()
