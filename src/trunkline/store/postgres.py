"""The database beyond one machine: PostgreSQL through asyncpg (the extra `postgres`).

Every transaction is SERIALIZABLE and repeated when PostgreSQL asks for it, so that the nouns may be written as if each ran
alone, as they do on SQLite.
"""

from collections.abc import Awaitable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from trunkline.model.errors import StoreUnavailable
from trunkline.store.dialect import POSTGRES, Dialect
from trunkline.store.engine import Row, Work

if TYPE_CHECKING:
    import asyncpg

T = TypeVar("T")

TRIES = 20
"""How often a transaction is repeated that PostgreSQL could not serialise."""


class PostgresTransaction:
    """Statements inside one transaction."""

    dialect: Dialect = POSTGRES

    def __init__(self, connection: "asyncpg.Connection[Any] | asyncpg.pool.PoolConnectionProxy[Any]"):
        self._connection = connection

    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]:
        """All rows."""
        return list(await self._connection.fetch(sql, *params))

    async def row(self, sql: str, *params: Any) -> Row | None:
        """The first row, or None."""
        return await self._connection.fetchrow(sql, *params)

    async def run(self, sql: str, *params: Any) -> int:
        """Run a statement that writes; gives the number of rows it changed."""
        status = await self._connection.execute(sql, *params)
        count = status.rsplit(" ", 1)[-1]
        return int(count) if count.isdigit() else 0

    async def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run the same statement for each row of parameters."""
        await self._connection.executemany(sql, rows)


class PostgresDatabase:
    """A pool of connections to one database."""

    dialect: Dialect = POSTGRES

    def __init__(self, pool: "asyncpg.Pool[Any]", retry_on: tuple[type[Exception], ...], trouble: tuple[type[Exception], ...]):
        self._pool = pool
        self._retry_on = retry_on
        self._trouble = trouble

    @classmethod
    async def open(cls, url: str) -> "PostgresDatabase":
        """Connect to `postgresql://user:password@host/database`. Raises StoreUnavailable when that fails."""
        try:
            import asyncpg  # noqa: PLC0415 (an optional library: the extra `postgres`)
        except ImportError as error:
            raise StoreUnavailable("PostgreSQL needs the extra `postgres`: pip install 'trunkline[postgres]'.") from error
        trouble = (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InsufficientResourcesError)
        try:
            pool = await asyncpg.create_pool(url, min_size=1, max_size=10)
        except (*trouble, asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError) as error:
            raise StoreUnavailable(
                f"The database does not answer ({type(error).__name__}). Check the setting `database`."
            ) from error
        retry_on = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
        return cls(pool, retry_on, trouble)

    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]:
        """All rows of a short read."""
        try:
            return list(await self._pool.fetch(sql, *params))
        except self._trouble as error:
            raise StoreUnavailable("The database does not answer. Repeat the call in a moment.") from error

    async def row(self, sql: str, *params: Any) -> Row | None:
        """The first row of a short read, or None."""
        try:
            return await self._pool.fetchrow(sql, *params)
        except self._trouble as error:
            raise StoreUnavailable("The database does not answer. Repeat the call in a moment.") from error

    async def scan(self, sql: str, *params: Any) -> Sequence[Row]:
        """All rows of a long read."""
        return await self.fetch(sql, *params)

    async def write(self, work: Work[T]) -> T:
        """Run `work` in one durable transaction."""
        for _ in range(TRIES - 1):
            try:
                return await self._once(work)
            except self._retry_on:
                continue
        return await self._once(work)

    async def _once(self, work: Work[T]) -> T:
        try:
            async with self._pool.acquire() as connection, connection.transaction(isolation="serializable"):
                answer: Awaitable[T] = work(PostgresTransaction(connection))
                return await answer
        except self._trouble as error:
            raise StoreUnavailable("The database does not answer. Repeat the call in a moment.") from error

    async def close(self) -> None:
        """Give the connections back."""
        await self._pool.close()
