"""A gate over the unipile backend, and a Unipile server behind it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from msgspec import json
from tests.conftest import Clock

from trunkline.gateway import first_run
from trunkline.gateway.caller import Caller, Reply
from trunkline.gateway.gate import Gate
from trunkline.operations.administration import AddUnipileConnection
from trunkline.operations.declaration import Operation
from trunkline.store.store import Store
from trunkline.unipile.backend import UnipileBackend
from trunkline.unipile.http import RemoteHttp
from trunkline.unipile.writing import FOLLOW_S

from .fake_backend import Nobody
from .fake_unipile import KEY, FakeUnipile

EVERYTHING = ("read", "send", "change", "destroy")


@dataclass
class Pauses:
    """Waiting that takes no time: it moves the clock. While `held`, who looks on for a lost message waits until `go` is set."""

    clock: Clock
    held: bool = False
    go: asyncio.Event = field(default_factory=asyncio.Event)
    taken: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        if self.held and seconds in FOLLOW_S:
            await self.go.wait()
        self.clock.now += int(seconds * 1000)
        await asyncio.sleep(0)


@dataclass
class World:
    """Everything together. `pcid` names a connection that may do everything."""

    store: Store
    clock: Clock
    pauses: Pauses
    remote: FakeUnipile
    backend: UnipileBackend
    gate: Gate
    me: Caller
    pcid: str = ""

    async def reply(
        self, operation: Operation[Any], *, pcid: str | None = None, key: str | None = None, wait_ms: int = 30_000
    ) -> Reply:
        """What the gate answers."""
        return await self.gate.answer(
            self.me, operation, pcid=pcid or self.pcid, surface="cli", idempotency_key=key, wait_ms=wait_ms
        )

    async def ask(self, operation: Operation[Any], **how: Any) -> Any:
        """The decoded answer."""
        reply = await self.reply(operation, **how)
        assert isinstance(reply.body, bytes)
        return json.decode(reply.body)

    async def connect(self, **limits: Any) -> str:
        """One more connection; gives its PCID."""
        wanted = {"name": "line", "dsn": self.remote.url, "api_key": KEY, "effects": EVERYTHING, "mode": "open", **limits}
        return str((await self.ask(AddUnipileConnection(**wanted)))["pcid"])

    async def restart(self) -> None:
        """End the backend and the gate as a stop does, and begin anew over the same store."""
        await self.gate.close()
        await self.backend.close()
        self.backend, self.gate = new_backend(self.store, self.pauses)
        await self.backend.start()
        await self.gate.start()


def new_backend(store: Store, pauses: Pauses) -> tuple[UnipileBackend, Gate]:
    """A backend and a gate over it."""
    backend = UnipileBackend(store, RemoteHttp(store.clock, jitter=lambda: 1.0, sleep=pauses), sleep=pauses)
    return backend, Gate(store, {"hub": Nobody(), "unipile": backend}, remotes=backend)


@pytest.fixture
async def remote(clock: Clock) -> AsyncIterator[FakeUnipile]:
    """The server at the other end."""
    fake = FakeUnipile(clock)
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
async def world(store: Store, clock: Clock, remote: FakeUnipile) -> AsyncIterator[World]:
    """Everything, with one open connection."""
    assert await first_run.set_up(store, person="ada", connection="nothing", roads=()) is not None
    pauses = Pauses(clock)
    backend, gate = new_backend(store, pauses)
    await gate.start()
    await backend.start()
    made = World(store, clock, pauses, remote, backend, gate, await gate.local_user())
    made.pcid = await made.connect()
    remote.requests.clear()
    yield made
    remote.hung.set()
    pauses.go.set()
    await made.gate.close()
    await made.backend.close()
