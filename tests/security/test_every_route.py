"""S30 and S6 on every route that the running app has, with every method: the table is the app's own, not ours."""

import itertools
from collections.abc import AsyncIterator, Iterator

import pytest
from starlette.types import ASGIApp, Message
from tests.gateway.tenants import Tenant, new_tenant
from tests.surfaces.routes import CLOSED, OPEN
from tests.surfaces.test_hosts import BAD_HOSTS, BAD_ORIGINS

from trunkline.operations.catalog import ALL
from trunkline.operations.declaration import route_of
from trunkline.settings import SETTINGS
from trunkline.store.engine import Transaction
from trunkline.surfaces.door.door import Door
from trunkline.surfaces.rest.api import BASE

from .served import Served, served
from .wire import JSON, Line

pytestmark = pytest.mark.slow

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
LEAST_FORMS = 200
CONSTANT = (
    *("/health", "/openapi.json", "/api/v1/try"),
    *("/api/v1/try/icon.svg", "/api/v1/try/try.css", "/api/v1/try/try.js"),
)
"""What answers anybody, in the same words from every server. (The owner's proof needs a nonce, and a token needs a key.)"""


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """One for all tests."""
    async with served(tmp_path_factory.mktemp("routes") / "data", seed="empty") as running:
        yield running


@pytest.fixture(scope="module")
async def ada(server: Served) -> Tenant:
    """Somebody with a key."""
    return await new_tenant(server.store, "ada", [server.network.road])


def routes_of(door: Door) -> set[tuple[str, str]]:
    """(method, path) of all that the app answers, read off the app. MCP answers any method with what it thinks of it."""
    exact = {(method, path) for path, app in door._exact.items() for method in getattr(app, "_methods", {"POST"})}
    api = door._below[BASE]  # what is below /hosted/ asks for a link instead of a key: tests/hosted
    rest = {
        (method, BASE + "/".join(segments))
        for (method, _), found in api._routes._by_shape.items()  # type: ignore[attr-defined]
        for segments, _ in found
    }
    return exact | rest


async def test_no_route_is_missing_in_the_lists_that_tests_walk(server: Served) -> None:
    """A route that is added stands here and in tests/surfaces/routes.py, or this fails."""
    aliases = {("POST", BASE + (route_of(each).alias or "").lstrip("/")) for each in ALL if route_of(each).alias}
    heads = {("HEAD", path) for method, path in OPEN if method == "GET"}
    listed = {(method, path) for method, path in (*OPEN, *CLOSED) if path != "/nothing"}
    assert routes_of(server.door) == listed | aliases | heads


async def test_every_route_answers_401_without_credentials_but_the_open_ones(server: Served) -> None:
    """S30: with every method, whether the route has it or not; nothing is ever done, nothing ever fails."""
    there = routes_of(server.door)
    paths = sorted({path for _, path in there})
    seen = {}
    async with Line(server.port) as line:
        for method, path in itertools.product(METHODS, paths):
            answer = await line.ask(method, path, b"{}" if method in ("POST", "PUT", "PATCH") else b"", JSON)
            seen[method, path] = answer.status
            assert answer.status < 500, (method, path, answer)
    open_paths = {path for _, path in OPEN}
    closed = {route for route in there if route[1] not in open_paths}
    assert {route: seen[route] for route in closed} == dict.fromkeys(closed, 401)
    answered = {path for (_, path), status in seen.items() if status < 400}
    assert answered == set(CONSTANT) & {path for _, path in there}
    print(f"S30: {len(seen)} requests without credentials on {len(paths)} routes")


async def test_without_any_key_left_nothing_opens(server: Served, ada: Tenant) -> None:
    """A server whose keys are all gone is a closed one, not an open one."""

    async def none_left(tx: Transaction) -> None:
        await tx.run("UPDATE api_key SET revoked_at = 1")

    async def given_back(tx: Transaction) -> None:
        await tx.run("UPDATE api_key SET revoked_at = NULL")

    await server.store.db.write(none_left)
    try:
        async with Line(server.port) as line:
            for headers in ((), (("X-API-KEY", ada.api_key),), (("Authorization", "Bearer "),), (("X-API-KEY", ""),)):
                for method, path in (("POST", "/mcp"), ("POST", "/unipile-messaging"), ("GET", "/api/v1/chats")):
                    assert (await line.ask(method, path, b"{}" * (method == "POST"), [*JSON, *headers])).status == 401
    finally:
        await server.store.db.write(given_back)


def test_there_is_no_setting_that_takes_the_key_away() -> None:
    """S30: a keyless start does not exist."""
    known = {setting.name for setting in SETTINGS}
    assert {
        name for name in known if any(word in name for word in ("auth", "key", "open", "anonym", "trust", "public"))
    } == set()
    assert known == {
        *("data", "host", "port", "database", "seed", "ready_file", "allowed_hosts", "allowed_origins", "call_seconds"),
        *("folders", "max_upload_bytes", "journal_days", "calls_days", "media_cache_bytes", "secret", "log_level"),
        "networks",  # which may be connected to; it can only leave some out
        "private_targets",  # where posts out may go; nothing comes in by it
    }, "say here that a new setting opens nothing"


