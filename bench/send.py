"""A durable send, end to end: `tools/call` over HTTP, the sandbox's network, and the answer once it is known to be there.

Behind each answer lie four commits to disk, one after the other: what is asked for, that it is begun, the network's own record
of what arrived, and what came of it. With 1, 10 and 100 chats at once; each sends its next message when its last is answered.

Rival: a server of the official SDK alone that writes each message down in one durable commit and answers (parts/bare_http.py).
It is the least that a server must do which does not lose what it was given; it sends nothing.
"""

import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from parts.http_caller import HttpCaller, result_of
from parts.measure import IS_FULL, Claim, percentile
from parts.process import cpu_seconds
from parts.rival import http_rival, write_tools
from parts.served import Served, served
from trunkline.operations.chats import ListAllChats, SendMessageInChat
from trunkline.operations.own import ListAccounts
from trunkline.operations.schema import tool_name

CROWDS = (1, 10, 100)
SENDS = 2_000 if IS_FULL else 600
ROUNDS = 3
AGENTS = 2
"""One agent may have 64 calls under way, so two share the 100 chats."""
NETWORKS = ("WHATSAPP", "TELEGRAM", "SLACK", "LINKEDIN", "TWITTER")
"""Where one may write at any time; Messenger and Instagram want to be written to first."""
SEED = 250 * 7 * max(CROWDS) // 5
"""Messages of a world that has so many chats on five of its seven networks."""
TOOL = tool_name(SendMessageInChat)


class Agent(NamedTuple):
    """Who sends: a key, and the connection it goes through."""

    key: str
    pcid: str


class Run(NamedTuple):
    """What a crowd of chats saw. Seconds."""

    latencies: Sequence[float]
    elapsed: float
    cpu: float

    @property
    def rate(self) -> float:
        """Messages per second."""
        return len(self.latencies) / self.elapsed


async def make_agents(server: Served) -> list[Agent]:
    """Agents, each with a connection that may read and send."""
    admin = await HttpCaller.open(server.port, server.admin_key)
    agents = []
    for number in range(AGENTS):
        grant = {"name": f"load {number}", "principal": f"agent {number}", "roads": ["sandbox"], "mode": "open"}
        connection = await admin.post("/api/v1/connections", grant | {"effects": ["read", "send"]})
        asked = {"name": f"load {number}", "principal": f"agent {number}", "pcid": connection["pcid"]}
        key = await admin.post("/api/v1/keys", asked)
        agents.append(Agent(key["api_key"], connection["pcid"]))
    await admin.close()
    return agents


async def chats_of(server: Served, agent: Agent, count: int) -> list[str]:
    """Ids of chats to send in, once all accounts are connected and their first sync is done."""
    caller = await HttpCaller.open(server.port, agent.key)
    end = time.monotonic() + 120
    while not _all_ok(result_of(await caller.call(tool_name(ListAccounts), {"PCID": agent.pcid}))):
        if time.monotonic() > end:
            raise RuntimeError("the accounts do not get ready")
        await asyncio.sleep(0.2)
    found = result_of(await caller.call(tool_name(ListAllChats), {"PCID": agent.pcid, "limit": 250}))
    await caller.close()
    ids = [chat["id"] for chat in found["items"] if chat["account_type"] in NETWORKS]
    assert len(ids) >= count
    return ids[:count]


def _all_ok(accounts: dict[str, list[dict[str, list[dict[str, str]]]]]) -> bool:
    return all(source["status"] == "OK" for account in accounts["items"] for source in account["sources"])


async def crowd(pid: int, port: int, agents: Sequence[Agent], chats: Sequence[str], sends: int) -> Run:
    """Let the chats send at once, each on a connection of its own, `sends` messages in all."""
    latencies: list[float] = []

    async def one(number: int, caller: HttpCaller) -> None:
        agent, chat = agents[number % len(agents)], chats[number]
        for count in range(sends // len(chats)):
            arguments = {"PCID": agent.pcid, "chat_id": chat, "text": f"Message {count} of chat {number}"}
            request = caller.request(TOOL, arguments)
            start = time.perf_counter()
            answer = await caller.send(request)
            latencies.append(time.perf_counter() - start)
            result_of(answer)

    callers = [await HttpCaller.open(port, agents[number % len(agents)].key) for number in range(len(chats))]
    cpu, begin = cpu_seconds(pid), time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number, caller in enumerate(callers):
            group.create_task(one(number, caller))
    elapsed, cpu = time.perf_counter() - begin, cpu_seconds(pid) - cpu
    for caller in callers:
        await caller.close()
    return Run(latencies, elapsed, cpu)


def joined(runs: Sequence[Run]) -> Run:
    """Several runs as one."""
    return Run(
        [latency for run in runs for latency in run.latencies], sum(run.elapsed for run in runs), sum(run.cpu for run in runs)
    )


def told(name: str, run: Run) -> str:
    """A line of figures."""
    p50, p99 = (percentile(run.latencies, part) * 1000 for part in (0.5, 0.99))
    cpu = run.cpu / len(run.latencies) * 1000
    return f"  {name:<28} p50 {p50:>7.2f} ms, p99 {p99:>7.2f} ms, {run.rate:>7,.0f} a second, {cpu:.2f} ms of processor each"


async def compare(server: Served, folder: Path) -> None:
    """Every size of crowd, ours and the rival in turns."""
    agents = await make_agents(server)
    chats = await chats_of(server, agents[0], max(CROWDS))
    result = folder / "result.json"
    result.write_text(json.dumps({"object": "MessageSent", "message_id": "0" * 22}))
    print(f"durable sends by tools/call over HTTP, {SENDS:,} messages in each of {ROUNDS} rounds")
    with http_rival(write_tools(folder), result, folder / "notes.db") as rival:
        for size in CROWDS:
            ours, bare = [], []
            for _ in range(ROUNDS):
                ours.append(await crowd(server.pid, server.port, agents, chats[:size], SENDS))
                bare.append(await crowd(rival.pid, rival.port, agents, chats[:size], SENDS))
            our, its = joined(ours), joined(bare)
            print(told(f"trunkline, {size} at once", our))
            print(told(f"bare SDK, one commit, {size}", its))
            ratio = percentile(our.latencies, 0.5) / percentile(its.latencies, 0.5)
            print(Claim(f"p50 of a send / of one durable commit, {size} at once", ratio))


async def main() -> None:
    """Start, compare."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Nobody answers: what the sandbox's people would write back is not part of a send.
        with served(folder / "data", "--seed", f"messages:{SEED}", TRUNKLINE_SANDBOX_ANSWERS="0") as server:
            await compare(server, folder)


if __name__ == "__main__":
    asyncio.run(main())
