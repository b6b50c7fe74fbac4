"""What `tools/call` of a page of 100 messages costs the server: over HTTP, and through a thin pipe.

Rival: a server of the official SDK alone that answers with the same result, made ready at its start (parts/bare_http.py,
parts/bare_stdio.py). Processor time is read from outside the processes; a thin pipe's is its own and the owner's together.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from parts.corpus import load
from parts.http_caller import HttpCaller, result_of
from parts.lines import Lines, lines, request
from parts.measure import IS_FULL, Claim, Figures, turns
from parts.process import cpu_seconds
from parts.rival import http_rival, stdio_rival, write_tools
from parts.served import Served, command, served
from trunkline.operations.chats import ListChatMessages
from trunkline.operations.schema import tool_name
from trunkline.store import chats

TOTAL = 1_000_000 if IS_FULL else 20_000
PAGE = 100
ROUNDS = 60 if IS_FULL else 20
CALLS = 40
TOOL = tool_name(ListChatMessages)


@dataclass(frozen=True)
class Subject:
    """A way to get the page. call: gets it once. pids: the processes it costs."""

    call: Callable[[], Awaitable[bytes]]
    pids: Sequence[int]

    async def go(self) -> tuple[float, float]:
        """One round; gives seconds of processor time and of waiting, each by the call."""
        before, start = sum(map(cpu_seconds, self.pids)), time.perf_counter()
        for _ in range(CALLS):
            await self.call()
        return (sum(map(cpu_seconds, self.pids)) - before) / CALLS, (time.perf_counter() - start) / CALLS


def over_http(caller: HttpCaller, ready: bytes, pid: int) -> Subject:
    """The page over a kept connection."""
    return Subject(lambda: caller.send(ready), (pid,))


def over_stdio(client: Lines, line: bytes, *pids: int) -> Subject:
    """The page by a line."""

    async def call() -> bytes:
        return client.ask_line(line)

    return Subject(call, (client.pid, *pids))


async def prepare(data: Path) -> str:
    """A data folder with the corpus; gives the id of its big chat."""
    corpus = await load(data, TOTAL)
    chat = await chats.by_provider_id(corpus.store.db, corpus.account.no, corpus.big)
    assert chat is not None
    await corpus.store.close()
    print(f"a page of {PAGE} of {TOTAL:,} messages by tools/call")
    return chat.id


async def compare(server: Served, chat_id: str, folder: Path) -> None:
    """Start the rivals, measure all of them in turns, print."""
    arguments = {"PCID": server.pcid, "chat_id": chat_id, "limit": PAGE}
    caller = await HttpCaller.open(server.port, server.api_key)
    result, tools = folder / "result.json", write_tools(folder)
    content = result_of(await caller.call(TOOL, arguments))
    assert len(content["items"]) == PAGE
    result.write_bytes(msgspec.json.encode(content))
    line = request("tools/call", {"name": TOOL, "arguments": arguments})
    with (
        http_rival(tools, result) as rival,
        lines(stdio_rival(tools, result)) as stdio,
        lines(command("mcp", "--data", str(server.data))) as pipe,
    ):
        bare = await HttpCaller.open(rival.port)
        assert result_of(await bare.call(TOOL, arguments)) == content == result_of(pipe.ask_line(line))
        await measure(
            pipe.pid,
            trunkline_http=over_http(caller, caller.request(TOOL, arguments), server.pid),
            sdk_http=over_http(bare, bare.request(TOOL, arguments), rival.pid),
            trunkline_http_handshake=over_http(caller, caller.request(TOOL, arguments, is_current=False), server.pid),
            sdk_http_handshake=over_http(bare, bare.request(TOOL, arguments, is_current=False), rival.pid),
            trunkline_pipe=over_stdio(pipe, line, server.pid),
            sdk_stdio=over_stdio(stdio, line),
        )
        await bare.close()
    await caller.close()


async def measure(pipe_pid: int, **subjects: Subject) -> None:
    """All rounds, then the figures."""
    cpu, latency = Figures(subjects), Figures(subjects)
    for subject in subjects.values():
        await subject.go()
    pipe_before = cpu_seconds(pipe_pid)
    for name in turns(ROUNDS, list(subjects)):
        seconds, waited = await subjects[name].go()
        cpu.note(name, seconds)
        latency.note(name, waited)
    pipe = (cpu_seconds(pipe_pid) - pipe_before) / ROUNDS / CALLS
    for name in subjects:
        print(f"  {name.replace('_', ' '):<30} {cpu.median(name) * 1e6:>8,.0f} us of processor,", end="")
        print(f" {latency.median(name) * 1e6:>8,.0f} us until the answer")
    print(Claim("processor of a call / bare SDK server, HTTP", cpu.ratio("trunkline_http", "sdk_http"), 1.3))
    before = cpu.ratio("trunkline_http_handshake", "sdk_http_handshake")
    print(Claim("the same, clients of the handshake era", before, 1.3))
    print(Claim("processor of a call by a thin pipe / bare SDK stdio server", cpu.ratio("trunkline_pipe", "sdk_stdio"), 1.3))
    print(Claim("the pipe's own processor time a call", pipe * 1e6, unit=" us"))
    added = latency.median("trunkline_pipe") - latency.median("trunkline_http_handshake")
    print(Claim("what the pipe adds until the answer", added * 1e6, unit=" us"))


async def main() -> None:
    """Load, start, compare."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        chat_id = await prepare(folder / "data")
        with served(folder / "data") as server:
            await compare(server, chat_id, folder)


if __name__ == "__main__":
    asyncio.run(main())
