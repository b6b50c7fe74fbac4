"""Ten receivers of webhooks in one process, a program: each answers 200 to whatever is posted, and notes when it came.

Prints its ports on one line. A line on standard input asks for what has come since the last: a JSON array, for each port, of
seconds on the monotonic clock.
"""

import asyncio
import json
import sys
import time

COUNT = 10
_ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"


class Receiver(asyncio.Protocol):
    """One connection."""

    def __init__(self, came: list[float]):
        self._came = came
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep it."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            at = head.index(b"content-length:") + 15
            length = int(head[at:].split(b"\r\n", 1)[0])
            if len(self._buffer) < end + 4 + length:
                return
            self._buffer = self._buffer[end + 4 + length :]
            self._came.append(time.monotonic())
            self._transport.write(_ANSWER)


async def main() -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    came: list[list[float]] = [[] for _ in range(COUNT)]
    servers = [await loop.create_server(lambda times=times: Receiver(times), "127.0.0.1", 0) for times in came]  # type: ignore[misc]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(came), flush=True)
        for times in came:
            times.clear()


if __name__ == "__main__":
    asyncio.run(main())
