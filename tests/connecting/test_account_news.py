"""What the journal tells of accounts while they are connected, fail to be, come back and go. Source: unipile-v1 11.4."""

from trunkline.store import journal

from .conftest import World, until

LOGIN = {"username": "alex", "password": "secret"}


async def told(world: World, account_id: str) -> list[str]:
    """The events of an account, in order."""
    rows = await journal.after(world.hub.parts.store.db, 0, 10_000)
    return [
        row.kind.removeprefix("account_") for row in rows if row.kind.startswith("account_") and row.object_id == account_id
    ]


async def expect(world: World, account_id: str, events: list[str]) -> None:
    """Wait for exactly these."""

    async def there() -> bool:
        return len(await told(world, account_id)) >= len(events)

    await until(there)
    assert await told(world, account_id) == events


async def test_an_account_comes_is_lost_comes_back_and_goes(world: World) -> None:
    account_id, _ = await world.waiting(provider="WHATSAPP")
    await world.confirm()
    await world.until_connected(account_id)
    events = ["creation_success", "ok", "sync_success"]
    await expect(world, account_id, events)
    await world.connector.controls("fault", {"kind": "logged_out", "account": "WHATSAPP"})
    events += ["credentials"]
    await expect(world, account_id, events)
    again = await world.http.post(f"/api/v1/accounts/{account_id}", json={"provider": "WHATSAPP"})
    assert again.status_code == 202
    await world.confirm()
    events += ["reconnected", "ok"]
    await expect(world, account_id, events)
    assert (await world.http.delete(f"/api/v1/accounts/{account_id}")).status_code == 200
    assert await told(world, account_id) == ["deleted"], "all else that was told of it is gone with it"


async def test_a_login_that_fails_is_told_and_one_that_is_begun_again_is_not(world: World) -> None:
    first, _ = await world.waiting(provider="TWITTER", **LOGIN, email="alex@example.org")
    second, _ = await world.waiting(provider="TWITTER", **LOGIN, email="alex@example.org")
    failed = await world.solve(second, "TWITTER", "anything")
    assert failed.status_code == 401
    await expect(world, second, ["creation_fail"])
    assert await told(world, first) == []


async def test_the_webhook_calls_a_login_what_its_answer_calls_it(world: World) -> None:
    """POST /accounts answers AccountCreated alone, also where the account was there (unipile-v1 9.1); a checkpoint, either."""
    created = await world.connect(provider="SLACK", way="instant")
    again = await world.connect(provider="SLACK", way="instant")
    account_id = created.json()["account_id"]
    assert created.json() == again.json() == {"object": "AccountCreated", "account_id": account_id}
    waiting, _ = await world.waiting(provider="SLACK")
    solved = await world.solve(waiting, "SLACK", "https://example.com/?code=1")
    assert solved.json() == {"object": "AccountReconnected", "account_id": account_id}
    events = [each for each in await told(world, account_id) if each in ("creation_success", "reconnected")]
    assert events == ["creation_success", "creation_success", "reconnected"]


async def test_a_call_that_lacks_what_it_needs_began_no_login_and_is_told_to_nobody(world: World) -> None:
    answer = await world.connect(provider="INSTAGRAM", username="alex")
    assert answer.status_code == 400
    rows = await journal.after(world.hub.parts.store.db, 0, 10_000)
    assert [row.kind for row in rows if row.kind == "account_creation_fail"] == []
