"""The world as a whole: its clock, changes to it, waiting for them, and what happens in it by itself."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, TypeVar

import apsw

from trunkline.model.errors import NetworkError
from trunkline.model.ids import Entropy
from trunkline.model.times import Clock
from trunkline.networks.sandbox.options import Options
from trunkline.networks.sandbox.world import due, life
from trunkline.networks.sandbox.world.change import Change
from trunkline.networks.sandbox.world.database import Database, Row
from trunkline.networks.sandbox.world.wake import Wake

T = TypeVar("T")

CLOCK = "clock_offset_ms"
_TRY_AGAIN_MS = 1_000
"""How long time stands still when the file cannot be written."""


class World:
    """All simulated accounts. Its file is opened at the first use; `close` ends what runs in the background."""

    def __init__(self, database: Database, clock: Clock, entropy: Entropy, options: Options) -> None:
        self.options = options
        self.entropy = entropy
        self._database = database
        self._clock = clock
        self._offset_ms: int | None = None
        self._wakes: dict[int, Wake] = {}
        self.time = Wake()
        """Rings when the clock is moved, something is planned, or a person confirms a login."""
        self._living: asyncio.Task[None] | None = None

    def now(self) -> int:
        """The sandbox's time in milliseconds, UTC."""
        return self._clock() + self.offset_ms()

    def offset_ms(self) -> int:
        """How far the clock has been moved."""
        if self._offset_ms is None:
            rows = self._database.fetch("SELECT value FROM meta WHERE name = ?", CLOCK)
            self._offset_ms = int(rows[0][0]) if rows else 0
        return self._offset_ms

    async def move_clock(self, by_ms: int) -> int:
        """Move the sandbox's time; kept in its file. Whatever is due then happens at once. Gives the new time."""
        offset = self.offset_ms() + by_ms
        await self.change(
            lambda change: change.run(
                "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", CLOCK, str(offset)
            )
        )
        self._offset_ms = offset
        self.time.ring()
        return self.now()

    def fetch(self, sql: str, *values: Any) -> list[Row]:
        """Rows as of the last commit."""
        return self._database.fetch(sql, *values)

    async def change(self, work: Callable[[Change], T]) -> T:
        """Do `work` in one durable transaction and wake whoever waits for what it did."""
        now_ms = self.now()
        changes: list[Change] = []

        def run(db: apsw.Connection) -> T:
            change = Change(db, now_ms, self.entropy, self.options)
            changes.append(change)
            return work(change)

        return await self._database.write(run, lambda: self._announce(changes))

    def _announce(self, changes: list[Change]) -> None:
        for change in changes:
            for account in change.woken:
                self.wake(account).ring()
            if change.planned:
                self.time.ring()

    def wake(self, account: int) -> Wake:
        """Rings after each change of this account's events or faults."""
        return self._wakes.setdefault(account, Wake())

    def ring_all(self) -> None:
        """Wake everybody who waits, for whatever reason."""
        for wake in self._wakes.values():
            wake.ring()
        self.time.ring()

    async def sleep_until(self, at_ms: int) -> None:
        """Wait until the sandbox's clock shows `at_ms`; a moved clock counts."""
        while (left_ms := at_ms - self.now()) > 0:
            await self.time.wait_ms(left_ms)

    def live(self) -> None:
        """Let time pass: people answer, late events arrive. Runs until `close`; calling it again does nothing."""
        if self._living is None or self._living.done():
            self._living = asyncio.get_running_loop().create_task(self._live(), name="sandbox-life")

    async def catch_up(self) -> None:
        """Let everything happen that came due while nobody kept time: a network does not stand still when we are away."""
        while due.is_any(self.fetch, self.now()):
            await self.change(life.happen)

    async def _live(self) -> None:
        while True:
            ringing = self.time.next()
            try:
                due_ms = await self.change(life.happen)
                left_ms = None if due_ms is None else due_ms - self.now()
            except NetworkError:
                left_ms = _TRY_AGAIN_MS
            if left_ms is None:
                await ringing.wait()
            elif left_ms > 0:
                await self.time.wait_ms(left_ms, ringing)

    async def close(self) -> None:
        """Stop time and close the file. Safe to call twice."""
        if self._living is not None:
            self._living.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._living
            self._living = None
        await asyncio.to_thread(self._database.close)
