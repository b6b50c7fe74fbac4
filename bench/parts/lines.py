"""A stdio MCP server in a process of its own, asked line by line."""

import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from parts.served import environment

HANDSHAKE_ERA = "2025-11-25"


class Lines:
    """One stdio server and its client's end."""

    def __init__(self, arguments: Sequence[str]):
        self.started_at = time.perf_counter()
        self._process = subprocess.Popen(arguments, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._number = 0

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def ask(self, method: str, params: dict[str, Any]) -> bytes:
        """A request; gives the line that answers it. Raises RuntimeError when it is an error."""
        self._number += 1
        return self.ask_line(request(method, params, self._number))

    def ask_line(self, line: bytes) -> bytes:
        """A ready request."""
        self._write(line)
        assert self._process.stdout is not None
        answer = self._process.stdout.readline()
        if not answer or b'"error":{"code"' in answer[:200]:
            raise RuntimeError(f"refused: {answer[:500]!r}")
        return answer

    def tell(self, method: str) -> None:
        """A notification."""
        self._write(json.dumps({"jsonrpc": "2.0", "method": method}).encode())

    def greet(self) -> None:
        """The handshake that clients in the field begin with."""
        client = {"name": "bench", "version": "1"}
        self.ask("initialize", {"protocolVersion": HANDSHAKE_ERA, "capabilities": {}, "clientInfo": client})
        self.tell("notifications/initialized")

    def close(self) -> None:
        """End of input, then the end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def _write(self, line: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + b"\n")
        self._process.stdin.flush()


@contextmanager
def lines(arguments: Sequence[str]) -> Iterator[Lines]:
    """A greeted stdio server, until the block ends."""
    server = Lines(arguments)
    try:
        server.greet()
        yield server
    finally:
        server.close()


def request(method: str, params: dict[str, Any], number: int = 1) -> bytes:
    """A JSON-RPC request."""
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode()
