"""WhatsApp as a linked device: a pushed history until it can be read, a live message until it can be read, a send until it is
answered; each by the real side process.

In place of the network stands a fake in this program's own process (networks/whatsapp/linked/fake.py), and in place of Baileys
a module that says as JSON what Baileys would encrypt: what is measured is what this project adds, not WhatsApp's cryptography,
whose cost both sides would bear alike.

Rival, over the same module and the same fake: a Node program with nothing but the client library, that stores nothing.
"""

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from parts.http_caller import HttpCaller
from parts.measure import IS_FULL, Claim, percentile
from parts.process import resident_mb
from parts.served import Served, served
from trunkline.model.times import system_clock
from trunkline.networks.whatsapp.linked.fake import FakeNetwork
from trunkline.networks.whatsapp.linked.fake_world import MAYA, World
from trunkline.networks.whatsapp.suite import SCRIPTED

CHATS, EACH = (100, 1_000) if IS_FULL else (20, 500)
PART = 5_000
"""Messages in a part of the history. WhatsApp's own are said to hold some thousands; it documents no number."""
SENDS = 300 if IS_FULL else 100
PATIENCE_S = 900.0
BARE = Path(__file__).parent / "parts" / "bare_whatsapp.mjs"
OTHER = "4915550000002@s.whatsapp.net"


async def main() -> None:
    """Measure and print."""
    network = FakeNetwork(system_clock)
    await network.start()
    try:
        other = network.beside(OTHER)
        network.pairs_with(network)
        for each in (network, other):
            many(each.world)
        async with bare_program(network.url, other) as bare:
            alone = await bare.history(len_of(other.world))
            settings = {
                "TRUNKLINE_WHATSAPP_MODULES": str(SCRIPTED),
                "TRUNKLINE_WHATSAPP_WEB_SOCKET_URL": network.url,
            }
            with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "data", **settings) as server:
                await measured(network, server, bare, alone)
    finally:
        await network.close()


