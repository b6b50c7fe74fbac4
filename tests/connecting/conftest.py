"""A whole server without sockets: store, sandbox, hub and gate behind the HTTP surfaces, for connecting accounts by REST."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from os import urandom
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest

from trunkline.app import Site, build_door
from trunkline.gateway import first_run
from trunkline.gateway.gate import Gate
from trunkline.hub.hub import Hub
from trunkline.hub.options import HubOptions
from trunkline.model.times import system_clock
from trunkline.networks.sandbox import connectors
from trunkline.networks.sandbox.connector import SandboxConnector
from trunkline.networks.scan import Setup
from trunkline.store.store import open_store
from trunkline.surfaces.door.credentials import LocalUser
from trunkline.surfaces.door.hosts import allow

CEILING_S = 30
PORT = 3114


class Clock:
    """The server's clock, which a test may move. The sandbox has its own."""

    def __init__(self) -> None:
        self.ahead_ms = 0

    def __call__(self) -> int:
        """Milliseconds, UTC."""
        return system_clock() + self.ahead_ms


@dataclass(frozen=True)
class World:
    """A running server. http: with the admin key; plain: with a key that may not run the server."""

    hub: Hub
    connector: SandboxConnector
    clock: Clock
    http: httpx2.AsyncClient
    plain: httpx2.AsyncClient

    async def connect(self, **body: Any) -> httpx2.Response:
        """POST /accounts."""
        return await self.http.post("/api/v1/accounts", json=body)

    async def waiting(self, **body: Any) -> tuple[str, dict[str, Any]]:
        """Begin a login that stops at a checkpoint: the account's id and the checkpoint."""
        answer = await self.connect(**body)
        found = answer.json()
        assert (answer.status_code, found["object"]) == (202, "Checkpoint"), answer.text
        return found["account_id"], found["checkpoint"]

    async def solve(self, account_id: str, provider: str, code: str) -> httpx2.Response:
        """POST /accounts/checkpoint."""
        body = {"account_id": account_id, "provider": provider, "code": code}
        return await self.http.post("/api/v1/accounts/checkpoint", json=body)

    async def account(self, account_id: str) -> httpx2.Response:
        """GET /accounts/{id}."""
        return await self.http.get(f"/api/v1/accounts/{account_id}")

    async def confirm(self) -> None:
        """The person scans or confirms on their phone."""
        answer = await self.http.post("/api/v1/networks/sandbox/controls/confirm", json={})
        assert answer.status_code == 200, answer.text

    async def until_connected(self, account_id: str) -> dict[str, Any]:
        """The account, once its login is done and its chats are there."""

        async def is_there() -> bool:
            answer = await self.account(account_id)
            return answer.status_code == 200 and answer.json()["sources"][0]["status"] == "OK"

        await until(is_there)
        found: dict[str, Any] = (await self.account(account_id)).json()
        return found


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Look again and again, for a few seconds."""
    with anyio.fail_after(CEILING_S):
        while not await holds():
            await anyio.lowlevel.checkpoint()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A server with an empty sandbox and no account."""
    clock = Clock()
    store = await open_store(tmp_path, clock=clock)
    options = {"sandbox.answers": "0"}
    (connector,) = connectors(Setup(tmp_path, system_clock, urandom, options))
    assert isinstance(connector, SandboxConnector)
    await connector.controls("seed", {"seed": "small"})
    hub = Hub(store, [connector], HubOptions(data_folder=tmp_path, first_sync_messages=1))
    gate = Gate(store, {"hub": hub}, roads=["sandbox"], simulated=["sandbox"] if connector.simulated else [])
    await gate.start()
    await first_run.set_up(store, person="ada", connection="sandbox", roads=["sandbox"])
    keys = await first_run.ready_keys(store)
    await hub.start()
    door = build_door(Site(gate, allow(PORT, "127.0.0.1", [], []), LocalUser("f" * 64), PORT, 30_000, 1_000_000))
    clients = [
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(door), base_url=f"http://127.0.0.1:{PORT}", headers={"x-api-key": key}
        )
        for key in (keys.admin_key, keys.api_key)
    ]
    yield World(hub, connector, clock, *clients)
    for client in clients:
        await client.aclose()
    await gate.close()
    await hub.close()
    await store.close()
