"""One HTTP/1.1 exchange with the owner over 127.0.0.1.

Plain sockets: http.client costs more to import than all the rest of a pipe.
"""

import socket
from collections.abc import Iterable
from typing import NamedTuple

MAX_HEADER_BYTES = 64 * 1024
MAX_BODY_BYTES = 64 * 1024 * 1024
_CHUNK = 16 * 1024


class Answer(NamedTuple):
    """What came back; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytearray
    """As it was received: a page of messages is 120 kB, and copying it would be a tenth of what a call costs a pipe."""


class Broken(Exception):
    """The connection ended before the whole answer was here. What was asked may or may not have been done."""


class Refused(Broken):
    """Nobody listens: nothing was asked."""


class Connection:
    """A kept-alive connection. One exchange at a time."""

    def __init__(self, port: int, timeout_s: float):
        """Raises Refused."""
        self.port = port
        self.used = False
        try:
            self._socket = socket.create_connection(("127.0.0.1", port), timeout_s)
        except OSError as error:
            raise Refused(str(error)) from None
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._left = bytearray()

    def exchange(self, method: str, path: str, headers: Iterable[tuple[str, str]], body: bytes = b"") -> Answer:
        """Send a request and read its whole answer. Raises Broken; the connection is useless then."""
        head = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Content-Length: {len(body)}"]
        head.extend(f"{name}: {value}" for name, value in headers)
        try:
            self._socket.sendall("\r\n".join([*head, "", ""]).encode("latin-1") + body)
            answer = self._read_answer()
        except (OSError, ValueError) as error:
            self.close()
            raise Broken(str(error)) from None
        self.used = True
        if answer.headers.get("connection", "").lower() == "close":
            self.close()
        return answer

    def close(self) -> None:
        """End the connection."""
        self._socket.close()

    @property
    def is_open(self) -> bool:
        """Whether another exchange can be tried."""
        return self._socket.fileno() >= 0

    def _read_answer(self) -> Answer:
        head = bytes(self._read_until(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split(" ", 2)[1])
        headers = {}
        for line in head[1:]:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        if "chunked" in headers.get("transfer-encoding", ""):
            return Answer(status, headers, self._read_chunks())
        return Answer(status, headers, self._read_body(int(headers.get("content-length", "0"))))

    def _read_body(self, size: int) -> bytearray:
        if size > MAX_BODY_BYTES:
            raise ValueError("answer too large")
        body = bytearray(size)
        here = min(len(self._left), size)
        body[:here] = self._left[:here]
        del self._left[:here]
        with memoryview(body) as room:
            while here < size:
                received = self._socket.recv_into(room[here:])
                if not received:
                    raise ValueError("the connection ended")
                here += received
        return body

    def _read_chunks(self) -> bytearray:
        body = bytearray()
        while size := int(bytes(self._read_until(b"\r\n")).split(b";")[0], 16):
            body += self._read_exactly(size)
            self._read_exactly(2)
            if len(body) > MAX_BODY_BYTES:
                raise ValueError("answer too large")
        while self._read_until(b"\r\n"):
            pass
        return body

    def _read_until(self, mark: bytes) -> bytearray:
        start = 0
        while (found := self._left.find(mark, start)) < 0:
            if len(self._left) > MAX_HEADER_BYTES:
                raise ValueError("header too large")
            start = max(len(self._left) - len(mark), 0)
            self._left += self._receive()
        taken = self._left[:found]
        del self._left[: found + len(mark)]
        return taken

    def _read_exactly(self, size: int) -> bytearray:
        if size > MAX_BODY_BYTES:
            raise ValueError("answer too large")
        while len(self._left) < size:
            self._left += self._receive()
        taken = self._left[:size]
        del self._left[:size]
        return taken

    def _receive(self) -> bytes:
        received = self._socket.recv(_CHUNK)
        if not received:
            raise ValueError("the connection ended")
        return received
