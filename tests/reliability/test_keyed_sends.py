"""Keyed sends, each asked for up to ten times at once, answers thrown away, servers killed in between (security.md 8.1, R6).

The sandbox's record has each of them once. Equal retries get the equal answer, over both programs' surfaces and over restarts;
a changed one is refused and arrives nowhere. Where nothing can tell what a kill cut off, the equal answer may be "unknown".

Seen to fail: test_broken.py.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import anyio
import pytest
from tests.hub.sending_world import EVERY, NONE
from tests.tell import Tell

from .asked import Places
from .nursery import Order, Told
from .served import Gone, Nursery, Served

THROWN_AWAY = 0.3
TRIES_MOST = 10
RESTARTS = 20
AT_ONCE = 500
"""Sends that are asked for in one life, each several times over: this is about keys, not about load."""
PATIENCE_MS = 600_000
"""How long a caller waits. One whose time passes before the send has begun is told that nothing was sent, and so is every
repeat under its key."""
Heard = tuple[str | None, bytes, str | None, str | None]


@dataclass
class Keyed:
    """One send under one key, and every answer to it that was heard."""

    number: int
    account_type: str
    chat: str
    heard: set[Heard] = field(default_factory=set)
    tries: int = 0

    @property
    def key(self) -> str:
        """Its key."""
        return f"key {self.number}"

    async def ask(self, server: Served, random: Random, text: str | None = None) -> Told | None:
        """Ask once, over one surface or the other; None when the server ended first."""
        self.tries += 1
        values = {"chat_id": self.chat, "text": text or f"text {self.number}"}
        surface = random.choice(("rest", "mcp"))
        try:
            return await server.ask(
                "send_message_in_chat",
                values,
                key=self.key,
                wait_ms=PATIENCE_MS,
                surface=surface,  # type: ignore[arg-type]
            )
        except Gone:
            return None

    def hear(self, told: Told) -> None:
        """An answer that was not thrown away."""
        self.heard.add((told.error, bytes(told.body), told.text, told.message_id))


@dataclass
class Run:
    """Lives of servers, one after the other."""

    nursery: Nursery
    order: Order
    random: Random

    async def start(self) -> Served:
        """The next one."""
        server = await self.nursery.start(self.order)
        await server.connect()
        return server

    async def life(self, sends: list[Keyed], *, until: float | None) -> None:
        """Ask for all of them; after `until` seconds the server is killed, whatever it was doing."""
        server = await self.start()
        async with anyio.create_task_group() as group:
            for one in sends:
                for _ in range(self.random.randint(1, TRIES_MOST)):
                    group.start_soon(self._ask, one, server)
            if until is not None:
                await anyio.sleep(until)
                await server.kill()
        await server.kill()

    async def _ask(self, one: Keyed, server: Served) -> None:
        told = await one.ask(server, self.random)
        if told is not None and self.random.random() >= THROWN_AWAY:
            one.hear(told)


@pytest.mark.parametrize(
    "sends",
    [
        pytest.param(1_500, id="1500", marks=pytest.mark.slow),
        pytest.param(10_000, id="10000", marks=[pytest.mark.heavy, pytest.mark.slow]),
    ],
)
async def test_keyed_sends_arrive_once_each_however_often_they_are_asked_for(
    nursery: Nursery, data_folder: Path, random: Random, sends: int, tell: Tell
) -> None:
    run = Run(nursery, Order(folder=str(data_folder), socket=str(data_folder.parent / "socket")), random)
    first = await run.start()
    places = await Places.of(first)
    await first.kill()
    asked = [
        Keyed(number, account_type, random.choice(places.chats[account_type])[0])
        for number in range(sends)
        for account_type in (EVERY[number % len(EVERY)],)
    ]
    for life in range(RESTARTS):
        fresh = asked[life * sends // RESTARTS : (life + 1) * sends // RESTARTS]
        old = asked[: life * sends // RESTARTS]
        unheard = [one for one in old if not one.heard]
        again = [*unheard[:AT_ONCE], *random.sample(old, min(len(old), 10))]
        await run.life(fresh + again, until=random.uniform(0.05, 0.6))
    while unheard := [one for one in asked if not one.heard]:
        await run.life(unheard[:AT_ONCE], until=None)
    server = await run.start()
    await server.until_drained()
    await everybody_hears_the_same(server, asked, random)
    await changed_ones_are_refused(server, asked, random)
    arrived = Counter(one["command"]["text"] for one in await server.json("record", {"outcome": "accepted"}))
    unknown = {one.number for one in asked if any(error == "OutcomeUnknown" for error, *_ in one.heard)}
    tell(
        f"sends {sends} asked {sum(one.tries for one in asked)} times, kills {RESTARTS}, arrived {arrived.total()},"
        f" doubled {sum(count > 1 for count in arrived.values())}, unknown {len(unknown)}"
    )
    assert all(asked[number].account_type in NONE for number in unknown)
    certain = {f"text {one.number}" for one in asked if one.number not in unknown}
    assert {text: count for text, count in arrived.items() if text in certain} == dict.fromkeys(certain, 1)
    assert set(arrived) - certain <= {f"text {number}" for number in unknown}
    assert max(arrived.values()) == 1
    assert sum(one.tries for one in asked) >= 3 * sends
    await server.kill()


async def everybody_hears_the_same(server: Served, asked: list[Keyed], random: Random) -> None:
    """Once more for each, and it is what was heard before: an unknown outcome alone may have been settled meanwhile."""

    async def one_more(one: Keyed) -> None:
        told = await one.ask(server, random)
        assert told is not None
        one.hear(told)

    for start in range(0, len(asked), AT_ONCE):
        async with anyio.create_task_group() as group:
            for one in asked[start : start + AT_ONCE]:
                group.start_soon(one_more, one)
    for one in asked:
        errors = {error for error, *_ in one.heard}
        assert errors in ({None}, {"OutcomeUnknown"}, {None, "OutcomeUnknown"}), one
        assert len(one.heard) == len(errors), one


async def changed_ones_are_refused(server: Served, asked: list[Keyed], random: Random) -> None:
    """The same key for something else."""
    for one in random.sample(asked, 50):
        told = await one.ask(server, random, "something else")
        assert told is not None
        assert (told.error, told.message_id) == ("IdempotencyMismatch", None)
