"""Making, listing, widening, stopping and revoking connections."""

from typing import Any

import pytest

from trunkline.gateway.first_run import local_user
from trunkline.model.errors import InvalidArgument, NotAllowed, NotFound
from trunkline.operations.administration import (
    AddConnection,
    AllowConnection,
    CreateKey,
    ListAllConnections,
    RevokeConnection,
    StopConnection,
)
from trunkline.operations.own import ListConnections
from trunkline.store import accounts, chats
from trunkline.store.engine import Transaction

from .conftest import World
from .tenants import Tenant, new_connection
from .wire import asked


async def new_account(world: World, tenant: Tenant, road: str = "realnet") -> tuple[str, str]:
    """Ids of a fresh account of a tenant, and of a chat of it."""

    async def work(tx: Transaction) -> tuple[str, str]:
        no, account_id = await accounts.add(
            tx,
            account_id=world.store.new_id(),
            owner=tenant.person,
            road=road,
            account_type="SLACK",
            identity=world.store.new_id(),
            name="a workspace",
            params={},
            at_ms=world.clock.now,
        )
        chat = await chats.add(tx, no, "provider id", world.store.new_id())
        return account_id, chat.id

    return await world.store.db.write(work)


async def test_a_new_connection_reads_and_nothing_else(world: World) -> None:
    made = await asked(world, AddConnection(name="work", roads=("realnet",)))
    assert made == {
        "object": "Connection",
        "pcid": made["pcid"],
        "name": "work",
        "principal": "ada",
        "backend": "hub",
        "roads": ["realnet"],
        "accounts": None,
        "chats": None,
        "effects": ["read"],
        "mode": "guarded",
        "stopped": False,
        "is_default": False,
        "created_at": "2026-09-21T14:13:20.000Z",
    }
    assert len(made["pcid"]) == len("pc_") + 22  # 128 bits


async def test_a_connection_can_be_limited_to_accounts_and_chats_of_its_person(world: World) -> None:
    account, chat = await new_account(world, world.me)
    made = await asked(world, AddConnection(name="c", roads=("realnet",), accounts=(account,), chats=(chat,)))
    assert (made["accounts"], made["chats"]) == ([account], [chat])
    made = await asked(world, AddConnection(name="c", roads=("realnet",), chats=(chat, chat)))
    assert (made["accounts"], made["chats"]) == (None, [chat])


async def test_other_peoples_accounts_and_chats_are_out_of_reach(world: World) -> None:
    """An account belongs to whoever connected it: its id is worth nothing to others."""
    mine, my_chat = await new_account(world, world.me)
    other, other_chat = await new_account(world, world.other)
    second, second_chat = await new_account(world, world.me)
    for limits in (
        {"accounts": (other,)},
        {"accounts": (mine, other)},
        {"accounts": ("unknown",)},
        {"chats": (other_chat,)},
        {"chats": (my_chat, other_chat)},
        {"chats": ("unknown",)},
        {"accounts": (mine,), "chats": (second_chat,)},
    ):
        with pytest.raises(NotFound):
            await asked(world, AddConnection(name="c", roads=("realnet",), **limits))
    with pytest.raises(NotFound):
        await asked(world, AddConnection(name="c", roads=("playground",), accounts=(second,)))


async def test_an_agents_connection_reaches_the_accounts_of_the_person_who_granted_it(world: World) -> None:
    await asked(world, CreateKey(name="k", principal="bot"))
    made = await asked(world, AddConnection(name="c", principal="bot", roads=("realnet",)))
    row = await world.store.db.row(
        "SELECT p.name, c.owner FROM connection c JOIN principal p ON p.no = c.principal WHERE c.pcid = $1", made["pcid"]
    )
    assert row is not None
    assert tuple(row) == ("bot", world.me.person)


async def test_a_road_that_is_not_there_is_refused_with_those_that_are(world: World) -> None:
    with pytest.raises(InvalidArgument, match="it has playground or realnet"):
        await asked(world, AddConnection(name="c", roads=("playground", "mars")))


