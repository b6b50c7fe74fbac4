"""The sandbox's file: one writer thread, durable commits, reads beside it.

Work handed in at the same time shares one commit (each piece in its own savepoint), so that a hundred sends at once cost about
one disk flush. `synchronous=FULL`: what was answered survives a kill and a power cut.
"""

import asyncio
import contextlib
import os
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import apsw

from trunkline.model.errors import NetworkFailed, NotReached
from trunkline.networks.sandbox.world.schema import SCHEMA, VERSION

T = TypeVar("T")
Row = tuple[Any, ...]


class _Job:
    def __init__(self, work: Callable[[apsw.Connection], Any]) -> None:
        self.work = work
        self.outcome: Future[Any] = Future()
        self.result: Any = None
        self.error: BaseException | None = None


class Database:
    """The file, opened at the first use. One process at a time may hold it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reader: apsw.Connection | None = None
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def fetch(self, sql: str, *values: Any) -> list[Row]:
        """Rows as of the last commit. Called from the event loop's thread only."""
        if self._reader is None:
            self._open()
        assert self._reader is not None
        return list(self._reader.execute(sql, values))

    async def write(self, work: Callable[[apsw.Connection], T], after: Callable[[], None]) -> T:
        """Run `work` in a durable transaction of its own, in the writer thread, then `after` in this loop.

        What `work` raises is raised here, and nothing of it stays. A caller who is cancelled meanwhile does not stop it.
        Raises NotReached when the file cannot be written.
        """
        if self._thread is None:
            self._open()
        job = _Job(work)
        loop = asyncio.get_running_loop()
        job.outcome.add_done_callback(lambda _: _call_soon(loop, after))
        self._jobs.put(job)
        result: T = await asyncio.wrap_future(job.outcome)
        return result

    def close(self) -> None:
        """Finish what was handed in and close the file. Safe to call twice; a later use opens it again."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
            self._thread = None
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _open(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            writer = _connect(self._path)
            _create(writer)
            self._reader = _connect(self._path)
        except (OSError, apsw.Error) as error:
            raise NotReached(f"The sandbox's file {self._path} cannot be opened: {error}. Nothing was done.") from error
        self._thread = threading.Thread(target=self._serve, args=(writer,), name="sandbox-writer", daemon=True)
        self._thread.start()

    def _serve(self, writer: apsw.Connection) -> None:
        job = self._jobs.get()
        while job is not None:
            batch = [job]
            job = None
            while not self._jobs.empty() and len(batch) < 200:
                following = self._jobs.get()
                if following is None:
                    self._jobs.put(None)
                    break
                batch.append(following)
            _commit(writer, batch)
            job = self._jobs.get()
        writer.close()


def _call_soon(loop: asyncio.AbstractEventLoop, after: Callable[[], None]) -> None:
    # A loop that has ended has nobody left to tell.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(after)


def _connect(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(5_000)
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "full")
    return connection


def _create(connection: apsw.Connection) -> None:
    with connection:
        version = connection.pragma("user_version")
        if version == 0:
            connection.execute(SCHEMA)
            connection.pragma("user_version", VERSION)
        elif version != VERSION:
            raise NotReached(
                f"The sandbox's file is of version {version}; this program reads {VERSION}."
                " Use the newer program, or delete the file."
            )


def _commit(writer: apsw.Connection, batch: list[_Job]) -> None:
    try:
        writer.execute("BEGIN IMMEDIATE")
        for job in batch:
            _run(writer, job)
        writer.execute("COMMIT")
    except apsw.Error as error:
        if writer.in_transaction:
            writer.execute("ROLLBACK")
        failure = _in_words(error)
        for job in batch:
            job.error = job.error or failure
    for job in batch:
        if job.outcome.cancelled():
            continue
        if job.error is not None:
            job.outcome.set_exception(job.error)
        else:
            job.outcome.set_result(job.result)


def _run(writer: apsw.Connection, job: _Job) -> None:
    # The job is ours from here on: a caller who gives up cannot take back what is being written.
    if not job.outcome.set_running_or_notify_cancel():
        return
    try:
        with savepoint(writer):
            job.result = job.work(writer)
    except (apsw.FullError, apsw.IOError, apsw.ReadOnlyError, apsw.CorruptError):
        raise
    except Exception as error:
        if not writer.in_transaction:
            raise
        job.error = error


@contextlib.contextmanager
def savepoint(db: apsw.Connection) -> Iterator[None]:
    """What is done inside stays or goes as a whole.

    A full disk makes SQLite give up the whole transaction, savepoints and all; then there is nothing left to take back.
    """
    db.execute("SAVEPOINT work")
    try:
        yield
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK TO work")
            db.execute("RELEASE work")
        raise
    db.execute("RELEASE work")


def _in_words(error: apsw.Error) -> Exception:
    if isinstance(error, apsw.FullError | apsw.ReadOnlyError):
        return NotReached(f"The sandbox cannot write its file: {error}. Nothing was done.")
    return NetworkFailed(f"The sandbox's file failed: {error}.")
