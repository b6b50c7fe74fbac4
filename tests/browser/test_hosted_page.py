"""The page of a link in a real browser, on a phone's screen, by keyboard. Source: unipile-v1 10, security.md 5.4."""

import pytest
from tests.browser.conftest import Place, Tab

pytestmark = pytest.mark.slow


async def test_an_account_is_connected_by_keyboard_alone(place: Place, tab: Tab) -> None:
    visit = await place.visit(providers=["INSTAGRAM"])
    await tab.page.goto(visit.url)
    await tab.page.keyboard.press("Tab")
    async with tab.page.expect_navigation():
        await tab.page.keyboard.press("Enter")
    await tab.focused("username")
    await tab.page.keyboard.type("alex")
    await tab.page.keyboard.press("Tab")
    await tab.focused("password")
    await tab.page.keyboard.type("wrong")
    async with tab.page.expect_navigation():
        await tab.page.keyboard.press("Enter")
    assert await tab.page.inner_text("[role=alert]") == "The password is wrong. Try again."
    await tab.page.fill("[name=username]", "alex")
    await tab.page.fill("[name=password]", "right")
    async with tab.page.expect_navigation():
        await tab.page.keyboard.press("Enter")
    await tab.focused("code")
    await tab.page.keyboard.type("123456")
    async with tab.page.expect_navigation():
        await tab.page.keyboard.press("Enter")
    assert await tab.page.inner_text("h1") == "Your account is connected"
    assert await place.accounts() == ["INSTAGRAM"]
    assert tab.complaints == []
    assert {address.removeprefix(place.server.url).split("/")[1] for address in tab.asked} == {"hosted"}


async def test_a_qr_code_is_shown_and_the_page_goes_on_when_it_was_scanned(place: Place, tab: Tab) -> None:
    visit = await place.visit(providers=["TELEGRAM"])
    await tab.page.goto(visit.url)
    async with tab.page.expect_navigation():
        await tab.page.click("text=Scan a QR code")
    box = await tab.page.locator("svg.qr").bounding_box()
    assert box is not None
    assert box["width"] == box["height"] > 200
    async with tab.page.expect_navigation():
        await place.server.control("scan", account_type="TELEGRAM")
    await tab.page.fill("[name=password]", "right")
    async with tab.page.expect_navigation():
        await tab.page.click("text=Continue")
    assert await tab.page.inner_text("h1") == "Your account is connected"
    assert tab.complaints == []


async def test_nothing_is_wider_than_a_phone_and_the_person_is_sent_on(place: Place, tab: Tab) -> None:
    visit = await place.visit(success_redirect_url=f"{place.server.url}/health", bypass_success_screen=True)
    await tab.page.goto(visit.url)
    assert await tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    async with tab.page.expect_navigation():
        await tab.page.click("text=Allow the app in Slack")
    assert await tab.page.get_attribute("a.go", "rel") == "noopener noreferrer"
    await tab.page.fill("[name=url]", "https://example.org/back?code=1")
    await tab.page.click("text=Continue")
    await tab.page.wait_for_url("**/health")
    assert await tab.page.evaluate("document.referrer") == ""


async def test_another_page_cannot_use_a_link(place: Place, tab: Tab) -> None:
    """security.md 5.4: neither a form nor a script of another origin does anything, even one that knows the link."""
    visit = await place.visit(providers=["SLACK"])
    elsewhere = visit.url.replace("127.0.0.1", "localhost")
    await tab.page.goto(f"{elsewhere.rsplit('/', 1)[0]}/none")
    body = f'{{"provider":"SLACK","road":"{place.server.network.road}","way":"slack-redirect"}}'
    sent = await tab.page.evaluate(
        """async ([url, body]) => fetch(url, {method: "POST", body, headers: {"content-type": "text/plain"}, mode: "no-cors"})
            .then(() => "sent", () => "refused")""",
        [f"{visit.url}/begin", body],
    )
    assert sent == "refused"  # the policy of our own page lets it speak to its own server alone
    assert (await visit.see()).form("begin", provider="SLACK")
