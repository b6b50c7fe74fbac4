"""A gate over a real store and a fake backend, with a clock the test moves."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.conftest import Clock

from trunkline.gateway import first_run
from trunkline.gateway.caller import Caller
from trunkline.gateway.gate import Gate
from trunkline.store.store import Store

from .fake_backend import FakeBackend
from .recording import RecordingDatabase
from .tenants import Tenant, new_tenant

ROADS = ("playground", "realnet")


@dataclass
class World:
    """A gate, what stands behind it, and two who know nothing of each other."""

    folder: Path
    clock: Clock
    store: Store
    database: RecordingDatabase
    backend: FakeBackend
    gate: Gate
    me: Tenant
    other: Tenant
    admin: Caller


@pytest.fixture
def store(store: Store) -> Store:
    """A fresh store on each database, whose statements can be recorded."""
    return replace(store, db=RecordingDatabase(store.db))


def new_gate(store: Store, backend: FakeBackend) -> Gate:
    """A gate over the store; the playground's people are not real."""
    return Gate(store, {"hub": backend}, roads=ROADS, simulated=ROADS[:1])


@pytest.fixture
async def world(tmp_path: Path, clock: Clock, store: Store) -> AsyncIterator[World]:
    """Everything together, set up as a first run does it."""
    made = await first_run.set_up(store, person="ada", connection="playground", roads=ROADS[:1])
    assert made is not None
    backend = FakeBackend(store)
    gate = new_gate(store, backend)
    await gate.start()
    assert isinstance(store.db, RecordingDatabase)
    caller = await gate.authenticate(made.api_key)
    yield World(
        folder=tmp_path,
        clock=clock,
        store=store,
        database=store.db,
        backend=backend,
        gate=gate,
        me=Tenant(caller=caller, api_key=made.api_key, pcid=made.pcid, person=made.person),
        other=await new_tenant(store, "grace"),
        admin=await gate.local_user(),
    )
    await gate.close()
