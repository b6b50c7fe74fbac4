"""What networks send here without a key: posts and browsers, handed to their road as they came."""

from collections.abc import Mapping

import httpx2
import pytest

from trunkline.surfaces.door.body import BodyTooLarge
from trunkline.surfaces.door.errors import NoRoute, WrongMethod, error_answer
from trunkline.surfaces.door.provider import MAX_BYTES, OAuthReturns, ProviderPosts

Taken = list[tuple[Mapping[str, str], bytes]]


def posting(taken: Taken) -> httpx2.AsyncClient:
    """A client of a door with one road, which takes everything."""

    async def take(headers: Mapping[str, str], body: bytes) -> tuple[int, str, bytes]:
        taken.append((headers, body))
        return 202, "text/plain", b"taken"

    app = ProviderPosts({"acme": take})
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1")


async def test_a_post_reaches_its_road_byte_for_byte_with_its_headers() -> None:
    """security.md 6.6: the signature is over the raw body."""
    taken: Taken = []
    async with posting(taken) as http:
        answer = await http.post("/provider/acme/events", content=b'{ "a":1}\n', headers={"X-Proof": "v0=1"})
    ((headers, body),) = taken
    assert (answer.status_code, answer.text, body, headers["x-proof"]) == (202, "taken", b'{ "a":1}\n', "v0=1")


async def test_a_header_that_is_sent_twice_proves_nothing() -> None:
    """Two signatures: neither is believed."""
    taken: Taken = []
    async with posting(taken) as http:
        await http.post("/provider/acme/events", content=b"", headers=[("x-proof", "v0=1"), ("x-proof", "v0=2")])
    ((headers, _),) = taken
    assert "x-proof" not in headers


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/provider/other/events"),
        ("POST", "/provider/acme"),
        ("POST", "/provider/events"),
    ],
)
async def test_other_roads_methods_and_paths_are_not_there(method: str, path: str) -> None:
    """Nothing else answers without a key."""
    taken: Taken = []
    async with posting(taken) as http:
        with pytest.raises(NoRoute):
            await http.request(method, path)
    assert taken == []


async def test_what_is_not_posted_to_a_road_is_told_that_it_must_be() -> None:
    """RFC 9110, 15.5.6: 405 names what is allowed. Seen to fail: 404, as if the address were mistyped."""
    taken: Taken = []
    async with posting(taken) as http:
        with pytest.raises(WrongMethod) as refused:
            await http.get("/provider/acme/events")
    answer = error_answer(refused.value, "/provider/acme/events")
    assert (answer.status, dict(answer.headers)[b"allow"], taken) == (405, b"POST", [])


async def test_a_post_that_is_too_large_is_not_read() -> None:
    """Anybody can post."""
    taken: Taken = []
    async with posting(taken) as http:
        with pytest.raises(BodyTooLarge):
            await http.post("/provider/acme/events", content=b"x" * (MAX_BYTES + 1))
    assert taken == []


async def test_a_browser_that_comes_back_reads_one_sentence() -> None:
    """design.md 11: OAuth returns; no address is passed on from there."""

    async def take(query: Mapping[str, str]) -> str:
        return f"<b>{query['state']}</b>"

    app = OAuthReturns({"acme": take})
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1") as browser:
        answer = await browser.get("/oauth/return/acme?state=abc&code=1")
        with pytest.raises(NoRoute):
            await browser.get("/oauth/return/other?state=abc")
        with pytest.raises(NoRoute):
            await browser.post("/oauth/return/acme")
    assert (answer.text, answer.headers["content-type"]) == ("<b>abc</b>", "text/plain; charset=utf-8")
    assert (answer.headers["referrer-policy"], answer.headers["x-content-type-options"]) == ("no-referrer", "nosniff")


async def test_a_challenge_reaches_the_road_that_answers_such() -> None:
    """Meta proves a callback address by GET before it posts there."""
    asked: list[Mapping[str, str]] = []

    async def answer(query: Mapping[str, str]) -> tuple[int, str, bytes]:
        asked.append(query)
        return 200, "text/plain", query["hub.challenge"].encode()

    app = ProviderPosts({}, {"acme": answer})
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1") as http:
        said = await http.get("/provider/acme/events", params={"hub.mode": "subscribe", "hub.challenge": "<1158201444>"})
        with pytest.raises(NoRoute):
            await http.get("/provider/other/events")
        with pytest.raises(NoRoute):
            await http.get("/provider/acme")
    assert (said.status_code, said.text, said.headers["content-type"]) == (200, "<1158201444>", "text/plain")
    assert asked == [{"hub.mode": "subscribe", "hub.challenge": "<1158201444>"}]
