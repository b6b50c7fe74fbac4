"""An account on a real network comes with a connection that reads it and does nothing more. Source: design.md 4."""

from typing import Any

import pytest

from trunkline.model.errors import StoreUnavailable
from trunkline.networks.sandbox.connector import SandboxConnector
from trunkline.store import audit, connections

from .conftest import World


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox says that its people are real."""
    monkeypatch.setattr(SandboxConnector, "simulated", False)


INSTANT = {"way": "instant"}


async def connections_of(world: World) -> list[dict[str, Any]]:
    """All there are, oldest first."""
    found: list[dict[str, Any]] = (await world.http.get("/api/v1/connections/all")).json()["items"]
    return found


async def test_a_new_account_comes_with_a_connection_that_only_reads_it(real: None, world: World) -> None:
    first = await connections_of(world)
    created = (await world.connect(provider="SLACK", **INSTANT)).json()
    made = (await connections_of(world))[len(first) :]
    assert created == {"object": "AccountCreated", "account_id": created["account_id"], "pcid": made[0]["pcid"]}
    assert made == [
        {
            "object": "Connection",
            "pcid": created["pcid"],
            "name": "Sandbox: Alex Morgan",
            "principal": "ada",
            "backend": "hub",
            "roads": ["sandbox"],
            "accounts": [created["account_id"]],
            "chats": None,
            "effects": ["read"],
            "mode": "guarded",
            "stopped": False,
            "is_default": False,
            "created_at": made[0]["created_at"],
        }
    ]
    assert (await connections_of(world))[: len(first)] == first, "no connection that stands was widened"


async def test_the_grant_is_in_the_audit(real: None, world: World) -> None:
    created = (await world.connect(provider="SLACK", **INSTANT)).json()
    rows = (await world.http.get("/api/v1/audit?operation=connect_account")).json()["items"]
    granted = [row for row in rows if row["surface"] == "hub"]
    assert [(row["target"], row["reasons"], row["principal"], row["outcome"]) for row in granted] == [
        (created["account_id"], ["effects read", "mode guarded"], "ada", "ok")
    ]


async def test_a_simulated_network_comes_with_none(world: World) -> None:
    before = await connections_of(world)
    created = (await world.connect(provider="SLACK", **INSTANT)).json()
    assert created.keys() == {"object", "account_id"}
    assert await connections_of(world) == before


async def test_connecting_the_same_user_again_finds_the_connection_that_is_there(real: None, world: World) -> None:
    created = (await world.connect(provider="SLACK", **INSTANT)).json()
    await world.http.patch(f"/api/v1/connections/{created['pcid']}", json={"effects": ["read", "send"], "mode": "open"})
    before = await connections_of(world)
    assert (await world.connect(provider="SLACK", **INSTANT)).json() == created
    assert await connections_of(world) == before, "neither a second one, nor another grant"


async def test_reconnecting_keeps_the_connection(real: None, world: World) -> None:
    created = (await world.connect(provider="SLACK", **INSTANT)).json()
    before = await connections_of(world)
    again = await world.http.post(f"/api/v1/accounts/{created['account_id']}", json={"provider": "SLACK", **INSTANT})
    assert again.json() == {**created, "object": "AccountReconnected"}
    assert await connections_of(world) == before


async def test_reconnecting_does_not_bring_back_what_was_revoked(real: None, world: World) -> None:
    created = (await world.connect(provider="SLACK", **INSTANT)).json()
    await world.http.delete(f"/api/v1/connections/{created['pcid']}")
    before = await connections_of(world)
    again = await world.http.post(f"/api/v1/accounts/{created['account_id']}", json={"provider": "SLACK", **INSTANT})
    assert again.json() == {"object": "AccountReconnected", "account_id": created["account_id"]}
    assert await connections_of(world) == before


async def test_a_second_account_does_not_widen_the_first_ones_connection(real: None, world: World) -> None:
    one = (await world.connect(provider="SLACK", **INSTANT, values={"number": "1"})).json()
    two = (await world.connect(provider="SLACK", **INSTANT, values={"number": "2"})).json()
    found = {each["pcid"]: each["accounts"] for each in await connections_of(world)}
    assert (found[one["pcid"]], found[two["pcid"]]) == ([one["account_id"]], [two["account_id"]])


async def test_the_connection_reads_and_a_write_names_the_command_that_grants_more(real: None, world: World) -> None:
    created = (await world.connect(provider="SLACK", **INSTANT)).json()
    await world.until_connected(created["account_id"])
    through = {"Trunkline-PCID": created["pcid"]}
    chats = (await world.http.get("/api/v1/chats", headers=through)).json()["items"]
    assert {chat["account_id"] for chat in chats} == {created["account_id"]}
    refused = await world.http.post(f"/api/v1/chats/{chats[0]['id']}/messages", json={"text": "Hello"}, headers=through)
    assert refused.status_code == 403
    assert f"trunkline connection allow {created['pcid']} send" in refused.json()["detail"]


async def test_opening_it_warns_that_real_people_are_written_to_and_is_in_the_audit(real: None, world: World) -> None:
    created = (await world.connect(provider="SLACK", **INSTANT)).json()
    wanted = {"effects": ["read", "send", "change"], "mode": "open"}
    allowed = (await world.http.patch(f"/api/v1/connections/{created['pcid']}", json=wanted)).json()
    assert allowed["warning"].startswith("From now on whatever this connection writes goes to real people in your name")
    rows = (await world.http.get("/api/v1/audit?operation=allow_connection")).json()["items"]
    assert [row["reasons"] for row in rows] == [["effects read,send,change", "mode open"]]


async def test_account_and_connection_come_together_or_not_at_all(
    real: None, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await connections_of(world)

    async def lost(*arguments: object) -> None:
        raise StoreUnavailable("The power went.")

    with monkeypatch.context() as broken:
        broken.setattr(audit, "append", lost)
        with pytest.raises(StoreUnavailable):
            await world.hub.logins.start("sandbox", "instant", {"account_type": "SLACK"}, owner=1, known={})
    assert await connections_of(world) == before
    assert (await world.http.get("/api/v1/accounts")).json()["items"] == []


async def test_the_connection_to_an_account_alone_is_the_persons_own(real: None, world: World) -> None:
    created = (await world.connect(provider="SLACK", **INSTANT)).json()
    body = {"name": "For the agent", "principal": "agent", "roads": ["sandbox"], "accounts": [created["account_id"]]}
    await world.http.post("/api/v1/connections", json=body)
    found = await connections.to_account_alone(world.hub.logins.store.db, 1, created["account_id"])
    assert found is not None
    assert found.pcid == created["pcid"]


async def test_the_connection_that_came_with_an_account_goes_with_it(real: None, world: World) -> None:
    before = await connections_of(world)
    created = (await world.connect(provider="SLACK", **INSTANT)).json()
    body = {"name": "For the agent", "principal": "agent", "roads": ["sandbox"], "accounts": [created["account_id"]]}
    made = (await world.http.post("/api/v1/connections", json=body)).json()
    assert (await world.http.delete(f"/api/v1/accounts/{created['account_id']}")).status_code == 200
    left = (await connections_of(world))[len(before) :]
    assert [(each["pcid"], each["accounts"]) for each in left] == [(made["pcid"], [])], "what was made by hand stands"