NAMES = (b"127.0.0.1", b"localhost", b"[::1]")
MADE_UP = (b"evil.test", b"127.0.0.1.evil.test", b"localhost.evil.test", b"evil.test#127.0.0.1", b"127.0.0.2", b"0", b"127.1")


def bad_hosts() -> Iterator[list[bytes]]:
    """Host headers that are not this server's, told after the wild."""
    yield from BAD_HOSTS
    for name in NAMES:
        for tail in (
            b":PORT ",
            b":PORT,",
            b":PORT\\",
            b":PORT/",
            b":PORT?",
            b":PORT#",
            b":0PORTx",
            b":-1",
            b":",
            b":99999",
            b":PORT;x",
        ):
            yield [name + tail.replace(b"PORT ", b"PORT x")]
        yield [name + b":PORT", b"evil.test"]
        yield [b"evil.test", name + b":PORT"]
        yield [b"user@" + name + b":PORT"]
        yield [b"http://" + name + b":PORT"]
        yield [name + b"%00:PORT"]
        yield [name + b".:PORT"]
    for name in MADE_UP:
        for tail in (b"", b":PORT", b":80", b".:PORT"):
            yield [name + tail]


def bad_origins() -> Iterator[list[bytes]]:
    """Origins of pages that may not use this server."""
    yield from BAD_ORIGINS
    for scheme in (b"http", b"https", b"ws", b"file", b"app", b"HTTP+x"):
        for name in (*MADE_UP, *NAMES):
            for tail in (b"", b":1", b":PORT.evil.test", b":PORT/x", b":PORT "[:-1] + b"#"):
                yield [scheme + b"://" + name + tail]


async def through(server: Served, method: str, path: str, headers: list[tuple[bytes, bytes]]) -> int:
    """The status of a request that is handed to the app as it is, with nothing between that would mend it."""
    statuses: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"", "headers": headers,
        "client": ("127.0.0.1", 1),
    }  # fmt: skip
    await server.door(scope, receive, send)
    (status,) = statuses
    return status


async def test_no_route_is_reached_from_a_wrong_host_or_page(
    server: Served, ada: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S6: 200 forms and more, on every route with its method and with another, with a good key. No handler is reached."""
    port = str(server.port).encode()
    hosts = [[value.replace(b"PORT", port) for value in values] for values in bad_hosts()]
    origins = [[value.replace(b"PORT", port) for value in values] for values in bad_origins()]
    assert len({tuple(values) for values in hosts + origins}) >= LEAST_FORMS
    reached: list[str] = []
    find = Door._app_for

    def noted(door: Door, path: str) -> ASGIApp:
        reached.append(path)
        return find(door, path)

    monkeypatch.setattr(Door, "_app_for", noted)
    with_key = [(b"x-api-key", ada.api_key.encode()), (b"content-type", b"application/json")]
    own_host = [(b"host", b"127.0.0.1:" + port)]
    asked = 0
    for method, path in sorted(routes_of(server.door)):
        for other in (method, "GET" if method != "GET" else "POST"):
            for values in hosts:
                pairs = [(b"host", value) for value in values]
                assert (values, await through(server, other, path, pairs + with_key)) == (values, 421)
            for values in origins:
                pairs = own_host + [(b"origin", value) for value in values]
                assert (values, await through(server, other, path, pairs + with_key)) == (values, 403)
            asked += len(hosts) + len(origins)
    assert reached == []
    print(f"S6: {len(hosts)} hosts and {len(origins)} origins, {asked} requests, 0 handlers reached")


CONTENT_TYPES = (
    *(
        b"text/plain",
        b"text/json",
        b"application/x-www-form-urlencoded",
        b"multipart/form-data; boundary=x",
        b"application/xml",
    ),
    *(b"application/json2", b"application/jsonp", b"application", b"", b"*/*", b"application/vnd.api+json", b"text/html"),
    *(b"application/json, text/plain", b"text/plain; application/json", b"application/ json", b"application\\json"),
)
FORMS = {
    ("POST", "/api/v1/uploads"),
    ("POST", "/oauth/token"),
    *(("POST", f"/api/v1{route_of(each).path}") for each in ALL if route_of(each).form),
}
"""Routes that take forms too, or anything at all."""


async def test_json_routes_take_json_alone(server: Served, ada: Tenant) -> None:
    """S6: a page can send a form or plain text anywhere without being asked; JSON it cannot."""
    own = [(b"host", b"127.0.0.1:%d" % server.port), (b"x-api-key", ada.api_key.encode()), (b"content-length", b"2")]
    tried = 0
    for method, path in sorted(routes_of(server.door) - FORMS):
        if method not in ("POST", "PATCH", "PUT"):
            continue
        admin = any(path == f"/api/v1{route_of(each).path}" and route_of(each).effect == "admin" for each in ALL)
        for content_type in CONTENT_TYPES:
            status = await through(server, method, path, [*own, (b"content-type", content_type)])
            assert (path, content_type, status) == (path, content_type, 403 if admin else 415)
            tried += 1
        twice = [(b"content-type", b"application/json"), (b"content-type", b"text/plain")]
        assert await through(server, method, path, [*own, *twice]) == (403 if admin else 415)
    print(f"S6: {tried} requests with another content type, all refused")
