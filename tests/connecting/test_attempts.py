"""What can go wrong on the way to an account, and what an account can be asked afterwards. Source: unipile-v1 4.2, 9."""

import asyncio

import httpx2
import pytest

from trunkline.contract.login import Login, Step
from trunkline.hub.logins import REMEMBERED_MS, STEP_MS
from trunkline.networks.sandbox.login_flow import FlowLogin

from .conftest import World, until

LOGIN = {"username": "alex", "password": "secret"}
OTP = {"provider": "LINKEDIN", **LOGIN}


def refusal(answer: httpx2.Response) -> tuple[int, str]:
    """Status and type of an error."""
    assert answer.json()["status"] == answer.status_code
    return answer.status_code, answer.json()["type"].removeprefix("errors/")


async def test_connecting_needs_an_admin_key(world: World) -> None:
    """design.md 4: accounts and logins need a key marked admin."""
    answer = await world.plain.post("/api/v1/accounts", json={"provider": "WHATSAPP"})
    assert refusal(answer) == (403, "insufficient_permissions")
    assert world.hub.logins.attempts == {}


@pytest.mark.parametrize(
    ("body", "expected", "names"),
    [
        ({}, (400, "missing_parameters"), "provider"),
        ({"provider": "FAX"}, (400, "invalid_parameters"), "provider"),
        ({"provider": "MAIL"}, (501, "feature_not_implemented"), "Mail"),
        ({"provider": "WHATSAPP", "proxy": {"host": "h", "port": 1}}, (501, "feature_not_implemented"), "proxy"),
        ({"provider": "LINKEDIN", "username": "alex"}, (400, "missing_parameters"), "password"),
        ({"provider": "TWITTER", **LOGIN}, (400, "missing_parameters"), "email"),
        ({"provider": "LINKEDIN", "username": "alex", "password": "wrong"}, (401, "invalid_credentials"), "password"),
        ({"provider": "SLACK", "road": "carrier pigeon"}, (400, "invalid_parameters"), "carrier pigeon"),
        ({"provider": "SLACK", "way": "no such"}, (400, "invalid_parameters"), "slack-redirect"),
        ({"provider": "SLACK", "way": "instant", "values": {"number": "no"}}, (400, "invalid_parameters"), "number"),
        ({"provider": "SLACK", "way": "instant", "values": {"number": 2}}, (400, "invalid_parameters"), "values.number"),
    ],
)
async def test_a_login_that_cannot_begin_says_why(
    world: World, body: dict[str, object], expected: tuple[int, str], names: str
) -> None:
    answer = await world.connect(**body)
    assert refusal(answer) == expected
    assert names in answer.json()["detail"]
    assert "secret" not in answer.text
    assert all(attempt.ended is not None for attempt in world.hub.logins.attempts.values())


async def test_a_road_may_be_named_and_a_login_may_need_no_checkpoint(world: World) -> None:
    answer = await world.connect(provider="SLACK", road="sandbox", way="instant", values={"number": "2"})
    assert (answer.status_code, answer.json()["object"]) == (201, "AccountCreated")
    await world.until_connected(answer.json()["account_id"])


async def test_a_second_login_of_the_same_user_takes_the_place_of_the_first(world: World) -> None:
    """9.1: a replaced attempt ends with 409."""
    first, _ = await world.waiting(**OTP)
    second, _ = await world.waiting(**OTP)
    other, _ = await world.waiting(**{**OTP, "username": "robin"})
    assert refusal(await world.solve(first, "LINKEDIN", "123456")) == (409, "operation_canceled")
    assert (await world.solve(second, "LINKEDIN", "123456")).status_code == 201
    assert (await world.solve(other, "LINKEDIN", "000000")).status_code == 401, "somebody else's goes on"


async def test_several_people_may_scan_at_the_same_time(world: World) -> None:
    first, one = await world.waiting(provider="WHATSAPP")
    second, two = await world.waiting(provider="WHATSAPP")
    assert first != second
    assert one["qrcode"] != two["qrcode"]


