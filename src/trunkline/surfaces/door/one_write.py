"""The head of an answer leaves with the first bytes of its body, in one write.

uvicorn writes the head by itself, and uvloop sends at once: the client is woken twice for one answer.
"""

import asyncio
from typing import Any

HEAD = b"HTTP/1.1 "


class OneWrite:
    """Stands in for a connection's transport, and holds back the head of an answer until its body comes or the loop's turn
    ends.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop):
        self._transport = transport
        self._loop = loop
        self._head: bytes | None = None

    def write(self, data: bytes) -> None:
        """Send, or hold the head of an answer back."""
        head = self._head
        if head is not None:
            self._head = None
            self._transport.writelines((head, data))
        elif data.startswith(HEAD):
            self._head = data
            self._loop.call_soon(self._flush)
        else:
            self._transport.write(data)

    def close(self) -> None:
        """End the connection, with all that was written sent."""
        self._flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        """Everything else is the transport's own."""
        return getattr(self._transport, name)

    def _flush(self) -> None:
        head, self._head = self._head, None
        if head is not None:
            self._transport.write(head)