def warning_of(answer: Any) -> str:
    """The warning, or nothing."""
    return str(answer.get("warning", ""))


async def test_opening_the_way_to_real_people_is_answered_with_a_warning(world: World) -> None:
    made = await asked(world, AddConnection(name="c", roads=("realnet",), effects=("read", "send")))
    assert f"`trunkline connection allow {made['pcid']} send --open`" in warning_of(made)
    opened = await asked(world, AllowConnection(pcid=made["pcid"], mode="open"))
    assert (opened["effects"], opened["mode"]) == (["read", "send"], "open")
    assert f"`trunkline connection stop {made['pcid']}`" in warning_of(opened)
    assert "real people" in warning_of(
        await asked(world, AddConnection(name="c", roads=("realnet",), effects=("send",), mode="open"))
    )


async def test_reading_and_the_playground_need_no_warning(world: World) -> None:
    for quiet in (
        AddConnection(name="c", roads=("realnet",)),
        AddConnection(name="c", roads=("realnet",), effects=("read",), mode="open"),
        AddConnection(name="c", roads=("realnet",), effects=("send",), mode="read_only"),
        AddConnection(name="c", roads=("playground",), effects=("send",), mode="open"),
    ):
        assert "warning" not in await asked(world, quiet)
    mixed = AddConnection(name="c", roads=("playground", "realnet"), effects=("send",), mode="open")
    assert "real people" in warning_of(await asked(world, mixed))


async def test_allowing_changes_what_is_named_and_leaves_the_rest(world: World) -> None:
    pcid = await new_connection(world.store, world.me, effects=("read", "send"), mode="open")
    changed = await asked(world, AllowConnection(pcid=pcid, effects=("read",)))
    assert (changed["effects"], changed["mode"]) == (["read"], "open")
    changed = await asked(world, AllowConnection(pcid=pcid, mode="guarded"))
    assert (changed["effects"], changed["mode"]) == (["read"], "guarded")
    changed = await asked(world, AllowConnection(pcid=pcid))
    assert (changed["effects"], changed["mode"]) == (["read"], "guarded")


async def test_only_who_owns_the_accounts_widens_a_connection_and_everybody_may_stop_it(world: World) -> None:
    with pytest.raises(NotAllowed, match="only they can change"):
        await asked(world, AllowConnection(pcid=world.other.pcid, mode="open"))
    assert (await asked(world, StopConnection(pcid=world.other.pcid)))["stopped"]
    assert await asked(world, RevokeConnection(pcid=world.other.pcid)) == {
        "object": "ConnectionRevoked",
        "pcid": world.other.pcid,
    }


async def test_everybody_sees_their_own_connections_and_an_admin_all(world: World) -> None:
    second = await new_connection(world.store, world.me)
    mine = await asked(world, ListConnections(), world.me.caller)
    assert [(each["pcid"], each["is_default"]) for each in mine["items"]] == [(world.me.pcid, True), (second, False)]
    assert mine["cursor"] is None
    others = await asked(world, ListConnections(), world.other.caller)
    assert [each["pcid"] for each in others["items"]] == [world.other.pcid]
    everything = await asked(world, ListAllConnections())
    assert [each["principal"] for each in everything["items"]] == ["ada", "grace", "ada"]
    with pytest.raises(NotAllowed):
        await asked(world, ListAllConnections(), world.me.caller)


async def test_a_revoked_connection_is_gone_for_every_operation(world: World) -> None:
    await asked(world, RevokeConnection(pcid=world.me.pcid))
    for operation in (
        AllowConnection(pcid=world.me.pcid, mode="open"),
        StopConnection(pcid=world.me.pcid),
        RevokeConnection(pcid=world.me.pcid),
        AllowConnection(pcid="pc_unknown", mode="open"),
    ):
        with pytest.raises(NotFound):
            await asked(world, operation)
    assert (await local_user(world.store)).default_pcid is None
