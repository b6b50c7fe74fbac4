"""A gate over a real store and a fake backend, with a clock the test moves."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from trunkline.gateway import first_run
from trunkline.gateway.caller import Caller
from trunkline.gateway.gate import Gate
from trunkline.store.store import Store, open_store

from .fake_backend import FakeBackend
from .recording import RecordingDatabase
from .tenants import Tenant, new_tenant

ROADS = ("playground", "realnet")
START_MS = 1_790_000_000_000


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START_MS

    def __call__(self) -> int:
        return self.now


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
def clock() -> Clock:
    """The clock of the store."""
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    """A fresh store whose statements are recorded."""
    opened = await open_store(tmp_path, clock=clock)
    yield replace(opened, db=RecordingDatabase(opened.db))
    await opened.close()


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
