"""Links: what may be asked for, who may use them, how long, what of them is kept. Source: unipile-v1 10, security.md 5.4."""

import sqlite3
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.hosted.conftest import HOUR_MS, Place

from trunkline.gateway.caller import Caller
from trunkline.gateway.hosted import check_link
from trunkline.hub.upkeep import Upkeep
from trunkline.model.errors import NotAllowed
from trunkline.operations.accounts import ListAllAccounts
from trunkline.operations.chats import ListAllChats
from trunkline.operations.hosted import GetHostedLink
from trunkline.surfaces.door.pages import POLICY

pytestmark = pytest.mark.slow

DAY_MS = 24 * HOUR_MS


def moved(place: Place, by_ms: int) -> None:
    """The server's clock goes on."""
    clock = place.server.store.clock
    object.__setattr__(place.server.store, "clock", lambda: clock() + by_ms)


@pytest.mark.parametrize(
    ("body", "status", "kind", "words"),
    [
        ({"type": None}, 400, "missing_parameters", "type is missing"),
        ({"type": "other"}, 400, "invalid_parameters", "it must be create or reconnect"),
        ({"providers": None}, 400, "missing_parameters", "providers is missing"),
        ({"providers": []}, 400, "invalid_parameters", "providers is an empty list"),
        ({"providers": ["SIGNAL"]}, 400, "invalid_parameters", "it must be *,"),
        ({"type": "reconnect"}, 400, "missing_parameters", "reconnect_account is missing"),
        ({"type": "reconnect", "reconnect_account": "x"}, 400, "invalid_parameters", "reconnect_account: "),
        ({"expiresOn": "tomorrow"}, 400, "invalid_parameters", "expiresOn is 'tomorrow'"),
        ({"expiresOn": "2020-01-01T00:00:00.000Z"}, 400, "invalid_parameters", "which is past"),
        ({"api_url": "chat.example.org"}, 400, "invalid_parameters", "api_url is 'chat.example.org'"),
        ({"api_url": "javascript:alert(1)"}, 400, "invalid_parameters", "api_url is"),
        ({"success_redirect_url": "javascript:alert(1)"}, 400, "invalid_parameters", "success_redirect_url is"),
        ({"failure_redirect_url": "data:text/html,x"}, 400, "invalid_parameters", "failure_redirect_url is"),
        ({"success_redirect_url": "https://a/\r\nset-cookie: x"}, 400, "invalid_parameters", "success_redirect_url is"),
        ({"notify_url": "http://127.0.0.1:1/"}, 400, "invalid_parameters", "notify_url begins with http"),
        ({"notify_url": "https://127.0.0.1/"}, 400, "invalid_parameters", "notify_url is not an address of the public"),
        ({"notify_url": "https://a@hooks.example/"}, 400, "invalid_parameters", "notify_url holds a user name"),
        ({"name": ""}, 400, "invalid_parameters", "name is empty"),
        ({"disabled_options": ["x"]}, 400, "invalid_parameters", "it must be proxy,"),
        ({"providers": ["MAIL", "GOOGLE"]}, 501, "feature_not_implemented", "Mail and calendars are not served"),
        ({"providers": "*:MAILING"}, 501, "feature_not_implemented", "Mail and calendars are not served"),
        ({"proxy": {"host": "p"}}, 501, "feature_not_implemented", "a proxy is not served"),
    ],
)
async def test_a_wrong_value_is_one_clear_sentence(
    place: Place, body: dict[str, Any], status: int, kind: str, words: str
) -> None:
    answer = await place.ask(**body)
    assert answer.status_code == status
    assert answer.json()["type"] == f"errors/{kind}"
    assert words in answer.json()["detail"]


async def test_an_admin_key_makes_links_and_no_other(place: Place) -> None:
    body = {"type": "create", "expiresOn": "2030-01-01T00:00:00.000Z", "api_url": place.server.url, "providers": "*"}
    for client, status in ((place.plain, 403), (place.browser, 401)):
        assert (await client.post("/api/v1/hosted/accounts/link", json=body)).status_code == status


