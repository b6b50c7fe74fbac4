"""Audit rows of calls that change nothing, and when keys were last used: gathered in order, written every 100 ms.

A row is in the buffer before its answer leaves; a power cut may lose the last 100 ms of rows. While rows cannot be written
nothing is read either: what could not be recorded does not happen. Rows of writes are not here, they commit with their effect.
"""

import asyncio
import contextlib
import logging
from collections.abc import Sequence

from trunkline.model.errors import StoreUnavailable
from trunkline.store import audit, keys
from trunkline.store.audit import AuditRow
from trunkline.store.engine import Database, Transaction

FLUSH_S = 0.1
_RETRY_S = 1.0
_USE_MS = 60_000
"""How exact "last used" is."""
_MOST_ROWS = 50_000

_log = logging.getLogger(__name__)


class AuditBuffer:
    """Gathers and writes. `start` it on the loop that uses it; `close` writes what is left."""

    def __init__(self, db: Database):
        self._db = db
        self._rows: list[AuditRow] = []
        self._uses: dict[str, int] = {}
        self._noted: dict[str, int] = {}
        self._waiting = asyncio.Event()
        self._closing = asyncio.Event()
        self._broken = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.get_running_loop().create_task(self._write_on(), name="audit buffer")

    @property
    def is_broken(self) -> bool:
        """Whether the last attempt to write failed."""
        return self._broken

    def check(self) -> None:
        """Raise StoreUnavailable while the audit cannot be written."""
        if self._broken or len(self._rows) >= _MOST_ROWS:
            raise StoreUnavailable("The audit cannot be written, so nothing is read either. Look at the disk of the server.")

    def append(self, row: AuditRow) -> None:
        """Note one row. Raises StoreUnavailable while the audit cannot be written."""
        self.check()
        self.note(row)

    def note(self, row: AuditRow) -> None:
        """Note the row of a call that ends with an error: whatever else is wrong, its caller gets that error."""
        self._rows.append(row)
        self._waiting.set()

    def note_use(self, key_id: str, at_ms: int) -> None:
        """A key was used; kept to the minute."""
        if at_ms - self._noted.get(key_id, -_USE_MS) >= _USE_MS:
            self._noted[key_id] = self._uses[key_id] = at_ms
            self._waiting.set()

    async def flush(self) -> None:
        """Write what waits. Raises StoreUnavailable when the disk refuses; then all of it waits on."""
        rows, uses = self._rows, self._uses
        if not rows and not uses:
            return
        self._rows, self._uses = [], {}
        try:
            await self._db.write(_Writing(rows, uses))
        except BaseException:
            self._rows = rows + self._rows
            self._uses = uses | self._uses
            self._broken = True
            raise
        self._broken = False

    async def close(self) -> None:
        """Write what is left and end."""
        self._closing.set()
        self._waiting.set()
        if self._task is not None:
            await self._task
        try:
            await self.flush()
        except Exception:
            _log.exception("audit rows that could not be written at the end: %d", len(self._rows))

    async def _write_on(self) -> None:
        while not self._closing.is_set():
            await self._waiting.wait()
            await self._pause(_RETRY_S if self._broken else FLUSH_S)
            self._waiting.clear()
            was_broken = self._broken
            try:
                await self.flush()
            except Exception:
                self._waiting.set()
                if not was_broken:
                    _log.exception("the audit cannot be written; calls are refused until it can")

    async def _pause(self, seconds: float) -> None:
        """Wait, but not beyond the end."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)


class _Writing:
    """One transaction's worth."""

    def __init__(self, rows: Sequence[AuditRow], uses: dict[str, int]):
        self._rows = rows
        self._uses = uses

    async def __call__(self, tx: Transaction) -> None:
        if self._rows:
            await audit.append_all(tx, self._rows)
        if self._uses:
            await keys.set_used(tx, self._uses)
