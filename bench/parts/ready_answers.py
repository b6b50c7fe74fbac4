"""A server that answers what a file says, a program.

    python ready_answers.py ANSWERS

ANSWERS: an object of answers by method and path. Prints the port it listens on.
"""

import asyncio
import json
import re
import socket
import sys
from pathlib import Path
from typing import cast

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
HEAD = b"HTTP/1.1 %s OK\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: %d\r\n\r\n"


class Answering(asyncio.Protocol):
    """One connection; requests come one after the other, bodies with a length."""

    def __init__(self, answers: dict[bytes, bytes]):
        self._answers = answers
        self._left = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody asks."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Answer what is whole."""
        self._left += data
        head, end, rest = self._left.partition(b"\r\n\r\n")
        if not end:
            return
        found = LENGTH.search(head)
        if found is None and b"chunked" in head.lower():
            if not rest.endswith(b"0\r\n\r\n"):
                return
        elif len(rest) < int(found[1] if found else 0):
            return
        self._left = b""
        method, target, _ = head.split(b" ", 2)
        body = self._answers[b"%s %s" % (method, target.partition(b"?")[0])]
        self._transport.write(HEAD % (b"200" if method == b"GET" else b"201", len(body)) + body)


async def main(answers: Path) -> None:
    """Serve until ended."""
    table = {route.encode(): json.dumps(body).encode() for route, body in json.loads(answers.read_text()).items()}
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    server = await asyncio.get_running_loop().create_server(lambda: Answering(table), sock=listening)
    print(listening.getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
