"""A server that cannot be asked: each way has a sentence of its own, at real sockets."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx2
import pytest
from tests.conftest import Clock

from trunkline.model.errors import NetworkFailed, NotFound, NotReached, OutcomeUnknown, TrunklineError
from trunkline.operations.administration import AddUnipileConnection, CheckConnection
from trunkline.operations.chats import SendMessageInChat
from trunkline.operations.wire import Request
from trunkline.unipile.http import RemoteHttp, Unclear
from trunkline.unipile.remote import Remote

from .certificate import self_signed
from .conftest import World
from .fake_unipile import KEY

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
WAIT_MS = 400
HTML_502 = (
    b"HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: 24\r\n\r\n"
    b"<html>Bad Gateway</html>"
)


@asynccontextmanager
async def listening(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port where connections are served."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


async def trouble(
    url: str, clock: Clock, method: str = "GET", new_client: Callable[[], httpx2.AsyncClient] | None = None
) -> Exception:
    """What one try ends with."""

    async def no_pause(seconds: float) -> None:
        clock.now += 60_000  # no time is left for another

    http = RemoteHttp(clock, new_client, sleep=no_pause)
    try:
        with anyio.fail_after(5):
            await http.ask(
                Remote(url, KEY),
                Request(method=method, path="/accounts"),
                deadline_ms=clock() + WAIT_MS,
                missing=NotFound("nothing"),
            )
    except (TrunklineError, Unclear) as error:
        return error
    finally:
        await http.close()
    raise AssertionError("it was answered")


async def answer_502(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(HTML_502)
    await writer.drain()
    await until_gone(reader, writer)  # what is left of the request: an end before it is a reset


async def end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def speak_no_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(5)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await writer.drain()
    writer.close()


class Stuck(httpx2.AsyncBaseTransport):
    """Tells how far it has come, as httpcore does, and comes no farther; no limit of its own ends it."""

    def __init__(self, event: str):
        self._event = event

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Never answers."""
        await request.extensions["trace"](self._event, {})
        await anyio.sleep_forever()
        raise AssertionError


async def until_gone(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take everything, say nothing."""
    try:
        while await reader.read(65_536):
            pass
    finally:
        writer.close()


async def test_a_name_that_nobody_knows(clock: Clock) -> None:
    """RFC 2606: nothing is ever at .invalid."""
    error = await trouble("https://api1.invalid:13111", clock)
    assert str(error) == (
        "The name of the Unipile server cannot be resolved (DNS): the DSN is mistyped, or this machine's name service is out of"
        " reach. Nothing was done; try again later."
    )
    assert isinstance(error, NotReached)


async def test_a_port_where_nothing_listens(clock: Clock) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = await trouble(f"http://127.0.0.1:{taken.getsockname()[1]}", clock)
    assert str(error) == (
        "The Unipile server refuses the connection: nothing listens at the DSN's port. Nothing was done; try again later."
    )
    assert isinstance(error, NotReached)


async def test_a_certificate_that_nobody_vouches_for(clock: Clock, tmp_path: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*self_signed(tmp_path))
    async with listening(until_gone, tls) as port:
        error = await trouble(f"https://127.0.0.1:{port}", clock)
    assert str(error) == (
        "The certificate of the Unipile server is not trusted (TLS: self-signed certificate); something may be in between."
        " Nothing was done; try again later."
    )
    assert isinstance(error, NotReached)


async def test_a_port_that_speaks_no_https(clock: Clock) -> None:
    async with listening(speak_no_tls) as port:
        error = await trouble(f"https://127.0.0.1:{port}", clock)
    assert str(error) == (
        "The Unipile server could not agree on encryption (TLS): what listens at the DSN's port may speak no https."
        " Nothing was done; try again later."
    )
    assert isinstance(error, NotReached)


async def test_a_handshake_that_never_ends(clock: Clock) -> None:
    """The time runs out in the middle of TLS; that is a timeout."""
    async with listening(until_gone) as port:
        error = await trouble(f"https://127.0.0.1:{port}", clock)
    assert str(error) == (
        "The Unipile server could not be connected to in time (timeout): a firewall or a wrong DSN may be the cause."
        " Nothing was done; try again later."
    )
    assert isinstance(error, NotReached)


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("connection.connect_tcp.started", NotReached),
        ("connection.start_tls.started", NotReached),
        ("http11.send_request_headers.started", Unclear),
    ],
)
async def test_a_write_whose_whole_time_is_up_was_not_done_for_certain_only_before_it_left(
    clock: Clock, event: str, kind: type[Exception]
) -> None:
    """A busy machine can let that time end first, before the connection's own."""
    error = await trouble("http://unipile", clock, "POST", lambda: httpx2.AsyncClient(transport=Stuck(event)))
    assert type(error) is kind


@pytest.mark.parametrize(
    ("method", "told", "kind"), [("GET", " Nothing was changed; try again later.", NetworkFailed), ("POST", "", Unclear)]
)
async def test_a_server_that_takes_the_request_and_is_silent(
    clock: Clock, method: str, told: str, kind: type[Exception]
) -> None:
    async with listening(until_gone) as port:
        error = await trouble(f"http://127.0.0.1:{port}", clock, method)
    assert str(error) == f"The Unipile server took the request and gave no answer in time (timeout).{told}"
    assert isinstance(error, kind)


@pytest.mark.parametrize(
    ("method", "told", "kind"), [("GET", " Nothing was changed; try again later.", NetworkFailed), ("POST", "", Unclear)]
)
async def test_a_connection_that_breaks_off(clock: Clock, method: str, told: str, kind: type[Exception]) -> None:
    async with listening(end) as port:
        error = await trouble(f"http://127.0.0.1:{port}", clock, method)
    assert str(error) == f"The connection to the Unipile server broke off before its answer was whole.{told}"
    assert isinstance(error, kind)


@pytest.mark.parametrize(("method", "told", "kind"), [("GET", " Try again later.", NetworkFailed), ("POST", "", Unclear)])
async def test_a_proxy_in_front_that_answers_502_with_a_page(
    clock: Clock, method: str, told: str, kind: type[Exception]
) -> None:
    async with listening(answer_502) as port:
        error = await trouble(f"http://127.0.0.1:{port}", clock, method)
    assert str(error) == f"Something in front of the Unipile server, such as a proxy, answered 502 in its place.{told}"
    assert isinstance(error, kind)


async def test_making_and_checking_a_connection_and_its_calls_say_it(world: World) -> None:
    """What `connection add-unipile`, `doctor` and a lost send tell."""
    sentence = "Something in front of the Unipile server, such as a proxy, answered 502 in its place."
    await world.remote.stop()
    world.pauses.held = True
    server = await asyncio.start_server(answer_502, "127.0.0.1", world.remote.port)
    async with server:
        with pytest.raises(NetworkFailed, match=sentence):
            await world.ask(AddUnipileConnection(name="more", dsn=world.remote.url, api_key=KEY))
        assert (await world.ask(CheckConnection(pcid=world.pcid)))["detail"] == f"{sentence} Try again later."
        with pytest.raises(OutcomeUnknown, match=sentence):
            await world.ask(SendMessageInChat(chat_id="chat-wa", text="hello"))
