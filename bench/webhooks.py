"""Webhooks: events that are stored, then posted to ten local receivers, while an eleventh takes a connection and never answers.

Each event is one durable commit with its message; each post is signed, and that it arrived is noted in a commit of its round.
First as fast as it goes, then 100 events a second, which are 1,000 posts a second, with the time from commit to arrival.

Rival: the same bodies to the same ten receivers, posted by a bare httpx2 client with ready headers, as many at one time, with
nothing stored, signed or noted. It is the least that posting takes with the library that a program would take for it.
"""

import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from parts.corpus import add_account
from parts.measure import IS_FULL, Claim, Figures, percentile, turns
from trunkline.contract.events import MessageArrived, PersonInfo
from trunkline.hub.hub import Hub
from trunkline.hub.ingest.apply import apply
from trunkline.hub.ingest.batch import Batch
from trunkline.hub.options import HubOptions
from trunkline.hub.wakes import JOURNAL
from trunkline.hub.webhooks.lanes import AT_ONCE
from trunkline.operations.backend import Scope
from trunkline.operations.webhooks import CreateWebhook
from trunkline.store import accounts, journal
from trunkline.store.accounts import AccountRow
from trunkline.store.engine import Transaction
from trunkline.store.store import Store, open_store

EVENTS = 3_000 if IS_FULL else 600
ROUNDS = 5
CHATS = 20
PACED_S = 20 if IS_FULL else 5
EVENTS_A_SECOND = 100
ADA = PersonInfo(provider_id="ada", name="Ada")


class Receivers:
    """The other end, in a process of its own."""

    def __init__(self) -> None:
        program = Path(__file__).parent / "parts" / "receivers.py"
        self._process = subprocess.Popen(
            [sys.executable, str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.ports: list[int] = json.loads(self._line())

    def came(self) -> list[list[float]]:
        """When posts came since the last question, by receiver: seconds on the monotonic clock."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        found: list[list[float]] = json.loads(self._line())
        return found

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@contextmanager
def silent() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        yield listening.getsockname()[1]


@dataclass
class Line:
    """A hub with its webhooks."""

    store: Store
    hub: Hub
    account: AccountRow
    said: int = 0

    async def say(self, count: int) -> None:
        """So many messages arrive, each in a commit of its own."""
        await asyncio.gather(*(self._one() for _ in range(count)))
        self.hub.parts.wakes.wake(JOURNAL)

    async def _one(self) -> None:
        self.said += 1
        number = self.said
        event = MessageArrived(
            chat=f"chat {number % CHATS}", provider_id=f"m{number}", at_ms=self.store.clock(), order=number, sender=ADA,
            is_own=False, text=f"Message {number}: shall we meet at the station at half past nine?",
        )  # fmt: skip

        async def work(tx: Transaction) -> None:
            await apply(Batch(self.store, tx, self.account), [event])

        await self.store.db.write(work)

    async def add(self, url: str) -> None:
        """One more webhook."""
        wanted = CreateWebhook(source="messaging", request_url=url, name="bench")
        plan = await self.hub.plan(wanted, Scope(owner=self.account.owner, roads=frozenset({self.account.road})), None)
        await plan.run(None)


async def all_came(receivers: Receivers, count: int) -> list[list[float]]:
    """Wait for so many at each receiver; gives when they came."""
    came: list[list[float]] = [[] for _ in receivers.ports]
    end = time.monotonic() + 120
    while any(len(times) < count for times in came):
        if time.monotonic() > end:
            raise RuntimeError(f"they do not come: {[len(times) for times in came]} of {count}")
        await asyncio.sleep(0.02)
        came = [before + fresh for before, fresh in zip(came, receivers.came(), strict=True)]
    return came


async def flood(line: Line, receivers: Receivers) -> float:
    """Everything at once; gives seconds from the first event to the last arrival."""
    start = time.monotonic()
    await line.say(EVENTS)
    came = await all_came(receivers, EVENTS)
    return max(max(times) for times in came) - start


async def bare(bodies: Sequence[bytes], receivers: Receivers) -> float:
    """The rival; seconds."""
    headers = {"content-type": "application/json", "webhook-id": "msg_ready", "webhook-signature": "v1,ready"}
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx2.AsyncClient(trust_env=False, limits=limits) as client:

        async def work(url: str, waiting: Iterator[bytes]) -> None:
            for body in waiting:
                (await client.post(url, content=body, headers=headers)).raise_for_status()

        start = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for port in receivers.ports:
                waiting = iter(bodies)
                for _ in range(AT_ONCE):
                    group.create_task(work(f"http://127.0.0.1:{port}/in", waiting))
        came = await all_came(receivers, len(bodies))
    return max(max(times) for times in came) - start


async def paced(line: Line, receivers: Receivers) -> list[float]:
    """100 events a second; gives the seconds from each commit to its last arrival, the n-th event with the n-th arrivals."""
    said: list[float] = []
    start = time.monotonic()
    for number in range(PACED_S * EVENTS_A_SECOND):
        await asyncio.sleep(max(start + number / EVENTS_A_SECOND - time.monotonic(), 0))
        await line.say(1)
        said.append(time.monotonic())
    came = await all_came(receivers, len(said))
    return [time_ - before for times in came for time_, before in zip(sorted(times), said, strict=True)]


async def open_line(folder: Path, ports: Sequence[int]) -> Line:
    """A hub whose webhooks go to these ports of this machine."""
    store = await open_store(folder)
    number = await add_account(store)
    account = await accounts.by_no(store.db, number if isinstance(number, int) else number.no)
    assert account is not None
    hub = Hub(store, (), HubOptions(private_targets=frozenset(("127.0.0.1", port) for port in ports)))
    await hub.start()
    line = Line(store, hub, account)
    for port in ports:
        await line.add(f"http://127.0.0.1:{port}/in")
    return line


async def bodies_of(store: Store) -> list[bytes]:
    """As many bodies as events, as they were sent."""
    rows: Sequence[Any] = await journal.after(store.db, 0, EVENTS)
    return [row.payload[:-1] + b',"webhook_name":"bench"}' for row in rows]


async def main() -> None:
    """Measure in turns, print."""
    receivers = Receivers()
    with tempfile.TemporaryDirectory() as name, silent() as dead:
        line = await open_line(Path(name), [*receivers.ports, dead])
        await flood(line, receivers)
        bodies = await bodies_of(line.store)
        posts = EVENTS * len(receivers.ports)
        print(f"webhooks: {EVENTS:,} events to ten receivers beside a dead one; time a post, {AT_ONCE} at one time to each")
        figures = Figures(("trunkline", "bare_httpx2"))
        for subject in turns(ROUNDS, ("trunkline", "bare_httpx2")):
            seconds = await (flood(line, receivers) if subject == "trunkline" else bare(bodies, receivers))
            figures.note(subject, seconds / posts)
        figures.show()
        latencies = await paced(line, receivers)
        await line.hub.close()
        await line.store.close()
    receivers.close()
    print(Claim("webhooks, stored, signed and noted", 1 / figures.median("trunkline"), 1_000, at_most=False, unit=" a second"))
    print(Claim("trunkline / bare httpx2 posts, time", figures.ratio("trunkline", "bare_httpx2")))
    print(f"at {EVENTS_A_SECOND * len(receivers.ports):,} a second, from commit to arrival:")
    print(Claim("  p50", percentile(latencies, 0.5) * 1000, unit=" ms"))
    print(Claim("  p99", percentile(latencies, 0.99) * 1000, 2_000, unit=" ms"))


if __name__ == "__main__":
    asyncio.run(main())
