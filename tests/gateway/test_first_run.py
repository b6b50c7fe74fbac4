"""What the first start makes, and what later ones do."""

import pytest

from trunkline.gateway import first_run
from trunkline.gateway.caller import Caller
from trunkline.gateway.first_run import READY_KEY_MS
from trunkline.gateway.gate import Gate
from trunkline.model.errors import InvalidCredentials
from trunkline.operations.administration import ListKeys
from trunkline.operations.own import ListConnections
from trunkline.store.store import Store

from .conftest import World, new_gate
from .fake_backend import FakeBackend
from .wire import asked


async def test_the_first_run_makes_a_person_with_a_key_and_an_open_connection(world: World) -> None:
    (connection,) = (await asked(world, ListConnections(), world.me.caller))["items"]
    assert connection == {
        "object": "Connection",
        "pcid": world.me.pcid,
        "name": "playground",
        "principal": "ada",
        "backend": "hub",
        "roads": ["playground"],
        "accounts": None,
        "chats": None,
        "effects": ["read", "send", "change", "destroy"],
        "mode": "open",
        "stopped": False,
        "is_default": True,
        "created_at": "2026-09-21T14:13:20.000Z",
    }
    assert not world.me.caller.is_admin


async def test_a_second_run_makes_nothing(world: World) -> None:
    assert await first_run.set_up(world.store, person="eve", connection="c", roads=("realnet",)) is None
    assert len((await asked(world, ListKeys()))["items"]) == 2


async def test_each_start_gives_fresh_keys_for_a_day(world: World) -> None:
    first = await first_run.ready_keys(world.store)
    second = await first_run.ready_keys(world.store)
    assert first.pcid == second.pcid == world.me.pcid
    assert len({first.api_key, first.admin_key, second.api_key, second.admin_key}) == 4
    for keys in (first, second):
        plain, admin = await world.gate.authenticate(keys.api_key), await world.gate.authenticate(keys.admin_key)
        assert (plain.principal, plain.is_admin, plain.default_pcid) == (world.me.person, False, world.me.pcid)
        assert (admin.principal, admin.is_admin, admin.default_pcid) == (world.me.person, True, world.me.pcid)
    world.clock.now += READY_KEY_MS
    with pytest.raises(InvalidCredentials):
        await world.gate.authenticate(second.admin_key)


async def test_the_keys_of_earlier_starts_do_not_pile_up(world: World) -> None:
    for _ in range(5):
        await first_run.ready_keys(world.store)
        world.clock.now += READY_KEY_MS
    await first_run.ready_keys(world.store)
    assert len((await asked(world, ListKeys()))["items"]) == 2 + 2


async def test_the_local_user_is_the_first_person_and_may_run_the_server(world: World) -> None:
    assert await world.gate.local_user() == Caller(world.me.person, None, is_admin=True, default_pcid=world.me.pcid)


async def test_before_the_first_run_there_is_nobody(store: Store) -> None:
    gate: Gate = new_gate(store, FakeBackend(store))
    with pytest.raises(InvalidCredentials, match="trunkline serve"):
        await gate.local_user()
    with pytest.raises(InvalidCredentials, match="trunkline serve"):
        await first_run.ready_keys(store)
