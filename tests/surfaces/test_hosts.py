"""To whom a request may be addressed, and from which pages. Source: security.md 2.2, S6."""

import pytest
from starlette.types import Message

from trunkline.surfaces.door.hosts import allow

from .conftest import Served
from .fake_gate import KEY, FakeGate
from .routes import ROUTES

BAD_HOSTS = [
    [],
    [b"127.0.0.1:PORT", b"127.0.0.1:PORT"],
    [b""],
    [b"evil.test"],
    [b"evil.test:PORT"],
    [b"127.0.0.1"],
    [b"127.0.0.1:PORT/x?"],
    [b"localhost:evil.test"],
    [b"localhost:PORT.evil.test"],
    [b"127.0.0.1:PORT@evil.test"],
    [b"evil.test@127.0.0.1:PORT"],
    [b"127.0.0.1:1"],
    [b"127.0.0.1:PORT0"],
    [b"127.0.0.1:PORT "[:-1] + b"\xff"],
    [b"127.0.0.1.:PORT"],
    [b"[::1]:PORT]"],
    [b"[::ffff:127.0.0.1]:PORT"],
    [b"0.0.0.0:PORT"],
    [b"2130706433:PORT"],
    [b"127.0.0.1:PORT, evil.test"],
]
BAD_ORIGINS = [
    [b"null"],
    [b""],
    [b"http://evil.test"],
    [b"https://127.0.0.1:PORT"],
    [b"http://127.0.0.1"],
    [b"http://localhost:9.evil.test"],
    [b"http://localhost:1"],
    [b"http://127.0.0.1:PORT/"],
    [b"http://127.0.0.1:PORT@evil.test"],
    [b"http://evil.test", b"http://127.0.0.1:PORT"],
    [b"http://127.0.0.1:PORT", b"http://127.0.0.1:PORT"],
    [b"file://"],
    [b"chrome-extension://abc"],
]


async def ask(served: Served, method: str, path: str, hosts: list[bytes], origins: list[bytes]) -> int:
    """The status of a request through the door with these headers; nothing between, which would mend them."""
    port = str(served.port).encode()
    pairs = [(b"host", value.replace(b"PORT", port)) for value in hosts]
    pairs += [(b"origin", value.replace(b"PORT", port)) for value in origins]
    statuses = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    headers = [*pairs, (b"x-api-key", KEY.encode()), (b"content-type", b"application/json")]
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
    }
    await served.door(scope, receive, send)
    (status,) = statuses
    return int(status)


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_no_route_answers_to_a_wrong_host_or_origin(served: Served, gate: FakeGate, method: str, path: str) -> None:
    """security.md 2.2, S6: on every route and method, before anything else."""
    for hosts in BAD_HOSTS:
        assert (hosts, await ask(served, method, path, hosts, [])) == (hosts, 421)
    for origins in BAD_ORIGINS:
        assert (origins, await ask(served, method, path, [b"127.0.0.1:PORT"], origins)) == (origins, 403)
    assert gate.asked == []
    assert gate.looked_up == []


@pytest.mark.parametrize(
    ("host", "origin"),
    [(b"127.0.0.1:PORT", b"http://127.0.0.1:PORT"), (b"LocalHost:PORT", b"HTTP://LOCALHOST:PORT"), (b"[::1]:PORT", None)],
)
async def test_the_loopbacks_own_names_are_good(served: Served, host: bytes, origin: bytes | None) -> None:
    for path in ("/health", "/api/v1/chats"):
        assert await ask(served, "GET", path, [host], [origin] if origin is not None else []) == 200


def test_hosts_of_the_settings_are_matched_letter_by_letter() -> None:
    allowed = allow(3114, "0.0.0.0", ["trunkline.example.org", "h:8443"], ["https://app.example.org"])
    for good in (b"trunkline.example.org", b"Trunkline.Example.org:80", b"h:8443", b"127.0.0.1:3114"):
        allowed.check([good], [b"https://app.example.org:443"])
    assert ("0.0.0.0", 3114) not in allowed.hosts
    assert {"trunkline.example.org", "trunkline.example.org:80", "[::1]:3114"} <= set(allowed.host_values)