@pytest.mark.parametrize("ending", ["", "/", "/api/v1", "/api/v1/", "?a=1", "#x"])
async def test_the_address_begins_where_people_reach_the_server(place: Place, ending: str) -> None:
    answer = await place.ask(api_url=f"https://chat.example.org/line{ending}")
    assert answer.json()["url"].startswith("https://chat.example.org/line/hosted/")


async def test_an_address_that_this_server_does_not_answer_to_comes_with_a_hint(place: Place) -> None:
    """Its own comes without."""
    assert (await place.ask(api_url="https://chat.example.org")).json()["hint"] == (
        "This server does not answer to chat.example.org, so the link will be refused unless a proxy in front changes the host:"
        " name chat.example.org in the setting allowed_hosts and https://chat.example.org in allowed_origins."
    )
    assert set((await place.ask()).json()) == {"object", "url"}


async def test_a_link_ends_when_it_was_to_end(place: Place) -> None:
    visit = await place.visit()
    moved(place, HOUR_MS)
    page = await place.browser.get(visit.url)
    assert (page.status_code, page.headers["content-type"]) == (401, "text/html; charset=utf-8")
    assert "Expired link" in page.text
    for answer in (await place.browser.get(f"{visit.url}/state"), await visit.send("leave", {})):
        assert (answer.status_code, answer.json()["type"]) == (401, "errors/expired_link")


async def test_no_link_lasts_longer_than_thirty_days(place: Place) -> None:
    visit = await place.visit(expiresOn="2099-01-01T00:00:00.000Z")
    moved(place, 30 * DAY_MS - HOUR_MS)
    await visit.see()
    moved(place, 2 * HOUR_MS)
    assert (await place.browser.get(visit.url)).status_code == 401


async def test_what_is_no_link_is_not_found_and_guessing_is_slowed_down(place: Place) -> None:
    visit = await place.visit()
    await visit.see()
    statuses = set()
    for guess in range(40):
        statuses.add((await place.browser.get(f"/hosted/guess{guess}")).status_code)
    assert statuses == {404, 429}
    await visit.see()  # whoever has a link that held is not shut out


@pytest.mark.parametrize(
    "token", ["a" * 43, "a" * 5000, "%00", "..", "%2e%2e", "a%2Fb", "é", "a b", "'; DROP TABLE hosted_link"]
)
async def test_odd_tokens_are_no_links(place: Place, token: str) -> None:
    assert (await place.browser.get(f"/hosted/{token}")).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
async def test_a_link_takes_no_other_method(place: Place, method: str) -> None:
    visit = await place.visit()
    assert (await place.browser.request(method, visit.url)).status_code == 404
    assert (await place.browser.request(method, f"{visit.url}/begin")).status_code == 404


async def test_every_page_and_file_says_what_a_browser_must_not_do(place: Place) -> None:
    """security.md 5.4."""
    visit = await place.visit()
    page = await place.browser.get(visit.url)
    answers = [page, await place.browser.get("/hosted/none")]
    answers += [await place.browser.get(f"/hosted/static/{name}") for name in ("hosted.css", "hosted.js", "icon.svg")]
    answers += [await place.browser.get(f"/api/v1/try{name}") for name in ("", "/try.css", "/try.js")]
    for answer in answers:
        assert {name: answer.headers[name] for name in SAFE} == SAFE
        assert "set-cookie" not in answer.headers
    for source in ("unsafe-inline", "unsafe-eval", "http:", "https:", "*", "data:"):
        assert source not in POLICY
    assert "<script>" not in page.text
    assert " style=" not in page.text
    assert " on" not in page.text.replace(" on ", "").partition("<body")[0]


