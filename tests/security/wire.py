"""A bare HTTP client: one connection, requests one after the other, answers byte for byte. It can be cut at any moment."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, NamedTuple, Self

import anyio
from anyio.abc import SocketStream

CEILING_S = 60

Pairs = Sequence[tuple[str, str]]


class Answer(NamedTuple):
    """An HTTP answer. headers: in lower case, sorted, without the date."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def json(self) -> Any:
        """The decoded body."""
        return json.loads(self.body)


class Line:
    """A connection to a server on this machine, with a key or without."""

    def __init__(self, port: int, key: str | None = None):
        self._port = port
        self._headers: Pairs = () if key is None else (("Authorization", f"Bearer {key}"),)
        self._stream: SocketStream | None = None
        self._buffer = b""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.cut()

    async def cut(self) -> None:
        """End the connection, whatever is under way."""
        stream, self._stream, self._buffer = self._stream, None, b""
        if stream is not None:
            await stream.aclose()

    async def send(self, method: str, path: str, body: bytes = b"", headers: Pairs = ()) -> None:
        """Write a request and wait for nothing."""
        if self._stream is None:
            self._stream = await anyio.connect_tcp("127.0.0.1", self._port)
        given = {name.lower() for name, _ in headers}
        own = [pair for pair in (("Host", f"127.0.0.1:{self._port}"), *self._headers) if pair[0].lower() not in given]
        lines = [f"{name}: {value}\r\n" for name, value in (*own, *headers, ("Content-Length", str(len(body))))]
        head = f"{method} {path} HTTP/1.1\r\n{''.join(lines)}\r\n"
        await self._stream.send(head.encode("latin-1") + body)

    async def ask(self, method: str, path: str, body: bytes = b"", headers: Pairs = ()) -> Answer:
        """Write a request and read its answer."""
        with anyio.fail_after(CEILING_S):
            await self.send(method, path, body, headers)
            return await self.read(has_body=method != "HEAD")

    async def read(self, *, has_body: bool = True) -> Answer:
        """Read an answer; the server gives each a length, or chunks, or ends the connection after it."""
        head = await self._until(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        pairs = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in rest)]
        headers = dict(pairs)
        if not has_body:
            body = b""
        elif headers.get("transfer-encoding") == "chunked":
            body = b"".join([chunk async for chunk in self._chunks()])
        else:
            body = await self._exactly(int(headers["content-length"]))
        if headers.get("connection") == "close":
            await self.cut()
        shown = tuple(sorted(pair for pair in pairs if pair[0] != "date"))
        return Answer(int(first.split()[1]), shown, body)

    async def _chunks(self) -> AsyncIterator[bytes]:
        while size := int(await self._until(b"\r\n"), 16):
            yield await self._exactly(size)
            await self._exactly(2)
        await self._exactly(2)

    async def _until(self, mark: bytes) -> bytes:
        while mark not in self._buffer:
            await self._more()
        found, _, self._buffer = self._buffer.partition(mark)
        return found

    async def _exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            await self._more()
        found, self._buffer = self._buffer[:size], self._buffer[size:]
        return found

    async def _more(self) -> None:
        assert self._stream is not None
        self._buffer += await self._stream.receive(1 << 20)


MODERN = "2026-07-28"
JSON = (("Content-Type", "application/json"), ("Accept", "application/json, text/event-stream"))


class Tools:
    """Calls tools over a line, as JSON-RPC by hand. The number of a call is whatever the caller says it is."""

    def __init__(self, line: Line, path: str = "/mcp"):
        self.line = line
        self._path = path

    async def send(self, tool: str, arguments: object, number: object = 1, *, is_modern: bool = False) -> None:
        """Write a call and wait for nothing."""
        await self.line.send("POST", self._path, *_request(tool, arguments, number, is_modern=is_modern))

    async def call(self, tool: str, arguments: object, number: object = 1, *, is_modern: bool = False) -> Answer:
        """Call a tool."""
        return await self.line.ask("POST", self._path, *_request(tool, arguments, number, is_modern=is_modern))

    async def ask(self, tool: str, **arguments: Any) -> Any:
        """The structured content of a call that succeeds."""
        answer = await self.call(tool, arguments)
        assert answer.status == 200, answer
        result = answer.json["result"]
        assert not result.get("isError"), result
        return result["structuredContent"]


@asynccontextmanager
async def tools_of(port: int, key: str | None, path: str = "/mcp") -> AsyncIterator[Tools]:
    """Tools over a line of their own."""
    async with Line(port, key) as line:
        yield Tools(line, path)


def full_name(tool: str) -> str:
    """The name of a tool, of the 21 where it is short."""
    return tool if tool.startswith(("trunkline_", "unipile_")) else f"unipile_messaging_{tool}"


def _request(tool: str, arguments: object, number: object, *, is_modern: bool) -> tuple[bytes, Pairs]:
    name = full_name(tool)
    params: dict[str, object] = {"name": name, "arguments": arguments}
    headers: Pairs = JSON
    if is_modern:
        meta = "io.modelcontextprotocol"
        params["_meta"] = {f"{meta}/protocolVersion": MODERN, f"{meta}/clientCapabilities": {}}
        headers = (*JSON, ("MCP-Protocol-Version", MODERN), ("Mcp-Method", "tools/call"), ("Mcp-Name", name))
    body = {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}
    return json.dumps(body).encode(), headers
