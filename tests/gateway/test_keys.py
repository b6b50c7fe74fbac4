"""Making, listing, stopping and revoking API keys."""

import pytest

from trunkline.gateway.caller import Caller
from trunkline.model.errors import InvalidArgument, NotAllowed, NotFound
from trunkline.operations.administration import (
    AddConnection,
    ControlNetwork,
    CreateKey,
    ListKeys,
    RevokeConnection,
    RevokeKey,
    StopKey,
)
from trunkline.operations.chats import ListAllChats

from .conftest import World
from .tenants import new_connection
from .wire import asked


async def test_a_new_key_is_shown_once_and_works(world: World) -> None:
    made = await asked(world, CreateKey(name="laptop", pcid=world.me.pcid, expires_at="2026-09-22T00:00:00.000Z"))
    assert made == {
        "object": "KeyCreated",
        "key": {
            "object": "Key",
            "id": made["key"]["id"],
            "name": "laptop",
            "principal": "ada",
            "admin": False,
            "pcid": world.me.pcid,
            "created_at": "2026-09-21T14:13:20.000Z",
            "expires_at": "2026-09-22T00:00:00.000Z",
            "last_used_at": None,
            "stopped": False,
        },
        "api_key": made["api_key"],
    }
    assert made["api_key"].startswith(f"tl_{made['key']['id']}_")
    assert len(made["api_key"].split("_", 2)[2]) == 43  # 256 bits
    assert await world.gate.authenticate(made["api_key"]) == Caller(
        world.me.person, made["key"]["id"], is_admin=False, default_pcid=world.me.pcid
    )
    assert made["api_key"] not in str(await asked(world, ListKeys()))


async def test_a_new_name_makes_an_agent_of_the_caller(world: World) -> None:
    made = await asked(world, CreateKey(name="k1", principal="bot"))
    again = await asked(world, CreateKey(name="k2", principal="bot"))
    first, second = [await world.gate.authenticate(each["api_key"]) for each in (made, again)]
    assert first.principal == second.principal not in (world.me.person, world.other.person)
    row = await world.store.db.row("SELECT kind, owner FROM principal WHERE name = 'bot'")
    assert row is not None
    assert tuple(row) == ("agent", world.me.person)


async def test_nobody_makes_keys_for_somebody_else(world: World) -> None:
    """An admin key of one person must not become a way to another person's accounts."""
    with pytest.raises(NotAllowed, match="somebody else"):
        await asked(world, CreateKey(name="k", principal="grace"))


async def test_an_agent_never_runs_the_server(world: World) -> None:
    with pytest.raises(InvalidArgument, match="an agent never runs the server"):
        await asked(world, CreateKey(name="k", principal="bot", admin=True))
    assert await world.store.db.row("SELECT 1 FROM principal WHERE name = 'bot'") is None


async def test_a_key_uses_only_a_connection_of_its_own_principal(world: World) -> None:
    for pcid, principal in ((world.other.pcid, None), (world.me.pcid, "bot"), ("pc_unknown", None)):
        with pytest.raises(NotFound):
            await asked(world, CreateKey(name="k", principal=principal, pcid=pcid))


async def test_a_key_that_has_ended_already_is_refused(world: World) -> None:
    with pytest.raises(InvalidArgument, match="expires_at is in the past"):
        await asked(world, CreateKey(name="k", expires_at="2026-09-21T14:13:20.000Z"))


async def test_a_key_whose_connection_was_revoked_has_none(world: World) -> None:
    pcid = await new_connection(world.store, world.me)
    made = await asked(world, CreateKey(name="k", pcid=pcid))
    await asked(world, RevokeConnection(pcid=pcid))
    assert (await world.gate.authenticate(made["api_key"])).default_pcid is None


async def test_keys_are_listed_oldest_first_and_paged(world: World) -> None:
    names = ["first key", "grace"]
    for number in range(5):
        world.clock.now += number % 2  # some of one moment
        await asked(world, CreateKey(name=f"k{number}"))
        names.append(f"k{number}")
    listed, cursor = [], None
    while True:
        page = await asked(world, ListKeys(limit=2, cursor=cursor))
        listed += [key["name"] for key in page["items"]]
        if (cursor := page["cursor"]) is None:
            break
    assert sorted(listed) == sorted(names)
    assert set(listed[-2:]) == {"k3", "k4"}
    assert len({key["name"] for key in (await asked(world, ListKeys()))["items"]}) == 7


async def test_a_revoked_key_leaves_the_list_and_cannot_come_back(world: World) -> None:
    key_id = world.me.caller.key_id or ""
    assert await asked(world, RevokeKey(key_id=key_id)) == {"object": "KeyRevoked", "key_id": key_id}
    assert [key["name"] for key in (await asked(world, ListKeys()))["items"]] == ["grace"]
    for operation in (StopKey(key_id=key_id, stopped=False), RevokeKey(key_id=key_id), RevokeKey(key_id="unknown")):
        with pytest.raises(NotFound):
            await asked(world, operation)


async def test_stopping_shows_in_the_answer(world: World) -> None:
    key_id = world.me.caller.key_id or ""
    assert (await asked(world, StopKey(key_id=key_id)))["stopped"]
    assert not (await asked(world, StopKey(key_id=key_id, stopped=False)))["stopped"]


async def test_only_an_admin_key_runs_the_server(world: World) -> None:
    before = await world.store.db.fetch("SELECT id FROM api_key")
    with pytest.raises(NotAllowed, match="--admin"):
        await asked(world, CreateKey(name="k"), world.me.caller)
    assert await world.store.db.fetch("SELECT id FROM api_key") == before
    admin = await asked(world, CreateKey(name="k", admin=True))
    caller = await world.gate.authenticate(admin["api_key"])
    assert (await asked(world, ListKeys(), caller))["object"] == "KeyList"


async def test_nobody_runs_the_server_over_mcp(world: World) -> None:
    """The local user of a stdio process may run the server; the agent in that process may not."""
    with pytest.raises(NotAllowed, match="not run over MCP"):
        await asked(world, CreateKey(name="k", admin=True), world.admin, "mcp")


async def test_an_admin_key_that_was_revoked_meanwhile_changes_nothing(world: World) -> None:
    """The kill switch holds for acts on grants as well."""
    admin = await asked(world, CreateKey(name="k", admin=True))
    caller = await world.gate.authenticate(admin["api_key"])
    await asked(world, RevokeKey(key_id=admin["key"]["id"]))
    for operation in (
        CreateKey(name="another", admin=True),
        RevokeKey(key_id=world.me.caller.key_id or ""),
        AddConnection(name="c", roads=("playground",)),
        ControlNetwork(road="playground", name="clock"),
    ):
        with pytest.raises(NotAllowed, match="stopped or revoked"):
            await asked(world, operation, caller)


async def test_a_key_can_revoke_itself(world: World) -> None:
    admin = await asked(world, CreateKey(name="k", admin=True))
    caller = await world.gate.authenticate(admin["api_key"])
    await asked(world, RevokeKey(key_id=admin["key"]["id"]), caller)


async def test_admin_opens_no_chats(world: World) -> None:
    """`admin` runs the server; messaging goes through a connection all the same."""
    with pytest.raises(NotFound):
        await world.gate.answer(world.admin, ListAllChats(), pcid=world.other.pcid, surface="rest")