def many(world: World) -> None:
    """People who have written a lot."""
    began = world.clock() // 1000 - 40 * 24 * 3_600
    for number in range(CHATS):
        chat = f"4916{number:08d}@s.whatsapp.net"
        for n in range(EACH):
            text = f"Message {n} of chat {number}: what people say in a sentence or two, a dozen words long."
            world.message(chat, chat if n % 2 else None, {"conversation": text}, at_s=began + n * 60)
    world.parts = -(-len_of(world) // PART)


def len_of(world: World) -> int:
    """How many messages there are."""
    return sum(len(said) for said in world.messages.values())


class Bare:
    """The running rival."""

    def __init__(self, process: asyncio.subprocess.Process, network: FakeNetwork) -> None:
        self._process = process
        self.network = network
        self._began = time.perf_counter()

    async def line(self) -> str:
        """What it says next."""
        assert self._process.stdout is not None
        return (await self._process.stdout.readline()).decode().strip()

    async def history(self, total: int) -> float:
        """Seconds from its start until it has heard the whole history."""
        while await self.line() != f"history {total}":
            pass
        return time.perf_counter() - self._began

    async def send(self, text: str) -> None:
        """Until the network has taken it."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{text}\n".encode())
        while await self.line() != "sent":
            pass

    async def hear(self, text: str) -> None:
        """Until it has heard it."""
        while await self.line() != f"heard {text}":
            pass


@asynccontextmanager
async def bare_program(url: str, network: FakeNetwork) -> AsyncIterator[Bare]:
    """A Node program with a device of its own."""
    creds = {"me": network.world.me, "secret": network.world.log_in()}
    process = await asyncio.create_subprocess_exec(
        "node", str(BARE), str(SCRIPTED), url, json.dumps(creds), MAYA,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Bare(process, network)
    finally:
        process.kill()
        await process.wait()


async def measured(network: FakeNetwork, server: Served, bare: Bare, alone: float) -> None:
    """The claims, on one server."""
    http = await HttpCaller.open(server.port, server.admin_key)
    asked = await http.post("/api/v1/accounts", {"provider": "WHATSAPP", "road": "whatsapp"})
    account, total = asked["account_id"], len_of(network.world)
    while not any(wire.is_pairing for wire in network.wires):  # noqa: ASYNC110 (another process: no event)
        await asyncio.sleep(0.01)
    start = time.perf_counter()
    network.confirm()
    peaks = await until_here(http, server, total, start)
    elapsed = time.perf_counter() - start
    print(f"  a pushed history of {total:,} messages until the last can be read: {elapsed:.1f} s; bare Node: {alone:.1f} s")
    print(f"  {Claim('messages per second', total / elapsed, unit='/s')}")
    print(f"  {Claim('over the bare program, which stores nothing', elapsed / alone)}")
    for name, (early, late, most) in peaks.items():
        print(f"  {name}: {early:.0f} MB after a fifth, {late:.0f} MB at the end, {most:.0f} MB at most")
    agent = await granted(http, account, server)
    chat = next(each["id"] for each in (await read(agent, "/api/v1/chats?limit=250"))["items"] if each["provider_id"] == MAYA)
    await live(network, agent, chat, bare)
    await sending(agent, chat, bare)
    await agent.close()
    await http.close()


async def until_here(http: HttpCaller, server: Served, total: int, start: float) -> dict[str, tuple[float, float, float]]:
    """Once all messages are here; gives each process's memory after a fifth of them, at the end, and the most of it."""
    seen: dict[str, list[float]] = {"server": [], "side process": []}
    early: dict[str, float] = {}
    while True:
        here = sum(each["messages"] for each in (await read(http, "/api/v1/status"))["accounts"])
        for name, pid in (("server", server.pid), ("side process", side_process(server.pid))):
            seen[name].append(resident_mb(pid))
        if here >= total / 5 and not early:
            early = {name: figures[-1] for name, figures in seen.items()}
        if here >= total:
            return {name: (early[name], figures[-1], max(figures)) for name, figures in seen.items()}
        if time.perf_counter() - start > PATIENCE_S:
            raise RuntimeError("the history does not come to its end")
        await asyncio.sleep(0.2)


def side_process(server: int) -> int:
    """The process id of a server's side process."""
    for each in Path(f"/proc/{server}/task/{server}/children").read_text().split():
        if b"main.js" in Path(f"/proc/{each}/cmdline").read_bytes():
            return int(each)
    raise RuntimeError("there is no side process")


async def read(http: HttpCaller, path: str) -> Any:
    """A GET, decoded."""
    return json.loads(await http.send(http.get(path)))


async def granted(http: HttpCaller, account: str, server: Served) -> HttpCaller:
    """An agent that may read and send on the account."""
    grant = {"name": "load", "roads": ["whatsapp"], "accounts": [account], "mode": "open", "effects": ["read", "send"]}
    pcid = (await http.post("/api/v1/connections", grant))["pcid"]
    key = await http.post("/api/v1/keys", {"name": "load", "pcid": pcid})
    return await HttpCaller.open(server.port, key["api_key"])


async def live(network: FakeNetwork, agent: HttpCaller, chat: str, bare: Bare) -> None:
    """From the moment Maya writes until a GET shows it; beside it, until the bare program has heard it, in turns."""
    ours, alone = [], []
    for number in range(SENDS):
        start = time.perf_counter()
        says(network, f"Live {number}")
        while (await read(agent, f"/api/v1/chats/{chat}/messages?limit=1"))["items"][0]["text"] != f"Live {number}":
            pass
        between = time.perf_counter()
        says(bare.network, f"Live {number}")
        await bare.hear(f"Live {number}")
        ours.append(between - start)
        alone.append(time.perf_counter() - between)
    show("a live message to GET", ours, "bare Node hearing it", alone)


def says(network: FakeNetwork, text: str) -> None:
    """Maya writes."""
    raw = network.world.message(MAYA, MAYA, {"conversation": text})
    network.tell("messages.upsert", {"messages": [raw], "type": "notify"})


async def sending(agent: HttpCaller, chat: str, bare: Bare) -> None:
    """A send over REST, answered once it is durable and the network has taken it, and the library's own, in turns."""
    ours, alone = [], []
    for number in range(SENDS):
        start = time.perf_counter()
        await bare.send(f"Bare {number}")
        between = time.perf_counter()
        await agent.post(f"/api/v1/chats/{chat}/messages", {"text": f"Ours {number}"})
        alone.append(between - start)
        ours.append(time.perf_counter() - between)
    show("a send", ours, "bare Node sending it", alone)


def show(what: str, ours: list[float], rival: str, alone: list[float]) -> None:
    """The medians and their ratio."""
    mine, theirs = statistics.median(ours), statistics.median(alone)
    print(f"  {what}: median {mine * 1e3:.1f} ms, p99 {percentile(ours, 0.99) * 1e3:.1f} ms; {rival}: {theirs * 1e3:.2f} ms")
    print(f"  {Claim(f'{what} over {rival}', mine / theirs)}")


if __name__ == "__main__":
    asyncio.run(main())
