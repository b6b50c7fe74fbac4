"""What is no HTTP is refused in the contract's envelope, never in a framework's plain text. Sources: unipile-v1 4.1, 15.1."""

import json
from typing import Any

import anyio
import pytest
from anyio.abc import ByteStream

from trunkline.surfaces.door.connection import MAX_HEAD_BYTES

from .conftest import Served
from .fake_gate import KEY, FakeGate

HOST = b"Host: 127.0.0.1\r\n"
CHUNKED = b"POST /api/v1/chats/c/messages HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
UNREADABLE = {
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "no method": b" / HTTP/1.1\r\n\r\n",
    "an unknown method": b"FETCH /api/v1/chats HTTP/1.1\r\n" + HOST + b"\r\n",
    "no version": b"GET /api/v1/chats\x00 HTTP/1.1\r\n\r\n",
    "a version to come": b"GET /api/v1/chats HTTP/9.9\r\n" + HOST + b"\r\n",
    "no path": b"CONNECT a:1 HTTP/1.1\r\n" + HOST + b"\r\n",
    "an address that is none": b"GET http://[/ HTTP/1.1\r\n" + HOST + b"\r\n",
    "a header's name with a blank": b"GET / HTTP/1.1\r\nA b: c\r\n\r\n",
    "a NUL in a header": b"GET / HTTP/1.1\r\nX-API-KEY: a\x00b\r\n\r\n",
    "a length below nothing": b"POST /api/v1/chats HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    "a length that is no number": b"POST /api/v1/chats HTTP/1.1\r\nContent-Length: ten\r\n\r\n",
    "a length beyond all": b"POST /api/v1/chats HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    "two lengths": b"POST /api/v1/chats HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "chunks and a length": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
    "a chunk's size that is no number": CHUNKED + b"zz\r\n",
    "a chunk longer than it says": CHUNKED + b"1\r\nabc\r\n",
}
TOO_LONG = {
    "one header": b"GET / HTTP/1.1\r\n" + HOST + b"A: " + b"x" * MAX_HEAD_BYTES + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\n" + HOST + b"A: 12345678\r\n" * (MAX_HEAD_BYTES // 8) + b"\r\n",
    "the address": b"GET /" + b"x" * MAX_HEAD_BYTES + b" HTTP/1.1\r\n\r\n",
    "a header without end": b"GET / HTTP/1.1\r\n" + HOST + b"A: " + b"x" * 2 * MAX_HEAD_BYTES,
    "a trailer without end": CHUNKED + b"1\r\na\r\n0\r\nA: " + b"x" * 2 * MAX_HEAD_BYTES,
    "a chunk's extensions without end": CHUNKED + b"1;" + b"x" * 2 * MAX_HEAD_BYTES,
}


async def all_of(stream: ByteStream) -> bytes:
    """What comes until the server closes."""
    answer = b""
    with anyio.fail_after(30):
        try:
            while True:
                answer += await stream.receive()
        except (anyio.EndOfStream, anyio.BrokenResourceError):
            return answer


async def said_to(served: Served, request: bytes) -> tuple[bytes, dict[bytes, bytes], Any]:
    """Status line, headers and body of the answer to these bytes, after which the connection is closed."""
    async with await anyio.connect_tcp("127.0.0.1", served.port) as stream:
        await stream.send(request)
        head, _, body = (await all_of(stream)).partition(b"\r\n\r\n")
    line, *headers = head.split(b"\r\n")
    found = {name.lower(): value.strip() for name, _, value in (each.partition(b":") for each in headers)}
    assert found[b"content-length"] == str(len(body)).encode()
    return line, found, json.loads(body)


@pytest.mark.parametrize("request_bytes", UNREADABLE.values(), ids=UNREADABLE)
async def test_what_cannot_be_read_is_refused_in_the_contracts_envelope(
    served: Served, gate: FakeGate, request_bytes: bytes
) -> None:
    line, headers, body = await said_to(served, request_bytes)
    assert line == b"HTTP/1.1 400 Bad Request"
    assert (headers[b"content-type"], headers[b"connection"]) == (b"application/json; charset=utf-8", b"close")
    detail = body.pop("detail")
    assert body == {"title": "Malformed request", "type": "errors/malformed_request", "status": 400}
    assert "no HTTP/1.1 request that can be read" in detail
    assert gate.asked == []


@pytest.mark.parametrize("request_bytes", TOO_LONG.values(), ids=TOO_LONG)
async def test_a_head_without_end_is_not_gathered(served: Served, gate: FakeGate, request_bytes: bytes) -> None:
    line, headers, body = await said_to(served, request_bytes)
    assert line == b"HTTP/1.1 431 Request Header Fields Too Large"
    assert headers[b"content-type"] == b"application/json; charset=utf-8"
    assert (body["type"], body["status"]) == ("errors/invalid_request", 431)
    assert gate.asked == []


async def test_a_long_head_within_bounds_and_a_body_in_small_chunks_are_taken(served: Served) -> None:
    text = b'{"text":"' + b"x" * 20_000 + b'"}'
    head = f"POST /api/v1/chats/c/messages HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nX-API-KEY: {KEY}\r\n".encode()
    head += b"Content-Type: application/json\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
    chunks = b"".join(b"1\r\n" + text[at : at + 1] + b"\r\n" for at in range(len(text)))
    async with await anyio.connect_tcp("127.0.0.1", served.port) as stream:
        await stream.send(head + b"A: " + b"x" * 60_000 + b"\r\n\r\n" + chunks + b"0\r\n\r\n")
        assert (await all_of(stream)).startswith(b"HTTP/1.1 201 ")


async def test_what_follows_a_whole_request_does_not_take_its_answer(served: Served, gate: FakeGate) -> None:
    """A refusal in the place of a send's answer would be read as "nothing was done"."""
    gate.hold = anyio.Event()
    head = f"GET /api/v1/chats HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nX-API-KEY: {KEY}\r\n\r\n".encode()
    async with await anyio.connect_tcp("127.0.0.1", served.port) as stream:
        await stream.send(head + b"\x00\x01garbage\r\n\r\n")
        with anyio.fail_after(30):
            while not gate.asked:
                await anyio.lowlevel.checkpoint()
        gate.hold.set()
        answer = await all_of(stream)
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.count(b"HTTP/1.1 ") == 1
