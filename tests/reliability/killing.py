"""Killing servers at random moments while writes are asked of them."""

from pathlib import Path
from random import Random

import anyio
from tests.hub.sending_world import SETTLE_MS

from .asked import Asked, Maker, Places
from .nursery import Order
from .served import Gone, Nursery, Served

FAULTS = (
    ("lost_answer", 0),
    ("lost_request", 0),
    ("late_arrival", SETTLE_MS // 3),
    ("not_reached", 0),
    ("rate_limited", 20),
    ("slow", 30),
    ("dropped_link", 0),
    ("late_echo", 30),
    ("duplicate_events", 0),
)
OPEN_MOST = 40
"""Calls without an answer; beyond that a server lives until all are answered."""


class Run:
    """Kills servers until there were enough, and lets the last one finish."""

    def __init__(
        self, nursery: Nursery, folder: Path, random: Random, accounts: tuple[str, ...], *, broken: str | None = None
    ) -> None:
        self._nursery = nursery
        self._order = Order(folder=str(folder), socket=str(folder.parent / "socket"), broken=broken)
        self._random = random
        self._accounts = accounts
        self.kills = 0
        self.maker: Maker | None = None

    @property
    def made(self) -> list[Asked]:
        """All that was asked."""
        assert self.maker is not None
        return self.maker.made

    @property
    def open(self) -> list[Asked]:
        """What has no answer yet."""
        return [asked for asked in self.made if asked.told is None]

    async def go(self, kills: int) -> Served:
        """Kill so many in all, then give the server that settled everything."""
        if self.maker is None:
            server = await self.start()
            self.maker = Maker(await Places.of(server), self._random, self._accounts)
            await server.kill()
        while self.kills < kills:
            await self._one_life()
            self.kills += 1
        return await self._last_life()

    async def start(self) -> Served:
        """A server that answers."""
        server = await self._nursery.start(self._order)
        await server.connect()
        return server

    async def _one_life(self) -> None:
        assert self.maker is not None
        server = await self._nursery.start(self._order)
        is_full = len(self.open) >= OPEN_MOST
        if not is_full:
            for _ in range(self._random.randint(0, 8)):
                self.maker.make()
        fault = self._random.choice(FAULTS) if self._random.random() < 0.6 else None
        async with anyio.create_task_group() as group:
            group.start_soon(self._ask_all, server, self.open, fault)
            if is_full:
                await self._until_answered()
            else:
                await anyio.sleep(self._random.uniform(0, 0.12))
            await server.kill()

    async def _until_answered(self) -> None:
        with anyio.fail_after(30):
            while self.open:  # noqa: ASYNC110  (answers come by many tasks)
                await anyio.sleep(0.005)

    async def _ask_all(self, server: Served, asked: list[Asked], fault: tuple[str, int] | None) -> None:
        try:
            await server.connect()
            if fault is not None:
                kind, ms = fault
                await server.ask("fault", {"kind": kind, "ms": ms, "account": self._random.choice(self._accounts)})
        except Gone:
            return
        async with anyio.create_task_group() as group:
            for one in asked:
                group.start_soon(one.ask, server)

    async def _last_life(self) -> Served:
        server = await self.start()
        await server.json("fault", {"clear": "all"})
        async with anyio.create_task_group() as group:
            for one in self.open:
                group.start_soon(one.ask, server)
        await server.until_drained()
        return server
