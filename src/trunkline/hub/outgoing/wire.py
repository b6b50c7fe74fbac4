"""One connection: a request goes out, its answer is read, and the connection waits for the next one.

Of our own on asyncio and httptools, as each post must take little CPU: docs/decisions/0011-outgoing-posts.md has the figures.
Only the status and `Retry-After` are kept; the rest of an answer is read up to a cap, so that the connection can be used again.
"""

import asyncio
from dataclasses import dataclass
from typing import cast

import httptools

from trunkline.hub.outgoing.failures import Unreachable

ANSWER_MOST_BYTES = 256 * 1024
"""Of headers and body together. What is longer is cut off, with the connection; its status counts."""


@dataclass(frozen=True)
class Head:
    """What is kept of an answer."""

    status: int
    retry_after: str | None


class Wire(asyncio.Protocol):
    """One request at a time. `usable`: the connection may carry another one."""

    def __init__(self) -> None:
        self.usable = True
        self.heard = False
        """Whether anything of the current answer has come."""
        self._transport: asyncio.Transport | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self._done: asyncio.Future[Head] | None = None
        self._retry_after: str | None = None
        self._has_head = False
        self._bytes = 0

    async def ask(self, request: bytes) -> Head:
        """Send a whole request and read its answer. Raises Unreachable. Cancelling it ends the connection."""
        assert self._transport is not None
        assert self._done is None
        self.heard, self._bytes = False, 0
        self._done = asyncio.get_running_loop().create_future()
        self._begin_answer()
        self._transport.write(request)
        try:
            return await self._done
        except asyncio.CancelledError:
            self.abort()
            raise
        finally:
            self._done = self._parser = None

    def abort(self) -> None:
        """End the connection now."""
        self.usable = False
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """End the connection in order."""
        self.usable = False
        if self._transport is not None:
            self._transport.close()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        """A piece of the answer. What nobody asked for ends the connection: it might be taken for the next answer."""
        if self._parser is None or self._done is None or self._done.done():
            self.abort()
            return
        self.heard = True
        self._bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail("What answers there speaks no HTTP that can be used.")
            return
        if self._bytes > ANSWER_MOST_BYTES and not self._done.done():
            self._cut()

    def eof_received(self) -> None:
        """The other side has said all it will say."""
        self.usable = False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone. An answer without a length ends so."""
        self.usable = False
        if self._done is not None and not self._done.done():
            self._cut()

    # What the parser calls.

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header of the answer."""
        if name.lower() == b"retry-after":
            self._retry_after = value.decode("latin-1").strip()

    def on_headers_complete(self) -> None:
        """The status is known; one below 200 is only a word in between."""
        assert self._parser is not None
        self._has_head = self._parser.get_status_code() >= 200

    def on_message_complete(self) -> None:
        """The answer is whole."""
        assert self._parser is not None
        if not self._has_head:
            return
        self.usable = self.usable and self._parser.should_keep_alive()
        if self._done is not None and not self._done.done():
            self._done.set_result(self._head())

    def _begin_answer(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._has_head, self._retry_after = False, None

    def _head(self) -> Head:
        assert self._parser is not None
        return Head(self._parser.get_status_code(), self._retry_after)

    def _cut(self) -> None:
        """No more of this answer is read."""
        assert self._done is not None
        if self._has_head:
            self._done.set_result(self._head())
            self.abort()
        else:
            self._fail("The connection ended before an answer came.")

    def _fail(self, text: str) -> None:
        self.abort()
        if self._done is not None and not self._done.done():
            self._done.set_exception(Unreachable(text))
