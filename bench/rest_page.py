"""What `GET /chats/{id}/messages` of 100 messages costs over HTTP, with the key checked, the cursor signed and the audit kept.

Rivals: a bare asyncio server that reads the same page from the same store by the same functions and does nothing else
(parts/bare_page.py); and FastAPI with the page in memory, validated by pydantic models or sent as ready bytes
(parts/fastapi_page.py). Processor time is read from outside the processes.
"""

import asyncio
import json
import shutil
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from parts.corpus import load
from parts.http_caller import HttpCaller
from parts.measure import IS_FULL, Claim, Figures, turns
from parts.process import cpu_seconds
from parts.program import program
from parts.served import served
from trunkline.store import chats

TOTAL = 1_000_000 if IS_FULL else 20_000
PAGE = 100
ROUNDS = 60 if IS_FULL else 20
CALLS = 60
CALLERS = 6
"""Connections that ask at the same time."""


@dataclass(frozen=True)
class Subject:
    """A server that gives the page."""

    pid: int
    callers: tuple[HttpCaller, ...]
    request: bytes

    @classmethod
    async def open(cls, pid: int, port: int, path: str, key: str = "none") -> "Subject":
        """Connect to it."""
        callers = [await HttpCaller.open(port, key) for _ in range(CALLERS)]
        return cls(pid, tuple(callers), callers[0].get(path))

    async def page(self) -> bytes:
        """The page, once."""
        return await self.callers[0].send(self.request)

    async def go(self) -> tuple[float, float]:
        """One round, all callers at once; gives seconds of processor time and of waiting, each by the call."""
        before, start = cpu_seconds(self.pid), time.perf_counter()
        await asyncio.gather(*(self._calls(caller) for caller in self.callers))
        calls = CALLS * len(self.callers)
        return (cpu_seconds(self.pid) - before) / calls, (time.perf_counter() - start) / calls

    async def _calls(self, caller: HttpCaller) -> None:
        for _ in range(CALLS):
            await caller.send(self.request)

    async def close(self) -> None:
        """End its connections."""
        for caller in self.callers:
            await caller.close()


async def prepare(data: Path) -> str:
    """A data folder with the corpus; gives the id of its big chat."""
    corpus = await load(data, TOTAL)
    chat = await chats.by_provider_id(corpus.store.db, corpus.account.no, corpus.big)
    assert chat is not None
    await corpus.store.close()
    return chat.id


async def measure(**subjects: Subject) -> None:
    """All rounds, then the figures."""
    cpu, waited = Figures(subjects), Figures(subjects)
    for subject in subjects.values():
        await subject.go()
    for name in turns(ROUNDS, list(subjects)):
        processor, seconds = await subjects[name].go()
        cpu.note(name, processor)
        waited.note(name, seconds)
    for name in subjects:
        print(f"  {name.replace('_', ' '):<30} {cpu.median(name) * 1e6:>8,.0f} us of processor,", end="")
        print(f" {1 / waited.median(name):>8,.0f} requests a second")
    print(Claim("processor of a page / bare asyncio server reading the same page", cpu.ratio("trunkline", "bare_asyncio"), 2))
    models = waited.ratio("fastapi_models", "trunkline")
    print(Claim("requests a second / FastAPI with pydantic models, no database", models, 25, at_most=False))
    print(Claim("the same by processor time", cpu.ratio("fastapi_models", "trunkline")))
    print(Claim("requests a second / FastAPI sending ready bytes", waited.ratio("fastapi_ready", "trunkline")))


async def main() -> None:
    """Load, start all, compare."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        folder = Path(name)
        data, copy, page = folder / "data", folder / "copy", folder / "page.json"
        chat_id = await prepare(data)
        shutil.copytree(data, copy)
        server = running.enter_context(served(data))
        ours = await Subject.open(server.pid, server.port, f"/api/v1/chats/{chat_id}/messages?limit={PAGE}", server.api_key)
        page.write_bytes(await ours.page())
        bare_pid, bare_port = running.enter_context(program("bare_page.py", str(copy), chat_id, str(PAGE)))
        fast_pid, fast_port = running.enter_context(program("fastapi_page.py", str(page)))
        subjects = {
            "trunkline": ours,
            "bare_asyncio": await Subject.open(bare_pid, bare_port, "/"),
            "fastapi_models": await Subject.open(fast_pid, fast_port, "/models"),
            "fastapi_ready": await Subject.open(fast_pid, fast_port, "/ready"),
        }
        wanted = json.loads(page.read_bytes())
        assert len(wanted["items"]) == PAGE
        for subject in subjects.values():
            assert json.loads(await subject.page())["items"] == wanted["items"]
        print(f"a page of {PAGE} of {TOTAL:,} messages ({page.stat().st_size:,} bytes), {CALLERS} callers at once")
        await measure(**subjects)
        for subject in subjects.values():
            await subject.close()


if __name__ == "__main__":
    asyncio.run(main())
