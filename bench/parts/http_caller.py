"""A client that calls tools over one kept HTTP connection, and costs little itself."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Self

CURRENT_ERA = "2026-07-28"
_META = {
    "io.modelcontextprotocol/protocolVersion": CURRENT_ERA,
    "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}


class HttpCaller:
    """One connection. One call at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, key: str):
        self._reader, self._writer = reader, writer
        self._port, self._key = port, key

    @classmethod
    async def open(cls, port: int, key: str = "none") -> Self:
        """Connect to 127.0.0.1."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        return cls(reader, writer, port, key)

    async def call(self, tool: str, arguments: Mapping[str, Any]) -> bytes:
        """Call a tool as a client of the current protocol revision; gives the JSON-RPC answer."""
        return await self.send(self.request(tool, arguments))

    def request(self, tool: str, arguments: Mapping[str, Any], *, is_current: bool = True) -> bytes:
        """The whole HTTP request of a tool call. is_current: of the current revision, else as clients before it ask."""
        params: dict[str, Any] = {"name": tool, "arguments": arguments}
        headers = {"Authorization": f"Bearer {self._key}", "Accept": "application/json, text/event-stream"}
        if is_current:
            params["_meta"] = _META
            headers |= {"MCP-Protocol-Version": CURRENT_ERA, "Mcp-Method": "tools/call", "Mcp-Name": tool}
        else:
            headers["MCP-Protocol-Version"] = "2025-11-25"
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        return self._request("/mcp", headers, json.dumps(message).encode())

    def get(self, path: str) -> bytes:
        """The whole HTTP request of a REST call that reads."""
        return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nX-API-KEY: {self._key}\r\n\r\n".encode()

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """A REST call; gives the decoded answer."""
        return json.loads(await self.send(self._request(path, {"X-API-KEY": self._key}, json.dumps(body).encode())))

    async def send(self, request: bytes) -> bytes:
        """Send a ready request; gives the body of its answer. Raises RuntimeError for any other status than success."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        body = await self._reader.readexactly(int(lengths[0].partition(b":")[2]))
        if not head.startswith(b"HTTP/1.1 2"):
            raise RuntimeError(f"{head[:40]!r}: {body[:500]!r}")
        return body

    async def close(self) -> None:
        """End the connection."""
        self._writer.close()
        await self._writer.wait_closed()

    def _request(self, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
        head = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{self._port}", f"Content-Length: {len(body)}"]
        head += ["Content-Type: application/json", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*head, "", ""]).encode() + body


def result_of(answer: bytes) -> dict[str, Any]:
    """The structured content of a tool call's answer. Raises RuntimeError when the tool refused."""
    message: dict[str, Any] = json.loads(answer)
    result = message.get("result")
    if result is None or result.get("isError"):
        raise RuntimeError(f"refused: {answer[:500]!r}")
    found: dict[str, Any] = result["structuredContent"]
    return found
