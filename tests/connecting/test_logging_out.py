"""Deleting an account ends its login at a network where that is a device of its own; it never fails or hangs for that."""

import asyncio

import pytest

from trunkline.contract.connector import OpenAccount
from trunkline.hub.administration.logged_out import left_after_log_out
from trunkline.model.errors import NetworkFailed
from trunkline.networks.sandbox.connector import SandboxConnector

from .conftest import World

BY_HAND = "Take the device away there."


async def test_a_road_whose_logins_are_no_devices_says_nothing_of_it(world: World) -> None:
    account_id = (await world.connect(provider="SLACK", way="instant")).json()["account_id"]
    deleted = await world.http.delete(f"/api/v1/accounts/{account_id}")
    assert (deleted.status_code, deleted.json()) == (200, {"object": "AccountDeleted"})


@pytest.mark.parametrize(("comes", "left"), [(True, {}), (False, {"detail": BY_HAND}), ("raises", {"detail": BY_HAND})])
async def test_the_road_is_asked_once_and_the_account_goes_whatever_it_answers(
    world: World, monkeypatch: pytest.MonkeyPatch, comes: object, left: dict[str, str]
) -> None:
    asked: list[OpenAccount] = []

    async def log_out(_: SandboxConnector, account: OpenAccount) -> bool:
        asked.append(account)
        if comes == "raises":
            raise NetworkFailed("away")
        return comes is True

    monkeypatch.setattr(SandboxConnector, "log_out", log_out, raising=False)
    monkeypatch.setattr(SandboxConnector, "left_to_do", BY_HAND, raising=False)
    account_id = (await world.connect(provider="SLACK", way="instant")).json()["account_id"]
    deleted = await world.http.delete(f"/api/v1/accounts/{account_id}")
    assert (deleted.status_code, deleted.json()) == (200, {"object": "AccountDeleted"} | left)
    assert [each.account_id for each in asked] == [account_id]
    assert (await world.account(account_id)).status_code == 404


async def test_a_road_that_does_not_answer_is_not_waited_for() -> None:
    """Seen to fail: without a limit it hung."""

    class Hangs:
        left_to_do = BY_HAND

        async def log_out(self, _: OpenAccount) -> bool:
            await asyncio.Event().wait()
            return True

    account = OpenAccount(account_id="acc_1", account_type="WHATSAPP", identity="someone")
    async with asyncio.timeout(5):
        assert await left_after_log_out(Hangs(), account, 1) == BY_HAND