async def test_while_a_step_is_carried_out_another_answer_is_too_early(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """9.1: 425."""
    account_id, _ = await world.waiting(**OTP)
    entered, go = asyncio.Event(), asyncio.Event()
    original = FlowLogin.submit

    async def slow(self: FlowLogin, values: dict[str, str]) -> object:
        entered.set()
        await go.wait()
        return await original(self, values)

    monkeypatch.setattr(FlowLogin, "submit", slow)
    solving = asyncio.create_task(world.solve(account_id, "LINKEDIN", "123456"))
    await asyncio.wait_for(entered.wait(), 5)
    assert refusal(await world.solve(account_id, "LINKEDIN", "123456")) == (425, "auth_in_progress")
    assert refusal(await world.connect(**OTP)) == (425, "auth_in_progress")
    go.set()
    assert (await solving).status_code == 201


async def test_five_minutes_after_its_checkpoint_a_login_is_over(world: World) -> None:
    """9.3: 408, and 400 once nothing is known of it any more."""
    account_id, _ = await world.waiting(**OTP)
    world.clock.ahead_ms += STEP_MS + 1000
    assert refusal(await world.solve(account_id, "LINKEDIN", "123456")) == (408, "request_timeout")
    world.clock.ahead_ms += REMEMBERED_MS + 1000
    await world.waiting(provider="WHATSAPP")
    assert refusal(await world.solve(account_id, "LINKEDIN", "123456")) == (400, "invalid_parameters")


async def test_a_network_that_hangs_at_a_login_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(self: FlowLogin, values: dict[str, str]) -> Step:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(FlowLogin, "submit", hang)
    object.__setattr__(world.hub.logins.options, "network_call_ms", 10)
    assert refusal(await world.connect(**OTP)) == (408, "request_timeout")


async def test_a_network_whose_time_is_over_ends_the_login_by_itself(world: World) -> None:
    account_id, _ = await world.waiting(provider="WHATSAPP")
    await world.connector.controls("clock", {"by": "3m"})

    async def is_over() -> bool:
        return "did not succeed" in (await world.account(account_id)).json()["detail"]

    await until(is_over)


async def test_a_login_that_breaks_ends_in_words_and_others_go_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def break_down(self: Login) -> Step:
        raise RuntimeError

    monkeypatch.setattr(FlowLogin, "wait", break_down)
    account_id, _ = await world.waiting(provider="WHATSAPP")

    async def is_over() -> bool:
        return "Something unexpected" in (await world.account(account_id)).json()["detail"]

    await until(is_over)
    assert (await world.waiting(**OTP))[1]["type"] == "OTP"


async def test_a_code_is_sent_again_but_not_at_once(world: World) -> None:
    account_id, _ = await world.waiting(**OTP)
    body = {"account_id": account_id, "provider": "LINKEDIN"}
    path = "/api/v1/accounts/checkpoint/resend"
    early = await world.http.post(path, json=body)
    assert refusal(early) == (422, "cannot_resend_yet")
    assert int(early.headers["retry-after"]) <= 30
    await world.connector.controls("clock", {"by": "31s"})
    later = await world.http.post(path, json=body)
    assert (later.status_code, later.json()) == (
        200, {"object": "CheckpointResend", "account_id": account_id, "success": True},
    )  # fmt: skip
    scan, _ = await world.waiting(provider="WHATSAPP")
    none = await world.http.post(path, json={"account_id": scan, "provider": "WHATSAPP"})
    assert refusal(none) == (501, "feature_not_implemented")


async def test_answers_to_the_wrong_login_are_refused(world: World) -> None:
    account_id, _ = await world.waiting(**OTP)
    assert refusal(await world.solve("no-such-account", "LINKEDIN", "123456")) == (400, "invalid_parameters")
    assert refusal(await world.solve(account_id, "INSTAGRAM", "123456")) == (400, "invalid_parameters")
    assert refusal(await world.solve(account_id, "LINKEDIN", "TRY_ANOTHER_WAY")) == (501, "feature_not_implemented")
    assert (await world.solve(account_id, "LINKEDIN", "123456")).status_code == 201


async def test_the_same_user_again_is_the_same_account(world: World) -> None:
    first = (await world.connect(provider="SLACK", way="instant")).json()["account_id"]
    second = (await world.connect(provider="SLACK", way="instant")).json()["account_id"]
    assert first == second
    waiting, _ = await world.waiting(provider="SLACK")
    done = await world.solve(waiting, "SLACK", "https://example.com/?code=1")
    assert (done.json()["object"], done.json()["account_id"]) == ("AccountReconnected", first)
    assert (await world.account(waiting)).json()["id"] == first, "whoever polls for the id of the attempt finds it"


async def test_an_account_is_logged_in_again_under_its_own_id(world: World) -> None:
    account_id = (await world.connect(provider="INSTAGRAM", way="instant")).json()["account_id"]
    await world.until_connected(account_id)
    body = {"provider": "INSTAGRAM", "account_id": "ignored", **LOGIN}
    answer = await world.http.post(f"/api/v1/accounts/{account_id}", json=body)
    assert (answer.status_code, answer.json()["account_id"]) == (202, account_id)
    assert (await world.account(account_id)).status_code == 200, "the account stays what it is meanwhile"
    solved = await world.solve(account_id, "INSTAGRAM", "123456")
    assert (solved.status_code, solved.json()) == (201, {"object": "AccountReconnected", "account_id": account_id})
    await world.until_connected(account_id)


async def test_logging_in_again_as_somebody_else_changes_nothing(world: World) -> None:
    account_id = (await world.connect(provider="SLACK", way="instant")).json()["account_id"]
    before = await world.until_connected(account_id)
    body = {"provider": "SLACK", "way": "instant", "values": {"number": "2"}}
    answer = await world.http.post(f"/api/v1/accounts/{account_id}", json=body)
    assert refusal(answer) == (401, "wrong_account")
    assert (await world.http.get("/api/v1/accounts")).json()["items"] == [before]
    other = await world.http.post(f"/api/v1/accounts/{account_id}", json={"provider": "WHATSAPP"})
    assert refusal(other) == (400, "invalid_parameters")


async def test_accounts_are_listed_restarted_synced_and_deleted(world: World) -> None:
    ids = []
    for provider in ("LINKEDIN", "SLACK", "TELEGRAM"):
        ids.append((await world.connect(provider=provider, way="instant")).json()["account_id"])
        await world.until_connected(ids[-1])
    linkedin = ids[0]
    listed = (await world.http.get("/api/v1/accounts?limit=2")).json()
    assert [item["id"] for item in listed["items"]] == sorted(ids)[:2]
    rest = (await world.http.get("/api/v1/accounts", params={"cursor": listed["cursor"]})).json()
    assert ([item["id"] for item in rest["items"]], rest["cursor"]) == (sorted(ids)[2:], None)

    restarted = await world.http.post(f"/api/v1/accounts/{linkedin}/restart")
    assert (restarted.status_code, restarted.json()) == (200, {"object": "AccountRestarted"})

    assert refusal(await world.http.get(f"/api/v1/accounts/{ids[1]}/sync")) == (501, "feature_not_implemented")
    path = f"/api/v1/accounts/{linkedin}/sync"
    assert (await world.http.get(path)).json() == {"object": "AccountResync", "status": "SYNC_STARTED"}
    told: list[str] = []

    async def is_done() -> bool:
        told.append((await world.http.get(path)).json()["status"])
        return told[-1] == "SYNC_DONE"

    await until(is_done)
    assert set(told[:-1]) <= {"SYNC_RUNNING"}
    assert (await world.http.get(path)).json()["status"] == "SYNC_STARTED", "the end is told once"

    chats = (await world.http.get("/api/v1/chats", params={"account_id": linkedin})).json()["items"]
    assert chats
    deleted = await world.http.delete(f"/api/v1/accounts/{linkedin}")
    assert (deleted.status_code, deleted.json()) == (200, {"object": "AccountDeleted"})
    assert refusal(await world.account(linkedin)) == (404, "resource_not_found")
    assert refusal(await world.http.get(f"/api/v1/chats/{chats[0]['id']}")) == (404, "resource_not_found")
    for method, more in (("DELETE", ""), ("POST", "/restart"), ("GET", "/sync")):
        answer = await world.http.request(method, f"/api/v1/accounts/{linkedin}{more}")
        assert refusal(answer) == (404, "resource_not_found")


async def test_an_account_that_cannot_restart_says_why(world: World) -> None:
    account_id = (await world.connect(provider="SLACK", way="instant")).json()["account_id"]
    await world.until_connected(account_id)
    await world.connector.controls("fault", {"kind": "logged_out", "account": "SLACK"})

    async def is_out() -> bool:
        return "CREDENTIALS" in (await world.account(account_id)).text

    await until(is_out)
    answer = await world.http.post(f"/api/v1/accounts/{account_id}/restart")
    assert (answer.status_code, answer.json()["object"]) == (200, "AccountFailedToRestart")
    assert answer.json()["detail"]
    sync = (await world.connect(provider="SLACK", way="instant")).json()["account_id"]
    assert sync == account_id
    await world.until_connected(account_id)
