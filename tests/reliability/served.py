"""A killable server as the test holds it: started by the nursery, asked over its socket, killed at will."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
import msgspec

from trunkline.gateway.caller import Surface

from .nursery import LINE_MOST, Ask, Order, Told

ROOT = Path(__file__).parents[2]


class Gone(Exception):
    """The server ended before it answered."""


class Nursery:
    """The process that forks servers."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.nursery"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.alive: list[Served] = []

    async def start(self, order: Order) -> "Served":
        """A server for the order; it may not answer yet."""
        Path(order.socket).unlink(missing_ok=True)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(order) + b"\n")
        self._process.stdin.flush()
        pid = await asyncio.to_thread(self._process.stdout.readline)
        self.alive = [server for server in self.alive if not server.is_over]
        self.alive.append(Served(int(pid), order.socket))
        return self.alive[-1]

    async def kill_all(self) -> None:
        """Kill the servers that a test left behind."""
        for server in self.alive:
            await server.kill()
        self.alive.clear()

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


class Served:
    """One server."""

    def __init__(self, pid: int, socket: str) -> None:
        self.pid = pid
        self._socket = socket
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[Told]] = {}
        self._number = 0
        self.is_over = False
        """Whether it was killed or seen to have ended."""

    async def connect(self) -> None:
        """Wait until it listens. Raises Gone when it ended before."""
        with anyio.fail_after(20):
            while True:
                with suppress(OSError):
                    reader, self._writer = await asyncio.open_unix_connection(self._socket, limit=LINE_MOST)
                    break
                if not _is_alive(self.pid):
                    raise Gone
                await anyio.sleep(0.002)
        self._reading = asyncio.create_task(self._read(reader))

    async def ask(
        self,
        name: str,
        values: dict[str, Any] | None = None,
        *,
        key: str | None = None,
        wait_ms: int = 20_000,
        surface: Surface = "rest",
    ) -> Told:
        """Ask. Raises Gone."""
        assert self._writer is not None
        if self._reading is None or self._reading.done() or self._writer.is_closing():
            raise Gone
        self._number += 1
        answer = asyncio.get_running_loop().create_future()
        self._waiting[self._number] = answer
        ask = Ask(n=self._number, name=name, values=values or {}, key=key, wait_ms=wait_ms, surface=surface)
        self._writer.write(msgspec.json.encode(ask) + b"\n")
        told: Told = await answer
        return told

    async def json(self, name: str, values: dict[str, Any] | None = None) -> Any:
        """Ask for something that cannot be refused."""
        told = await self.ask(name, values)
        assert told.error is None, (told.error, told.text)
        return msgspec.json.decode(told.body)

    async def until_drained(self) -> None:
        """Wait until nothing is on its way any more."""
        with anyio.fail_after(60):
            while not await self.json("drained"):  # noqa: ASYNC110  (another process has no event for us)
                await anyio.sleep(0.01)

    async def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        await self.ended()

    async def ended(self) -> None:
        """Wait until the process is gone, and let go of its socket."""
        with anyio.fail_after(20):
            while _is_alive(self.pid):  # noqa: ASYNC110  (the end of somebody else's child)
                await anyio.sleep(0.001)
        if self._reading is not None:
            await asyncio.gather(self._reading, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()
        self.is_over = True

    async def _read(self, reader: asyncio.StreamReader) -> None:
        with suppress(OSError):
            while (line := await reader.readline()).endswith(b"\n"):
                told = msgspec.json.decode(line, type=Told)
                self._waiting.pop(told.n).set_result(told)
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(Gone())
                answer.exception()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
