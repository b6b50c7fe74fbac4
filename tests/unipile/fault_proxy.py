"""A proxy between the backend and the server, which breaks one send in one way at one of three moments."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, get_args

Breaking = Literal[
    "refuse", "reset", "blackhole", "latency", "one byte a second", "cut in body", "garbage", "duplicate", "TLS error",
    "half-close", "loss",
]  # fmt: skip
Phase = Literal["before", "during", "after"]
"""Before anything of the request has reached the server; with half of it there; once the server has carried it out."""
BREAKINGS: tuple[Breaking, ...] = get_args(Breaking)
PHASES: tuple[Phase, ...] = get_args(Phase)
HARMLESS = frozenset({"latency", "duplicate", "loss"})
"""With these the answer still comes whole and in time."""

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
DELAY_S = 0.02
ALERT = b"\x15\x03\x03\x00\x02\x02\x28"
"""A TLS record: fatal, handshake failure."""


@dataclass
class FaultProxy:
    """Listens on a port of its own. `upstream`: the server's port."""

    upstream: int
    armed: tuple[Breaking, Phase] | None = None
    used: bool = False
    port: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None
    _clients: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen, on the same port as before if there was one."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def heal(self) -> None:
        """Everything passes again."""
        self.armed = None
        self.over.set()
        if self._server is None:
            await self.start()

    async def stop(self) -> None:
        """Take nothing more, and drop everybody."""
        self.over.set()
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for writer in list(self._clients):
            writer.transport.abort()
        others = [task for task in self._tasks if task is not asyncio.current_task()]
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0)  # what was aborted closes its socket in the loop's next turn

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._clients.add(writer)
        try:
            while True:
                request = await _message(reader)
                if self.armed is not None and request.startswith(b"POST "):
                    (breaking, phase), self.armed, self.used = self.armed, None, True
                    await self._broken(breaking, phase, request, reader, writer)
                else:
                    writer.write(await self._pass_on(request))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._clients.discard(writer)
            self._tasks.discard(task)
            writer.close()

    async def _broken(
        self, breaking: Breaking, phase: Phase, request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if breaking in HARMLESS:
            pieces: Callable[[bytes], list[bytes]] = _halves if breaking == "latency" else _tenths
            answer = await self._pass_on(request, pieces if phase != "after" else None)
            if breaking == "duplicate":
                writer.write(answer + answer)
                return
            for piece in pieces(answer) if phase == "after" else [answer]:
                await asyncio.sleep(DELAY_S)
                writer.write(piece)
            return
        answer = b'HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 60\r\n\r\n{"object":"MessageSent"'
        if phase == "during":
            _, upstream = await asyncio.open_connection("127.0.0.1", self.upstream)
            upstream.write(request[: len(request) - 10])
            await upstream.drain()
            upstream.close()
        elif phase == "after":
            answer = await self._pass_on(request)
        match breaking:
            case "refuse":
                await self.stop()
            case "reset":
                writer.transport.abort()
            case "blackhole":
                await self.over.wait()
            case "one byte a second":
                writer.write(answer[:1])
                await self.over.wait()
            case "cut in body":
                writer.write(answer[:-5])
            case "garbage":
                writer.write(b"\x00\x01\x02 this is no HTTP\r\n\r\n")
            case "TLS error":
                writer.write(ALERT)
            case "half-close":
                writer.write_eof()
                await reader.read()
        raise ConnectionError

    async def _pass_on(self, request: bytes, pieces: Callable[[bytes], list[bytes]] | None = None) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        try:
            for piece in [request] if pieces is None else pieces(request):
                writer.write(piece)
                if pieces is not None:
                    await asyncio.sleep(DELAY_S)
            return await _message(reader)
        finally:
            writer.close()


async def _message(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    found = LENGTH.search(head)
    return head + await reader.readexactly(int(found[1]) if found else 0)


def _halves(text: bytes) -> list[bytes]:
    return [text[: len(text) // 2], text[len(text) // 2 :]]


def _tenths(text: bytes) -> list[bytes]:
    """As a lossy line gives it: some pieces late, all in order."""
    step = len(text) // 10 + 1
    return [text[start : start + step] for start in range(0, len(text), step)]
