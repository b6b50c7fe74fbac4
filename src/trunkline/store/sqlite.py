"""The embedded database: one writer thread with group commit, reads on their own connections.

Theory of operation. Writes queue up; the writer takes all that wait, runs each in a savepoint of one transaction, commits with
`synchronous=FULL`, and only then answers them: a power cut loses nothing that was answered, and a hundred waiting writers pay
for one sync. Short reads run on the event loop's own connection (a thread hop costs as much as they do); long ones in a thread.
Only one process may open the file (owner/lock.py); SQLite's own locks are not what keeps two apart.
"""

import asyncio
import concurrent.futures
import contextlib
import queue
import re
import threading
from collections.abc import Awaitable, Coroutine, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

import apsw

from trunkline.model.errors import StoreUnavailable
from trunkline.store.dialect import SQLITE, Dialect
from trunkline.store.engine import Row, Work

T = TypeVar("T")

GROUP_MOST = 512
"""Transactions in one commit at most, so that the first of a flood does not wait for the last."""

SYNCHRONOUS = "FULL"
"""What is answered has reached the disk. With NORMAL a power cut takes acknowledged rows (tests/reliability shows it)."""

_DISK_TROUBLE = {
    apsw.FullError: "The disk is full. Nothing was done; free some space and repeat the call.",
    apsw.ReadOnlyError: "The data folder cannot be written to. Nothing was done.",
    apsw.CantOpenError: "The data folder cannot be used. Nothing was done.",
    apsw.IOError: "The disk reported an error. Nothing was done; repeat the call.",
    apsw.CorruptError: "The database file is damaged. Nothing was done; stop the server and put the latest copy back.",
    apsw.NotADBError: "The database file is no database. Nothing was done; stop the server and put the latest copy back.",
    apsw.BusyError: "Another program keeps the database locked. Nothing was done; end it and repeat the call.",
}


@lru_cache(maxsize=2048)
def numbered(sql: str) -> str:
    """The statement with `?1` for `$1`: to SQLite `$2` is a name, and names are bound in the order the text has them."""
    return re.sub(r"\$([0-9]+)", r"?\1", sql)


class _Stop:
    """Ends the writer."""


