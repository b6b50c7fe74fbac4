"""A served door over a fake gate."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import anyio
import httpx2
import pytest
import uvicorn

from trunkline.app import Site, build_door
from trunkline.surfaces.door.connection import HttpConnection
from trunkline.surfaces.door.credentials import LocalUser
from trunkline.surfaces.door.door import Door
from trunkline.surfaces.door.hosts import allow

from .fake_gate import KEY, FakeGate
from .listening import listener

LOCAL_TOKEN = "f" * 64


@dataclass(frozen=True)
class Served:
    """A running server."""

    port: int
    gate: FakeGate
    door: Door
    http: httpx2.AsyncClient
    """Sends the key."""
    server: uvicorn.Server

    async def idle(self) -> None:
        """Wait until no request is being answered."""
        with anyio.fail_after(30):
            while self.server.server_state.tasks:
                await anyio.lowlevel.checkpoint()

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture(scope="session")
async def server(anyio_backend: str) -> AsyncIterator[Served]:
    """The door on a free port, one for all tests: starting it anew would cost each of them more than what it tests."""
    gate = FakeGate()
    with listener() as socket:
        port = socket.getsockname()[1]
        door = build_door(Site(gate, allow(port, "127.0.0.1", [], []), LocalUser(LOCAL_TOKEN), port, 30_000, 1000))
        config = uvicorn.Config(door, log_config=None, access_log=False, lifespan="on", http=HttpConnection, ws="none")
        server = uvicorn.Server(config)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(server.serve, [socket])
            with anyio.fail_after(30):
                while not server.started:
                    await anyio.lowlevel.checkpoint()
            url = f"http://127.0.0.1:{port}"
            async with httpx2.AsyncClient(base_url=url, headers={"x-api-key": KEY}, trust_env=False) as http:
                yield Served(port, gate, door, http, server)
            server.should_exit = True


@pytest.fixture
def gate(server: Served) -> Iterator[FakeGate]:
    """The gate behind the door, as new."""
    server.gate.forget()
    yield server.gate
    if server.gate.hold is not None:
        server.gate.hold.set()


@pytest.fixture
def served(server: Served, gate: FakeGate) -> Served:
    """The running server."""
    return server
