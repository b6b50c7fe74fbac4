"""A whole server in this process, as app.py joins it, on a free port: real HTTP in front, its inside within reach."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
import uvicorn

from trunkline.app import Parts, Site, build_door, open_parts
from trunkline.contract.connector import Connector
from trunkline.contract.login import Step
from trunkline.gateway import first_run as first_person
from trunkline.model.networks import ACCOUNT_TYPES, AccountType
from trunkline.owner import proof
from trunkline.settings import Settings, read_settings
from trunkline.store.store import Store
from trunkline.surfaces.door.connection import HttpConnection
from trunkline.surfaces.door.credentials import LocalUser
from trunkline.surfaces.door.door import Door
from trunkline.surfaces.door.hosts import allow
from trunkline.surfaces.door.listening import open_sockets, port_of

CEILING_S = 30
START_S = 30


class Quiet(uvicorn.Server):
    """Serves within a test: signals stay the test runner's. The settings are those of `trunkline serve`."""

    def __init__(self, door: Door):
        options: dict[str, Any] = {
            "lifespan": "on",
            "log_config": None,
            "access_log": False,
            "server_header": False,
            "timeout_graceful_shutdown": 2,
        }
        super().__init__(uvicorn.Config(door, http=HttpConnection, ws="none", proxy_headers=False, **options))
        self.answers = anyio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self.answers.set()


@dataclass(frozen=True)
class Served:
    """A running server."""

    folder: Path
    port: int
    parts: Parts
    door: Door
    local_token: str

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def store(self) -> Store:
        """The store."""
        return self.parts.store

    @property
    def network(self) -> Connector:
        """The sandbox."""
        (connector,) = (each for each in self.parts.connectors if each.simulated)
        return connector

    def http(self, key: str | None) -> httpx2.AsyncClient:
        """A client with this key, or without any."""
        headers = {} if key is None else {"authorization": f"Bearer {key}"}
        return httpx2.AsyncClient(base_url=self.url, headers=headers, trust_env=False, timeout=60)

    async def control(self, name: str, **values: Any) -> Any:
        """What a control of the sandbox answers."""
        return await self.network.controls(name, values)

    async def log_in(self, account_type: AccountType, number: int, owner: int) -> str:
        """Connect the `number`th own user of a simulated network; gives the account's id once its chats are there."""
        values = {"account_type": account_type, "number": str(number)}
        login_id, outcome = await self.parts.hub.logins.start(self.network.road, "instant", values, owner=owner)
        if isinstance(outcome, Step):
            outcome = await self.parts.hub.logins.submit(login_id, owner, {})
        assert not isinstance(outcome, Step)
        await self.parts.hub.first_synced(outcome.account_no)
        return outcome.account_id

    async def log_in_everywhere(self, number: int, owner: int) -> None:
        """Connect the `number`th own user of all seven."""
        for account_type in ACCOUNT_TYPES:
            await self.log_in(account_type, number, owner)


def settings_of(folder: Path) -> Settings:
    """The settings of a server on that folder, whatever the environment says."""
    return read_settings({"data": str(folder)}, {})


@asynccontextmanager
async def served(folder: Path, seed: str = "small", wait_ms: int = 30_000) -> AsyncIterator[Served]:
    """A server on a fresh folder, or one that was served before. The sandbox's people stay silent.

    wait_ms: how long a call may wait for a network.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    async with AsyncExitStack() as inside:
        sockets = open_sockets("127.0.0.1", 0)
        for each in sockets:
            inside.callback(each.close)
        port = port_of(sockets[-1])
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TRUNKLINE_SANDBOX_ANSWERS", "0")
            parts = await inside.enter_async_context(open_parts(settings_of(folder), f"http://127.0.0.1:{port}"))
        await first_person.set_up(parts.store, person="owner", connection="Simulated networks", roads=parts.simulated)
        await parts.hub.start()
        for connector in parts.connectors:
            if connector.simulated:
                await connector.controls("seed", {"seed": seed})
        local_user = LocalUser(proof.new_secret())
        door = build_door(Site(parts.gate, allow(port, "127.0.0.1", (), ()), local_user, port, wait_ms, 1_000_000))
        running = Quiet(door)
        serving = asyncio.create_task(running.serve(sockets))
        try:
            with anyio.fail_after(START_S):
                await running.answers.wait()
            yield Served(folder, port, parts, door, local_user.token)
        finally:
            running.should_exit = True
            await serving