class SqliteTransaction:
    """Statements on the writer's connection. Its methods never suspend: see `_drive`."""

    dialect: Dialect = SQLITE

    def __init__(self, connection: apsw.Connection):
        self._connection = connection

    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]:
        """All rows."""
        return self._connection.execute(numbered(sql), params).fetchall()

    async def row(self, sql: str, *params: Any) -> Row | None:
        """The first row, or None."""
        return self._connection.execute(numbered(sql), params).fetchone()

    async def run(self, sql: str, *params: Any) -> int:
        """Run a statement that writes; gives the number of rows it changed."""
        self._connection.execute(numbered(sql), params)
        return self._connection.changes()  # total_changes() would count what the index of words flushes meanwhile

    async def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run the same statement for each row of parameters."""
        self._connection.executemany(numbered(sql), rows)


class SqliteDatabase:
    """One SQLite file, opened by one process. vfs: the registered file system of SQLite's to use, "" the usual one."""

    dialect: Dialect = SQLITE

    def __init__(self, path: Path, vfs: str = ""):
        self.path = path
        self._vfs = vfs
        self._writing = _open(path, vfs)
        self._reading = _open(path, vfs, readonly=True)
        self._scanning = _open(path, vfs, readonly=True)
        self._scan_thread = concurrent.futures.ThreadPoolExecutor(1, "store-scan")
        self._queue: queue.SimpleQueue[tuple[Work[Any], asyncio.Future[Any], asyncio.AbstractEventLoop] | _Stop] = (
            queue.SimpleQueue()
        )
        self._thread = threading.Thread(target=self._write_loop, name="store-writer", daemon=True)
        self._thread.start()
        self._closed = False

    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]:
        """All rows of a short read. Raises StoreUnavailable when the disk refuses, as all reads do."""
        return _all(self._reading, sql, params)

    async def row(self, sql: str, *params: Any) -> Row | None:
        """The first row of a short read, or None."""
        try:
            return self._reading.execute(numbered(sql), params).fetchone()
        except tuple(_DISK_TROUBLE) as error:
            raise _in_words(error) from error

    async def scan(self, sql: str, *params: Any) -> Sequence[Row]:
        """All rows of a long read, in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._scan_thread, lambda: _all(self._scanning, sql, params))

    async def write(self, work: Work[T]) -> T:
        """Run `work` in one durable transaction."""
        if self._closed:
            raise StoreUnavailable("The store is closed. Nothing was done.")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._queue.put((work, future, loop))
        return await future  # a caller that gives up cancels its waiting, never the transaction

    async def close(self) -> None:
        """Finish queued writes, check the log back into the file, close."""
        if self._closed:
            return
        self._closed = True
        self._queue.put(_Stop())
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join)
        self._scan_thread.shutdown()
        self._reading.close()
        self._scanning.close()
        self._writing.close()

    def backup_to(self, target: Path) -> None:
        """Copy the whole database, consistent while writes go on. Runs in the calling thread."""
        source = _open(self.path, self._vfs, readonly=True)
        copy = apsw.Connection(str(target))
        try:
            with copy.backup("main", source, "main") as run:
                run.step(-1)
        finally:
            copy.close()
            source.close()

    def _write_loop(self) -> None:
        stop = False
        while not stop:
            first = self._queue.get()
            group = [first]
            while len(group) < GROUP_MOST and not isinstance(group[-1], _Stop):
                try:
                    group.append(self._queue.get_nowait())
                except queue.Empty:
                    break
            stop = isinstance(group[-1], _Stop)
            items = [item for item in group if not isinstance(item, _Stop)]
            if items:
                self._commit_group(items)

    def _commit_group(self, items: Sequence[tuple[Work[Any], asyncio.Future[Any], asyncio.AbstractEventLoop]]) -> None:
        answers: list[tuple[Any, BaseException | None]] = []
        try:
            self._writing.execute("BEGIN IMMEDIATE")
            transaction = SqliteTransaction(self._writing)
            for work, _future, _loop in items:
                answers.append(self._run_one(transaction, work))
            self._writing.execute("COMMIT")
        except BaseException as error:
            self._roll_back()
            answers = [(None, _in_words(error)) for _ in items]
        by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Any, BaseException | None]]] = {}
        for (_work, future, loop), (value, failure) in zip(items, answers, strict=True):
            by_loop.setdefault(loop, []).append((future, value, failure))
        for loop, results in by_loop.items():
            with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits any more
                loop.call_soon_threadsafe(_settle, results)

    def _run_one(self, transaction: SqliteTransaction, work: Work[Any]) -> tuple[Any, BaseException | None]:
        self._writing.execute("SAVEPOINT one")
        try:
            value = _drive(work(transaction))
        except BaseException as error:
            if isinstance(error, tuple(_DISK_TROUBLE)) or self._writing.in_transaction is False:
                raise
            self._writing.execute("ROLLBACK TO one")
            self._writing.execute("RELEASE one")
            return None, error
        self._writing.execute("RELEASE one")
        return value, None

    def _roll_back(self) -> None:
        """After disk trouble the connection is opened anew: what a failed sync left in its cache is not to be trusted."""
        try:
            if self._writing.in_transaction:
                self._writing.execute("ROLLBACK")
        except apsw.Error:
            pass
        try:
            fresh = _open(self.path, self._vfs)
        except apsw.Error:
            return
        self._writing.close(True)
        self._writing = fresh


def _all(connection: apsw.Connection, sql: str, params: Sequence[Any]) -> Sequence[Row]:
    try:
        return cast(Sequence[Row], connection.execute(numbered(sql), params).fetchall())
    except tuple(_DISK_TROUBLE) as error:
        raise _in_words(error) from error


def _open(path: Path, vfs: str, *, readonly: bool = False) -> apsw.Connection:
    flags = apsw.SQLITE_OPEN_READONLY if readonly else apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    connection = apsw.Connection(str(path), flags=flags, vfs=vfs or None, statementcachesize=400)
    connection.set_busy_timeout(5_000)
    # A statement keeps its plan whatever values it is given: the plans that tests read are those that run, and none is made
    # anew at each call (which took 8 us of the 10 that a short read took).
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    if not readonly:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {SYNCHRONOUS}")
    connection.execute("PRAGMA cache_size = -16000")
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def _drive(work: Awaitable[T]) -> T:
    """Run a coroutine that only awaits statements of its own transaction, which never suspend here."""
    coroutine = cast(Coroutine[Any, Any, T], work)
    try:
        coroutine.send(None)
    except StopIteration as done:
        return cast(T, done.value)
    coroutine.close()
    raise RuntimeError("a transaction may await nothing but its own statements")


def _settle(results: list[tuple[asyncio.Future[Any], Any, BaseException | None]]) -> None:
    for future, value, failure in results:
        if future.done():
            continue
        if failure is None:
            future.set_result(value)
        else:
            future.set_exception(failure)
            future.exception()  # a caller that went away must not leave "exception was never retrieved" behind


def _in_words(error: BaseException) -> BaseException:
    """Disk trouble as StoreUnavailable, any other error as it is."""
    for kind, text in _DISK_TROUBLE.items():
        if isinstance(error, kind):
            return StoreUnavailable(text)
    return error
