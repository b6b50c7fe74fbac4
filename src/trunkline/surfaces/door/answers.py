"""Sending a whole answer."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
from starlette.types import Send

JSON = b"application/json; charset=utf-8"
SAFE = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"))
"""On every answer: no guessing of types, no copies left behind."""


class CutShort(Exception):
    """An answer that has begun cannot be finished. The server below closes the connection: no half passes for a whole."""


@dataclass(frozen=True)
class Answer:
    """A status, headers and a body that is whole."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    async def send(self, send: Send) -> None:
        """Write it out."""
        length = (b"content-length", str(len(self.body)).encode())
        await send({"type": "http.response.start", "status": self.status, "headers": [*self.headers, length]})
        await send({"type": "http.response.body", "body": self.body})


def json_answer(status: int, body: object, headers: Iterable[tuple[bytes, bytes]] = ()) -> Answer:
    """An object as JSON."""
    return ready_answer(status, msgspec.json.encode(body), headers)


def ready_answer(status: int, body: bytes, headers: Iterable[tuple[bytes, bytes]] = ()) -> Answer:
    """JSON that is encoded already."""
    return Answer(status, ((b"content-type", JSON), *SAFE, *headers), body)