SAFE = {
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
    ],
)
async def test_what_another_page_sends_is_refused(place: Place, headers: dict[str, str], status: int) -> None:
    """Even of whoever knows the link: a login is begun by the person at the page."""
    visit = await place.visit()
    values = (await visit.see()).form("begin", provider="SLACK")["values"]
    body = httpx2.Request("POST", "http://x", json=values).content
    sent = {"content-type": "application/json", "sec-fetch-site": "same-origin"} | headers
    for do in ("begin", "answer", "resend", "leave"):
        answer = await place.browser.post(f"{visit.url}/{do}", content=body, headers=sent)
        assert answer.status_code == status
    assert (await visit.see()).form("begin", provider="SLACK")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'"x"', b'{"link_id": "x", "provider": "SLACK"}', b'{"values": {"a": 1}}', b'{"values": []}']
)
async def test_what_is_no_answer_is_refused_in_words(place: Place, body: bytes) -> None:
    visit = await place.visit()
    for do in ("begin", "answer"):
        answer = await place.browser.post(f"{visit.url}/{do}", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 400
        assert answer.json()["detail"]


async def test_names_of_others_are_text_on_the_page(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    connector: Any = place.server.network
    monkeypatch.setattr(type(connector), "terms", property(lambda _: "<script>alert(1)</script>\"'&"))
    visit = await place.visit()
    assert "<script>alert" not in (await place.browser.get(visit.url)).text
    assert "<script>alert(1)</script>\"'&" in (await visit.see()).text


async def test_the_token_and_what_is_typed_are_kept_nowhere(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    """security.md 5.2: kept is a keyed hash."""
    visit = await place.visit()
    await visit.choose("INSTAGRAM")
    await visit.fill_in(username="alex-of-the-test", password="hunter2-of-the-test")
    await visit.fill_in(code="123456")
    token = visit.url.rpartition("/")[2]
    await place.server.parts.gate.close()
    for path in (path for path in Path(place.server.folder).rglob("*") if path.is_file()):
        held = path.read_bytes()
        for secret in (token, "hunter2-of-the-test", "alex-of-the-test"):
            assert secret.encode() not in held, path
            assert secret not in caplog.text


async def test_every_step_is_in_the_audit(place: Place) -> None:
    visit = await place.visit()
    await visit.choose("SLACK")
    await visit.fill_in(url="https://example.org/back?code=1")
    await place.server.parts.gate.close()
    with sqlite3.connect(place.server.folder / "trunkline.db") as db:
        rows = db.execute("SELECT DISTINCT surface, operation FROM audit WHERE operation LIKE '%hosted%'").fetchall()
    db.close()
    assert {("rest", "create_hosted_link"), ("hosted", "begin_hosted_login"), ("hosted", "answer_hosted_login")} <= set(rows)


def test_a_link_allows_its_own_login_and_nothing_else() -> None:
    """The gate's own words: whoever shows a link is no admin, has no connection, and is not another link."""
    linked = Caller(principal=1, key_id=None, is_admin=False, default_pcid=None, link_id="l1")
    admin = Caller(principal=1, key_id="k", is_admin=True, default_pcid=None)
    assert check_link(linked, GetHostedLink(link_id="l1"))
    assert not check_link(admin, ListAllAccounts())
    for caller, operation in (
        (linked, GetHostedLink(link_id="l2")),
        (linked, ListAllAccounts()),
        (linked, ListAllChats()),
        (admin, GetHostedLink(link_id="l1")),
    ):
        with pytest.raises(NotAllowed):
            check_link(caller, operation)


async def test_links_that_are_over_are_forgotten(place: Place) -> None:
    await place.visit()
    upkeep = Upkeep(place.server.store, place.server.parts.hub.parts.options)
    await upkeep.once()
    assert await place.server.store.db.row("SELECT COUNT(*) FROM hosted_link") == (1,)
    moved(place, 31 * DAY_MS)
    await upkeep.once()
    assert await place.server.store.db.row("SELECT COUNT(*) FROM hosted_link") == (0,)
