"""What a road of WhatsApp has been told, kept: it tells each thing once and can be asked for nothing afterwards.

One file for all accounts of a road. It holds chats, people and messages as they stand (so that an old one can be quoted,
forwarded or loaded), what is being sent, and a log of what happened, which `listen` reads from a position on. What is
acknowledged to whoever told it (the side process, Meta) is committed here (`synchronous=FULL`).
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import apsw

from trunkline.model.errors import NotReached
from trunkline.networks.whatsapp.books import Books

T = TypeVar("T")

_VERSION = 1
_SCHEMA = """
CREATE TABLE log (seq INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, at_ms INTEGER NOT NULL, events BLOB NOT NULL);
CREATE INDEX log_of ON log (account, seq);
CREATE TABLE chat (
    account TEXT NOT NULL, id TEXT NOT NULL, info BLOB NOT NULL, active_ms INTEGER NOT NULL, unread INTEGER NOT NULL,
    PRIMARY KEY (account, id)
) WITHOUT ROWID;
CREATE INDEX chat_active ON chat (account, active_ms, id);
CREATE TABLE message (
    account TEXT NOT NULL, chat TEXT NOT NULL, id TEXT NOT NULL, at_ms INTEGER NOT NULL, rank INTEGER NOT NULL,
    is_own INTEGER NOT NULL, event BLOB NOT NULL, PRIMARY KEY (account, chat, id)
) WITHOUT ROWID;
CREATE INDEX message_order ON message (account, chat, at_ms, rank);
CREATE INDEX message_id ON message (account, id);
CREATE TABLE person (account TEXT NOT NULL, id TEXT NOT NULL, name TEXT, PRIMARY KEY (account, id)) WITHOUT ROWID;
CREATE TABLE alias (account TEXT NOT NULL, id TEXT NOT NULL, means TEXT NOT NULL, PRIMARY KEY (account, id)) WITHOUT ROWID;
CREATE TABLE sending (
    account TEXT NOT NULL, id TEXT NOT NULL, chat TEXT NOT NULL, token TEXT, composed BLOB NOT NULL, effects BLOB NOT NULL,
    at_ms INTEGER NOT NULL, PRIMARY KEY (account, id)
) WITHOUT ROWID;
CREATE TABLE fact (account TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (account, name)) WITHOUT ROWID;
"""


class Ledger:
    """The file, opened at the first use. All work runs in one thread, each piece in a durable transaction of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: apsw.Connection | None = None
        self._thread: ThreadPoolExecutor | None = None

    async def run(self, work: Callable[[apsw.Connection], T]) -> T:
        """What `work` gives; nothing of it stays when it raises. Raises NotReached when the file cannot be used."""
        return await self._in_thread(lambda: self._run(work))

    async def erase(self, account: str) -> None:
        """Nothing of an account stays, in free places of the file neither. Raises NotReached when the file cannot be used."""
        if self._path.exists():
            await self._in_thread(lambda: self._erase(account))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="whatsapp ledger")
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def close(self) -> None:
        """Close the file."""
        thread, self._thread = self._thread, None
        if thread is not None:
            await asyncio.get_running_loop().run_in_executor(thread, self._close)
            thread.shutdown(wait=True)

    def _run(self, work: Callable[[apsw.Connection], T]) -> T:
        try:
            db = self._opened()
            with db:
                result = work(db)
        except (apsw.FullError, apsw.IOError, apsw.ReadOnlyError, apsw.CantOpenError) as error:
            raise NotReached(f"WhatsApp's file {self._path.name} cannot be used ({type(error).__name__}).") from error
        return result

    def _erase(self, account: str) -> None:
        self._run(lambda db: Books(db, account).erase())
        assert self._db is not None
        try:
            # Deleted rows stay readable in pages until these are used again: the file is written anew without them.
            self._db.execute("VACUUM")
            self._db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        except (apsw.FullError, apsw.IOError, apsw.BusyError) as error:
            raise NotReached(f"WhatsApp's file {self._path.name} cannot be cleaned now ({type(error).__name__}).") from error

    def _opened(self) -> apsw.Connection:
        if self._db is None:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._path.touch(mode=0o600)
            db = apsw.Connection(str(self._path))
            db.set_busy_timeout(5_000)
            db.pragma("journal_mode", "wal")
            db.pragma("synchronous", "full")
            if db.pragma("user_version") == 0:
                with db:
                    db.execute(_SCHEMA)
                    db.pragma("user_version", _VERSION)
            self._db = db
        return self._db

    def _close(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            db.close()
