"""Posting out: what a receiver gets, what of its answer is kept, how connections are used again. Source: security.md 5.5."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest
import uvloop
from tests.outgoing.conftest import CEILING_S, OK, Certificates, Names, Receiver, receiving

from trunkline.hub.outgoing import way_out
from trunkline.hub.outgoing.failures import Refused, Unreachable
from trunkline.hub.outgoing.targets import Rules
from trunkline.hub.outgoing.way_out import USER_AGENT, Answered, Outgoing
from trunkline.hub.outgoing.wire import ANSWER_MOST_BYTES

BODY = b'{"a": 1}'
NOW = 1_790_000_000_000


def clock() -> int:
    return NOW


@asynccontextmanager
async def out_to(*receivers: Receiver, host: str = "127.0.0.1") -> AsyncIterator[Outgoing]:
    outgoing = Outgoing(Rules(frozenset((host, receiver.port) for receiver in receivers)), clock)
    try:
        yield outgoing
    finally:
        await outgoing.close()


async def post(outgoing: Outgoing, receiver: Receiver, path: str = "/hook?x=1", **more: int) -> Answered:
    with anyio.fail_after(CEILING_S):
        return await outgoing.post(
            f"http://127.0.0.1:{receiver.port}{path}",
            [("content-type", "application/json"), ("Unipile-Auth", "s")],
            BODY,
            timeout_ms=more.get("timeout_ms", 4_000),
        )


async def test_a_receiver_gets_exactly_the_body_and_the_headers_that_were_given() -> None:
    async with receiving() as receiver, out_to(receiver) as outgoing:
        assert await post(outgoing, receiver) == Answered(200, None)
        assert receiver.requests == [
            b"POST /hook?x=1 HTTP/1.1\r\nhost: 127.0.0.1:%d\r\ncontent-length: 8\r\nuser-agent: %b\r\naccept-encoding: identity"
            b"\r\ncontent-type: application/json\r\nUnipile-Auth: s\r\n\r\n%b" % (receiver.port, USER_AGENT.encode(), BODY)
        ]


async def test_a_connection_is_used_again() -> None:
    async with receiving() as receiver, out_to(receiver) as outgoing:
        for _ in range(5):
            await post(outgoing, receiver)
        assert (len(receiver.requests), receiver.connections) == (5, 1)


async def test_a_connection_that_was_closed_while_it_waited_costs_no_post() -> None:
    """Ours: servers close waiting connections when they like; the request goes out again on a fresh one."""
    async with receiving(OK, None, OK) as receiver, out_to(receiver) as outgoing:
        await post(outgoing, receiver)
        assert await post(outgoing, receiver) == Answered(200, None)
        assert (len(receiver.requests), receiver.connections) == (3, 2)


async def test_a_connection_that_breaks_in_the_middle_of_an_answer_is_told_and_nothing_is_sent_twice() -> None:
    async with receiving(OK, b"HTTP/1.1 2") as receiver, out_to(receiver) as outgoing:
        await post(outgoing, receiver)
        receiver.arrived.clear()

        async def break_off() -> None:
            await receiver.arrived.wait()
            await receiver.writers[0].drain()
            receiver.writers[0].close()

        async with anyio.create_task_group() as group:
            group.start_soon(break_off)
            with pytest.raises(Unreachable, match=r"^The connection ended before an answer came\.$"):
                await post(outgoing, receiver)
        assert len(receiver.requests) == 2


@pytest.mark.parametrize("status", [201, 204, 301, 302, 307, 308, 400, 410, 429, 500, 503])
async def test_every_status_is_an_answer_and_no_redirect_is_followed(status: int) -> None:
    """security.md 5.5: webhooks follow no redirect."""
    async with receiving() as inside, receiving() as receiver, out_to(receiver, inside) as outgoing:
        answer = f"HTTP/1.1 {status} X\r\nlocation: http://127.0.0.1:{inside.port}/\r\ncontent-length: 0\r\n\r\n"
        receiver.answers[:] = [answer.encode()]
        assert (await post(outgoing, receiver)).status == status
        assert inside.connections == 0


@pytest.mark.parametrize(
    ("word", "milliseconds"),
    [
        ("7", 7_000),
        ("999999999", 86_400_000),
        ("Mon, 21 Sep 2026 14:13:30 GMT", 10_000),
        ("Mon, 21 Sep 2020 00:00:00 GMT", 0),
        ("soon", None),
        ("-3", None),
        ("", None),
    ],
)
async def test_the_word_on_when_to_come_back_is_read(word: str, milliseconds: int | None) -> None:
    """RFC 9110 10.2.3: seconds or a date. Not longer than a day, whatever it says."""
    answer = f"HTTP/1.1 429 X\r\nretry-after: {word}\r\ncontent-length: 0\r\n\r\n".encode()
    async with receiving(answer) as receiver, out_to(receiver) as outgoing:
        assert await post(outgoing, receiver) == Answered(429, milliseconds)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\n" + b"x" * (ANSWER_MOST_BYTES + 1),
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
        b"10000\r\n" + b"x" * 65536 + b"\r\n" + b"FFFFF\r\n" + b"x" * 400_000,
    ],
    ids=["length", "chunked"],
)
async def test_an_endless_answer_is_cut_and_its_status_counts(answer: bytes) -> None:
    async with receiving(answer, OK) as receiver, out_to(receiver) as outgoing:
        assert await post(outgoing, receiver) == Answered(200, None)
        assert await post(outgoing, receiver) == Answered(200, None)
        assert receiver.connections == 2


async def test_an_answer_that_ends_with_its_connection_counts() -> None:
    """RFC 9112 6.3: without a length, the end of the connection is the end of the body."""
    async with receiving(b"HTTP/1.1 200 OK\r\n\r\nok") as receiver, out_to(receiver) as outgoing:

        async def close_after() -> None:
            await receiver.arrived.wait()
            await receiver.writers[0].drain()
            receiver.writers[0].close()

        async with anyio.create_task_group() as group:
            group.start_soon(close_after)
            assert await post(outgoing, receiver) == Answered(200, None)


async def test_a_word_in_between_is_not_the_answer() -> None:
    """RFC 9110 15.2: 1xx may come before the answer."""
    answer = b"HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\nHTTP/1.1 202 OK\r\ncontent-length: 0\r\n\r\n"
    async with receiving(answer) as receiver, out_to(receiver) as outgoing:
        assert await post(outgoing, receiver) == Answered(202, None)
        assert await post(outgoing, receiver) == Answered(202, None)


@pytest.mark.parametrize(
    "answer",
    [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 101 X\r\nupgrade: y\r\nconnection: upgrade\r\n\r\n", b"HTTP/9 1 2 3\r\n\r\n"],
    ids=["another protocol", "switching", "garbage"],
)
async def test_what_is_no_answer_is_told_as_none(answer: bytes) -> None:
    async with receiving(answer) as receiver, out_to(receiver) as outgoing:
        with pytest.raises(Unreachable) as told:
            await post(outgoing, receiver)
        assert told.value.text == "What answers there speaks no HTTP that can be used."


async def test_a_second_answer_that_nobody_asked_for_is_never_taken_for_the_next_one() -> None:
    """Ours: whoever answers twice could otherwise answer for a request that it has not read."""
    async with receiving(OK + b"HTTP/1.1 299 Mine\r\ncontent-length: 0\r\n\r\n", OK) as receiver, out_to(receiver) as outgoing:
        assert await post(outgoing, receiver) == Answered(200, None)
        assert await post(outgoing, receiver) == Answered(200, None)


async def test_a_receiver_that_stays_silent_is_left_in_time() -> None:
    async with receiving(b"") as receiver, out_to(receiver) as outgoing:
        with pytest.raises(Unreachable, match=r"^No answer came within 0\.05 seconds\.$"):
            await post(outgoing, receiver, timeout_ms=50)
        receiver.answers[:] = [OK]
        assert await post(outgoing, receiver) == Answered(200, None)
        assert receiver.connections == 2


async def test_where_nobody_listens_nothing_is_reached(free_port: int) -> None:
    outgoing = Outgoing(Rules(frozenset({("127.0.0.1", free_port)})), clock)
    with pytest.raises(Unreachable, match=r"^No connection could be made\.$"):
        await outgoing.post(f"http://127.0.0.1:{free_port}/", [], BODY, timeout_ms=4_000)
    await outgoing.close()


async def test_a_name_that_nobody_knows_is_told_without_its_address() -> None:
    outgoing = Outgoing(Rules(), clock)
    with pytest.raises(Unreachable) as told:
        await outgoing.post("https://nobody.invalid/secret", [], BODY, timeout_ms=4_000)
    assert told.value.text == "The name could not be looked up."
    await outgoing.close()


async def test_the_environment_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """security.md 5.5: `trust_env=False`. A proxy of the environment would go where the rule cannot see."""
    async with receiving() as proxy, receiving() as receiver, out_to(receiver) as outgoing:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        await post(outgoing, receiver)
        assert (proxy.connections, receiver.connections) == (0, 1)


async def test_certificate_and_host_are_those_of_the_name_and_the_address_is_the_one_looked_up(
    certificates: Certificates,
) -> None:
    """security.md 5.5: SNI, Host and certificate keep the name."""
    async with receiving(tls=certificates.server()) as receiver:
        names = Names()
        names.say("hooks.example", ["127.0.0.1"])
        rules = Rules(frozenset({("hooks.example", receiver.port)}))
        outgoing = Outgoing(rules, clock, trusted=certificates.trusted, look_up=names)
        with anyio.fail_after(CEILING_S):
            for _ in range(2):
                assert (
                    await outgoing.post(f"https://Hooks.Example.:{receiver.port}", [], BODY, timeout_ms=4_000)
                ).status == 200
        assert (receiver.names, names.asked) == (["hooks.example"], [("hooks.example", receiver.port)])
        assert receiver.requests[0].startswith(b"POST / HTTP/1.1\r\nhost: hooks.example:%d\r\n" % receiver.port)
        await outgoing.close()


@pytest.mark.parametrize("host", ["other.example", "127.0.0.2"])
async def test_a_certificate_of_another_name_is_refused(host: str, certificates: Certificates) -> None:
    async with receiving(tls=certificates.server(), host="0.0.0.0") as receiver:
        names = Names()
        names.say(host, ["127.0.0.1"])
        outgoing = Outgoing(Rules(frozenset({(host, receiver.port)})), clock, trusted=certificates.trusted, look_up=names)
        with anyio.fail_after(CEILING_S), pytest.raises(Unreachable, match="certificate"):
            await outgoing.post(f"https://{host}:{receiver.port}/", [], BODY, timeout_ms=4_000)
        assert receiver.requests == []
        await outgoing.close()


async def test_a_certificate_that_the_machine_does_not_trust_is_refused(certificates: Certificates) -> None:
    async with receiving(tls=certificates.server()) as receiver, out_to(receiver) as outgoing:
        with anyio.fail_after(CEILING_S), pytest.raises(Unreachable, match="certificate"):
            await outgoing.post(f"https://127.0.0.1:{receiver.port}/", [], BODY, timeout_ms=4_000)
        assert receiver.requests == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Host", "inside"),
        ("content-length", "0"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "close"),
        ("a b", "c"),
        ("", "c"),
        ("x", "a\r\nhost: inside"),
        ("x", "a\nb"),
        ("x", "a\x00"),
        ("x", "é"),
        ("x" * 200, "a"),
        ("x", "a" * 5000),
    ],
)
async def test_no_given_header_speaks_for_the_connection(name: str, value: str) -> None:
    async with receiving() as receiver, out_to(receiver) as outgoing:
        with pytest.raises(Refused) as told:
            await outgoing.post(f"http://127.0.0.1:{receiver.port}/", [(name, value)], BODY, timeout_ms=4_000)
        assert "inside" not in told.value.text
        assert receiver.connections == 0


async def test_whoever_posts_nothing_holds_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """security.md 5.5: idle, there is no connection at all."""
    monkeypatch.setattr(way_out, "IDLE_S", 0.0)
    async with receiving() as receiver, out_to(receiver) as outgoing:
        await post(outgoing, receiver)
        with anyio.fail_after(CEILING_S):
            await receiver.writers[0].wait_closed()


async def test_a_connection_does_not_last_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: a name that moves is followed, though not at once."""
    monkeypatch.setattr(way_out, "LASTS_S", 0.0)
    async with receiving() as receiver, out_to(receiver) as outgoing:
        for _ in range(2):
            await post(outgoing, receiver)
        assert receiver.connections == 2


async def test_only_so_many_connections_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(way_out, "IDLE_MOST", 1)
    async with receiving() as one, receiving() as other, out_to(one, other) as outgoing:
        for _ in range(2):
            await post(outgoing, one)
            await post(outgoing, other)
        assert (one.connections, other.connections) == (2, 2)


def test_it_runs_on_the_servers_own_loop() -> None:
    """Ours: the server runs on uvloop, whose transports are not asyncio's."""

    async def run() -> None:
        async with receiving(OK, None, OK) as receiver, out_to(receiver) as outgoing:
            for _ in range(2):
                assert await post(outgoing, receiver) == Answered(200, None)
            assert receiver.connections == 2

    uvloop.run(run())
