"""One HTTP connection: what its parser cannot read, or has no room for, is refused in the contract's envelope too."""

import asyncio
from typing import cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from trunkline.model.errors import CallerError, MalformedRequest
from trunkline.surfaces.door.answers import Answer
from trunkline.surfaces.door.errors import HeadTooLong, error_answer
from trunkline.surfaces.door.one_write import OneWrite

MAX_HEAD_BYTES = 64 * 1024
"""Request line and headers together. The parser itself would gather them without end."""
FRAMING = 8
"""Bytes of chunk framing that may come with one byte of a body; the shortest chunks take five."""

UNREADABLE = (
    "This is no HTTP/1.1 request that can be read: its first line, a header, its length or a chunk is malformed. "
    "Nothing was done. Mend the client, or what stands between it and here, and send the request again."
)


class HttpConnection(HttpToolsProtocol):
    """uvicorn's connection, which answers `text/plain` where a request is no HTTP."""

    _framing = 0
    """Bytes of this request so far that are neither its head nor its body."""
    _fresh = 0
    """How many bytes of the last read were neither."""
    _body = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Somebody connected."""
        super().connection_made(cast(asyncio.Transport, OneWrite(transport, self.loop)))

    def data_received(self, data: bytes) -> None:
        """Read on, within the room there is for what is no body."""
        self._framing += len(data)
        self._fresh = len(data)
        super().data_received(data)
        if self._framing > MAX_HEAD_BYTES + FRAMING * self._body and not self.transport.is_closing():
            self._refuse(HeadTooLong())

    def on_message_begin(self) -> None:
        """Another request. What was read for the one before it does not count."""
        self._framing = min(self._framing, self._fresh)
        self._body = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Begin to answer, unless the head is too long even though it came at once."""
        size = self._head()
        if size > MAX_HEAD_BYTES:
            raise HeadTooLong
        self._is_known(size)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Bytes of the body are counted where it is read (body.py)."""
        self._body += len(body)
        self._is_known(len(body))
        super().on_body(body)

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser has stopped at. msg: uvicorn's words, which say nothing that helps."""
        self._refuse(HeadTooLong() if self._head() > MAX_HEAD_BYTES else MalformedRequest(UNREADABLE))

    def _head(self) -> int:
        """Bytes of the address and the headers so far, as the shortest lines have them."""
        return len(self.url) + sum(len(name) + len(value) + 3 for name, value in self.headers)

    def _is_known(self, size: int) -> None:
        self._framing -= size
        self._fresh -= size

    def _refuse(self, error: CallerError) -> None:
        """Answer and close, where the answer cannot be taken for that of an earlier request or for the end of one."""
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            if not cycle.more_body:  # it was whole: its answer is still to come, and is the last one
                cycle.keep_alive = False
                self.flow.pause_reading()
                return
            cycle.disconnected = True
            cycle.message_event.set()
            if cycle.response_started or self.pipeline:
                self.transport.close()
                return
        self.transport.write(_bytes_of(error_answer(error, None, more_headers=((b"connection", b"close"),))))
        self.transport.close()


def _bytes_of(answer: Answer) -> bytes:
    headers = (*answer.headers, (b"content-length", str(len(answer.body)).encode()))
    return b"".join([STATUS_LINE[answer.status], *(b"%s: %s\r\n" % header for header in headers), b"\r\n", answer.body])
