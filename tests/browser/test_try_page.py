"""The page to try the REST API, in a real browser."""

import json

import pytest
from tests.browser.conftest import Place, Tab

pytestmark = pytest.mark.slow


async def test_a_call_is_made_and_shown_with_its_command(place: Place, tab: Tab) -> None:
    account = await place.server.log_in("TELEGRAM", 1, 1)
    key = place.admin.headers["authorization"].removeprefix("Bearer ")
    await tab.page.goto(f"{place.server.url}/api/v1/try")
    await tab.page.fill("#key", key)
    await tab.page.fill("#find", "get /accounts")
    await tab.page.click("a[href='#get_account']")
    await tab.page.wait_for_selector("#operation h2:has-text('GET /accounts/')")
    await tab.page.fill("[name=account_id]", account)
    assert await tab.page.inner_text("#curl") == (
        f"curl -X GET '{place.server.url}/api/v1/accounts/{account}' \\\n  -H \"X-API-KEY: $KEY\""
    )
    await tab.page.click("main button")
    shown = json.loads(await tab.page.inner_text("#body-shown"))
    assert (shown["object"], shown["id"], shown["type"]) == ("Account", account, "TELEGRAM")
    assert (await tab.page.inner_text("#answer [role=status]")).startswith("200, ")
    assert tab.complaints == []
    assert key not in await tab.page.content()
    assert await tab.page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert all(address.startswith(f"{place.server.url}/") for address in tab.asked)


async def test_every_operation_can_be_chosen_and_a_body_is_sent(place: Place, tab: Tab) -> None:
    await tab.page.goto(f"{place.server.url}/api/v1/try")
    await tab.page.wait_for_selector("nav a")
    described = (await place.browser.get("/openapi.json")).json()
    names = {one["operationId"] for methods in described["paths"].values() for one in methods.values()}
    links = await tab.page.eval_on_selector_all("nav a", "all => all.map(each => each.getAttribute('href').slice(1))")
    assert set(links) == names
    for name in names:
        await tab.page.evaluate("name => { location.hash = name; }", name)
    await tab.page.evaluate("location.hash = 'send_message_in_chat'")
    await tab.page.wait_for_selector("#operation h2:has-text('POST /chats/{chat_id}/messages')")
    await tab.page.fill("[name=chat_id]", "none/../x")
    await tab.page.click("main button")
    await tab.page.wait_for_selector("#answer .wrong")
    assert (await tab.page.inner_text("#answer [role=status]")).startswith("401, ")
    assert "chats/none%2F..%2Fx/messages" in await tab.page.inner_text("#curl")
    assert [each for each in tab.complaints if "401" not in each] == []
