"""Connecting on the page of a link: all seven networks, each with its own kind of checkpoint. Source: unipile-v1 10."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest
from tests.hosted.conftest import CEILING_S, Place, Seen, Visit

from trunkline.contract.connector import LoginWay
from trunkline.hub.hosted.ways import ways_of
from trunkline.model.networks import AccountType

pytestmark = pytest.mark.slow

DONE = "Your account is connected"


async def whatsapp(place: Place, visit: Visit) -> Seen:
    seen = await visit.choose("WHATSAPP", "whatsapp-qr")
    assert "svg" in seen.tags
    await place.server.control("scan", account_type="WHATSAPP")
    return await visit.until(DONE)


async def telegram(place: Place, visit: Visit) -> Seen:
    seen = await visit.choose("TELEGRAM", "telegram-qr")
    assert "svg" in seen.tags
    await place.server.control("scan", account_type="TELEGRAM")
    await visit.until("second password")
    return await visit.fill_in(password="right")


async def linkedin(place: Place, visit: Visit) -> Seen:
    await visit.choose("LINKEDIN")
    await visit.fill_in(username="alex", password="right")
    return await visit.fill_in(code="123456")


async def instagram(place: Place, visit: Visit) -> Seen:
    await visit.choose("INSTAGRAM")
    await visit.fill_in(username="alex", password="right")
    return await visit.fill_in(code="123456")


async def messenger(place: Place, visit: Visit) -> Seen:
    await visit.choose("MESSENGER")
    seen = await visit.fill_in(username="alex", password="right")
    assert seen.marks["data-waits"] == "yes"
    await place.server.control("confirm", account_type="MESSENGER")
    return await visit.until(DONE)


async def slack(place: Place, visit: Visit) -> Seen:
    seen = await visit.choose("SLACK")
    assert seen.links[0].startswith("https://slack.com/oauth/v2/authorize?")
    return await visit.fill_in(url="https://example.org/back?code=1")


PLAYED: dict[str, Callable[[Place, Visit], Awaitable[Seen]]] = {
    "WHATSAPP": whatsapp,
    "TELEGRAM": telegram,
    "LINKEDIN": linkedin,
    "INSTAGRAM": instagram,
    "MESSENGER": messenger,
    "SLACK": slack,
}


@pytest.mark.parametrize("network", PLAYED)
async def test_each_network_is_connected_by_its_own_steps(place: Place, network: str) -> None:
    visit = await place.visit(name="user-7", notify_url=place.notify_url)
    seen = await PLAYED[network](place, visit)
    assert DONE in seen.text
    assert await place.accounts() == [network]
    with anyio.fail_after(CEILING_S):
        await place.told.arrived.wait()
    head, _, body = place.told.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /done?secret=1 HTTP/1.1\r\n")
    assert b"content-type: application/json" in head
    account = await place.account_id(network)
    assert json.loads(body) == {"status": "CREATION_SUCCESS", "account_id": account, "name": "user-7"}


async def test_twitters_captcha_ends_in_words_and_another_way_can_be_chosen(place: Place) -> None:
    visit = await place.visit()
    await visit.choose("TWITTER")
    form = (await visit.see()).form("answer")
    await visit.send("answer", {"values": dict.fromkeys(form["fields"], "alex")})
    seen = await visit.see()
    assert "captcha" in seen.text
    assert (await visit.send("answer", {"values": {}})).status_code == 401
    seen = await visit.see()
    assert seen.alert is not None
    assert "captcha" in seen.alert
    assert seen.form("begin", provider="TWITTER")
    assert await place.accounts() == []


async def test_linkedins_contract_is_chosen_from_a_list(place: Place) -> None:
    visit = await place.visit(providers=["LINKEDIN"])
    names = [each["values"]["way"] for each in (await visit.see()).forms if each["do"] == "begin"]
    recruiter = next(name for name in names if "recruiter" in name or "contract" in name)
    seen = await visit.choose("LINKEDIN", recruiter)
    while not seen.form("answer")["options"]:
        fields = seen.form("answer")["fields"]
        seen = await visit.fill_in(**{name: "123456" if name == "code" else "alex" for name in fields})
    assert seen.form("answer")["options"] == ["contract-1", "contract-2"]
    assert DONE in (await visit.fill_in(choice="contract-2")).text


async def test_a_wrong_code_is_told_and_asked_again(place: Place) -> None:
    visit = await place.visit()
    await visit.choose("INSTAGRAM")
    seen = await visit.fill_in(username="alex", password="wrong")
    assert seen.alert == "The password is wrong. Try again."
    await visit.fill_in(username="alex", password="right")
    seen = await visit.fill_in(code="000000")
    assert seen.alert == "The code is wrong. Try again."
    assert DONE in (await visit.fill_in(code="123456")).text


async def test_a_qr_code_that_is_renewed_is_drawn_anew(place: Place) -> None:
    visit = await place.visit()
    first = await visit.choose("WHATSAPP", "whatsapp-qr")
    await place.server.control("clock", by="25s")
    with anyio.fail_after(CEILING_S):
        seen = await visit.see()
        while seen.marks["data-version"] == first.marks["data-version"]:
            seen = await visit.see()
    assert seen.marks["data-waits"] == "yes"


async def test_a_login_that_was_lost_is_begun_again_on_the_page(place: Place) -> None:
    """Ours: a person at the page knows no account_id, and can go on by themselves."""
    visit = await place.visit()
    await visit.choose("LINKEDIN")
    place.server.parts.hub.logins.attempts.clear()  # as a restart leaves it
    answer = await place.browser.post(f"{visit.url}/answer", json={"values": {"username": "alex", "password": "right"}})
    assert (answer.status_code, answer.json()["state"]) == (200, "choose")
    assert "The login was interrupted. Begin it again." in (await place.browser.get(visit.url)).text
    await linkedin(place, visit)


async def test_another_way_can_be_chosen_at_any_step(place: Place) -> None:
    visit = await place.visit()
    await visit.choose("INSTAGRAM")
    assert (await visit.send("leave", {})).status_code == 200
    assert (await visit.see()).form("begin", provider="SLACK")
    await visit.choose("SLACK")
    assert DONE in (await visit.fill_in(url="https://example.org/back?code=1")).text


async def test_an_account_is_logged_in_again(place: Place) -> None:
    account = await place.server.log_in("SLACK", 1, 1)
    visit = await place.visit(
        type="reconnect", providers=None, reconnect_account=account, notify_url=place.notify_url, name="user-7"
    )
    seen = await visit.see()
    assert "Connect your account again" in seen.text
    assert {each["values"]["provider"] for each in seen.forms} == {"SLACK"}
    await slack(place, visit)
    with anyio.fail_after(CEILING_S):
        await place.told.arrived.wait()
    body = place.told.requests[0].partition(b"\r\n\r\n")[2]
    assert json.loads(body) == {"status": "RECONNECTED", "account_id": account, "name": "user-7"}
    assert await place.accounts() == ["SLACK"]


async def test_only_what_the_link_names_is_offered(place: Place) -> None:
    visit = await place.visit(providers=["SLACK", "MAIL", "GOOGLE"])
    assert {each["values"]["provider"] for each in (await visit.see()).forms} == {"SLACK"}
    refused = await visit.send("begin", {"provider": "WHATSAPP", "road": place.server.network.road, "way": "whatsapp-qr"})
    assert refused.status_code == 400
    instant = await visit.send("begin", {"provider": "SLACK", "road": place.server.network.road, "way": "instant"})
    assert instant.status_code == 400


@dataclass
class TwoWays:
    """A road with two ways to log in."""

    road: str = "both"
    title: str = "Both"
    simulated: bool = False
    terms: str = ""
    widest: dict[str, None] = field(default_factory=lambda: {"LINKEDIN": None})
    login_ways: tuple[LoginWay, ...] = (
        LoginWay(name="cookie", title="By a cookie", account_type="LINKEDIN", asked_by="access_token"),
        LoginWay(name="password", title="By a password", account_type="LINKEDIN"),
        LoginWay(name="instant", title="At once", account_type="LINKEDIN", asked_by="way"),
    )


@pytest.mark.parametrize(
    ("hidden", "offered"),
    [
        ((), ["password", "cookie"]),
        (("cookie_auth",), ["password"]),
        (("credentials_auth", "proxy", "language"), ["cookie"]),
        (("credentials_auth", "cookie_auth"), []),
    ],
)
def test_ways_that_the_link_hides_are_not_offered(hidden: tuple[str, ...], offered: list[str]) -> None:
    """unipile-v1 10, disabled_options. Simulated roads are not offered beside real ones."""
    roads: Any = {"both": TwoWays(), "again": TwoWays(road="again", simulated=True)}
    providers: tuple[AccountType, ...] = ("LINKEDIN",)
    assert [each.way for each in ways_of(roads, providers, hidden)] == offered


async def test_a_link_works_once(place: Place) -> None:
    visit = await place.visit()
    await visit.choose("SLACK")
    await visit.fill_in(url="https://example.org/back?code=1")
    for do, body in (
        ("begin", {"provider": "SLACK", "road": place.server.network.road, "way": "slack-redirect"}),
        ("answer", {"values": {}}),
        ("leave", {}),
        ("resend", {}),
    ):
        answer = await visit.send(do, body)
        assert (answer.status_code, answer.json()["type"]) == (401, "errors/expired_link")
    assert DONE in (await visit.see()).text


async def test_it_goes_on_to_where_the_link_says(place: Place) -> None:
    address = "https://app.example.org/done?a=1&b=2"
    visit = await place.visit(success_redirect_url=address, failure_redirect_url="http://app.example.org/no")
    assert (await visit.see()).links == ["http://app.example.org/no"]
    seen = await slack(place, visit)
    assert seen.links == [address]


async def test_it_goes_on_by_itself_where_the_link_says_so(place: Place) -> None:
    address = "https://app.example.org/done?a=1&b=2"
    visit = await place.visit(success_redirect_url=address, bypass_success_screen=True)
    await visit.choose("SLACK")
    await visit.send("answer", {"values": {"url": "https://example.org/back?code=1"}})
    answer = await place.browser.get(visit.url)
    assert (answer.status_code, answer.headers["location"]) == (303, address)
