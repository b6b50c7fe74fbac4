"""The Graph client: what is certain and what is not, its pace, and where its token goes."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest

from trunkline.model.errors import NetworkFailed, NotFound, NotReached, Throttled
from trunkline.networks._graph.client import ANSWER_MOST_BYTES, GraphClient, Lines, Product
from trunkline.networks._graph.pace import FIRST_MS, LONGEST_MS
from trunkline.networks._graph.refusals import Refused

Answer = Callable[[httpx2.Request], httpx2.Response]


class Bench:
    """A client whose calls are answered here, and a clock that can be moved."""

    def __init__(self, answer: Answer) -> None:
        self.now = 1_000_000
        self.asked: list[httpx2.Request] = []

        def handle(request: httpx2.Request) -> httpx2.Response:
            self.asked.append(request)
            return answer(request)

        lines = Lines(lambda: httpx2.AsyncClient(transport=httpx2.MockTransport(handle)))
        self.lines = lines
        self.client = GraphClient("https://graph.example/v25.0", "EAAtoken", Product("Acme"), lambda: self.now, lines)


def refusing(**more: Any) -> Answer:
    """Answers that the app has called too often."""
    return lambda _: httpx2.Response(400, json={"error": {"code": 4}}, **more)


async def test_a_call_carries_the_token_in_a_header_and_gives_the_answer() -> None:
    """Never in the address, which proxies and logs keep."""
    bench = Bench(lambda _: httpx2.Response(200, json={"id": "1"}))
    assert await bench.client.post("1/messages", {"text": "x"}) == {"id": "1"}
    (request,) = bench.asked
    assert (request.method, str(request.url)) == ("POST", "https://graph.example/v25.0/1/messages")
    assert request.headers["authorization"] == "Bearer EAAtoken"
    assert json.loads(request.content) == {"text": "x"}
    await bench.lines.close()


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (httpx2.ConnectError("x"), NotReached),
        (httpx2.ConnectTimeout("x"), NotReached),
        (httpx2.PoolTimeout("x"), NotReached),
        (httpx2.ReadError("x"), NetworkFailed),
        (httpx2.ReadTimeout("x"), NetworkFailed),
        (httpx2.RemoteProtocolError("x"), NetworkFailed),
        (httpx2.WriteError("x"), NetworkFailed),
    ],
)
async def test_what_never_left_is_told_apart_from_what_nobody_knows(raised: Exception, kind: type[Exception]) -> None:
    """contract/session.py: NotReached means that nothing was sent."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        raise raised

    bench = Bench(answer)
    with pytest.raises(kind) as met:
        await bench.client.post("1/messages", {})
    assert type(met.value) is kind
    assert len(bench.asked) == 1
    await bench.lines.close()


async def test_an_upload_that_breaks_off_is_certain() -> None:
    """Nobody sees a file before it is sent."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadError("x")

    bench = Bench(answer)
    with pytest.raises(NotReached):
        await bench.client.upload("1/media", {"type": "image/png"}, ("a.png", b"x", "image/png"))
    await bench.lines.close()


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"[" * 100_000, b"x" * (ANSWER_MOST_BYTES + 1)])
async def test_an_answer_that_is_none_leaves_the_outcome_open(body: bytes) -> None:
    """A proxy's page, garbage, or more than anybody would send."""
    bench = Bench(lambda _: httpx2.Response(200, content=body))
    with pytest.raises(NetworkFailed):
        await bench.client.post("1/messages", {})
    await bench.lines.close()


async def test_a_redirect_is_not_followed() -> None:
    """A token goes to the host it was meant for or nowhere."""
    bench = Bench(lambda _: httpx2.Response(302, headers={"location": "https://evil.example/"}))
    with pytest.raises(NetworkFailed):
        await bench.client.get("1")
    with pytest.raises(NotFound):
        await whole(bench.client.download("https://lookaside.fbsbx.com/a"))
    assert {request.url.host for request in bench.asked} == {"graph.example", "lookaside.fbsbx.com"}
    await bench.lines.close()


@pytest.mark.parametrize(
    ("headers", "wait_ms"),
    [
        ({"retry-after": "7"}, 7_000),
        ({"x-business-use-case-usage": '{"1":[{"type":"messages","estimated_time_to_regain_access":3}]}'}, 180_000),
        ({"x-business-use-case-usage": '{"1":[{"estimated_time_to_regain_access":0}]}'}, FIRST_MS),
        ({"x-business-use-case-usage": "nonsense", "retry-after": "Tue, 24 Nov 2026"}, FIRST_MS),
        ({}, FIRST_MS),
    ],
)
async def test_what_meta_says_of_waiting_is_kept_to(headers: dict[str, str], wait_ms: int) -> None:
    """developers.facebook.com, rate limiting: until then nothing is asked at all."""
    bench = Bench(refusing(headers=headers))
    with pytest.raises(Throttled) as met:
        await bench.client.get("1")
    assert met.value.retry_after_ms == wait_ms
    bench.now += wait_ms - 1
    with pytest.raises(Throttled) as met:
        await bench.client.get("1")
    assert (met.value.retry_after_ms, len(bench.asked)) == (1, 1)
    bench.now += 1
    with pytest.raises(Throttled):
        await bench.client.get("1")
    assert len(bench.asked) == 2
    await bench.lines.close()


async def test_where_meta_says_nothing_each_wait_is_longer_until_a_call_is_taken() -> None:
    """Backoff, with an end."""
    is_open = False
    bench = Bench(lambda request: httpx2.Response(200, json={}) if is_open else refusing()(request))
    waits = []
    for _ in range(8):
        with pytest.raises(Throttled) as met:
            await bench.client.get("1")
        waits.append(met.value.retry_after_ms or 0)
        bench.now += waits[-1]
    assert waits == sorted(waits)
    assert (waits[0], waits[1], waits[-1]) == (FIRST_MS, 2 * FIRST_MS, LONGEST_MS)
    is_open = True
    await bench.client.get("1")
    is_open = False
    with pytest.raises(Throttled) as met:
        await bench.client.get("1")
    assert met.value.retry_after_ms == FIRST_MS
    await bench.lines.close()


async def test_a_refusal_is_certain_and_closes_nothing() -> None:
    """The next call is made."""
    bench = Bench(lambda _: httpx2.Response(400, json={"error": {"code": 100, "message": "no"}}))
    for _ in range(2):
        with pytest.raises(Refused, match="error 100"):
            await bench.client.get("1")
    assert len(bench.asked) == 2
    await bench.lines.close()


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/a",
        "http://lookaside.fbsbx.com/a",
        "https://fbsbx.com.evil.example/a",
        "file:///etc/passwd",
        "",
        "//fbsbx.com",
    ],
)
async def test_a_file_elsewhere_is_asked_of_nobody(url: str) -> None:
    """The token goes to Meta's own hosts only."""
    bench = Bench(lambda _: httpx2.Response(200, content=b"x"))
    with pytest.raises(NotFound):
        await whole(bench.client.download(url))
    assert bench.asked == []
    await bench.lines.close()


async def whole(chunks: AsyncIterator[bytes]) -> bytes:
    """All bytes."""
    return b"".join([chunk async for chunk in chunks])
