"""S18 of a whole server: what must stay secret stands in clear nowhere, moved seals do not open, files are for their owner.

Beside the gate's own test (tests/gateway/test_secrets.py) this one has logins: passwords that were typed in, the credentials
that networks gave for them, and the key of another server. The sandbox's own file is the network's side of it.
"""

import logging
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from tests.gateway.test_secrets import forms_of
from tests.stories.agent import Agent, Network
from tests.stories.day import Day, live
from tests.stories.ways import by_plain_json_rpc
from tests.stories.ways import served as program

from trunkline.contract.states import AccountState
from trunkline.hub.supervisor import UNREADABLE
from trunkline.store import accounts, seal
from trunkline.store.accounts import AccountRow
from trunkline.store.engine import Transaction
from trunkline.store.keeper import CREDENTIALS

from .served import CEILING_S, Served, served
from .wire import tools_of

pytestmark = pytest.mark.slow

LEAST_CANARIES = 50
KEPT_ELSEWHERE = ("secret.key", "sandbox.db")
"""The secret itself, and the simulated network."""
OTHERS_MAY = 0o077


async def make_canaries(server: Served, http: httpx2.AsyncClient) -> set[str]:
    """Secrets of every kind, all of them used: keys, tokens, passwords, credentials of logins, another server's key."""
    keys = [
        (await _post(http, "/keys", {"name": f"key {number}", "admin": number % 2 == 0}))["api_key"] for number in range(20)
    ]
    tokens = []
    for key in keys[:10]:
        form = {"grant_type": "client_credentials", "client_id": key.split("_")[1], "client_secret": key}
        async with server.http(None) as anybody:
            tokens.append((await anybody.post("/oauth/token", data=form)).json()["access_token"])
    for secret in (*keys, *tokens):
        async with tools_of(server.port, secret) as tools:
            await tools.ask("trunkline_list_connections")
    typed = await _log_in(http)
    remote = {"name": "another server", "dsn": server.url, "api_key": keys[0]}
    await _post(http, "/connections/unipile", remote)
    given = {(await _credentials(server, row)).decode() for row in await accounts.all_of(server.store.db)}
    return {*keys, *tokens, *typed, *given, server.local_token}


async def _post(http: httpx2.AsyncClient, path: str, body: object) -> Any:
    return (await http.post(f"/api/v1{path}", json=body)).raise_for_status().json()


async def _log_in(http: httpx2.AsyncClient) -> list[str]:
    """Log in where a password is asked for, with a wrong code first; gives all that was typed in."""
    typed: list[str] = []
    for provider, names in (("LINKEDIN", ("username",)), ("INSTAGRAM", ("username",)), ("TWITTER", ("username", "email"))):
        for _ in range(3):
            values = {name: f"{name}-{secrets.token_hex(8)}" for name in (*names, "password")}
            typed += values.values()
            answer = await http.post("/api/v1/accounts", json={"provider": provider, **values})
            if answer.status_code == 202:
                checkpoint = {"account_id": answer.json()["account_id"], "provider": provider}
                for code in ("654321", "123456"):
                    answer = await http.post("/api/v1/accounts/checkpoint", json={**checkpoint, "code": code})
    return typed


async def _credentials(server: Served, row: AccountRow) -> bytes:
    """What the network gave at the login, opened."""
    found = await server.store.keeper(row.no, row.id).get(CREDENTIALS)
    assert found is not None
    return found


def in_clear(folder: Path, canaries: Iterable[str], *, besides: tuple[str, ...] = KEPT_ELSEWHERE) -> list[tuple[str, str]]:
    """Every file below the folder that holds one of them, or the secret part of one. besides: how files begin that may."""
    forms = {canary: [*forms_of(canary), *forms_of(_secret_part(canary))] for canary in canaries}
    return [
        (path.name, canary)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(besides)
        for content in [path.read_bytes()]
        for canary, wanted in forms.items()
        if any(form in content for form in wanted)
    ]


def _secret_part(canary: str) -> str:
    """A key is tl_<id>_<secret>, a token tlt_<secret>; a secret may hold underscores of its own."""
    kind, _, rest = canary.partition("_")
    return {"tl": rest.partition("_")[2], "tlt": rest}.get(kind, canary)


async def test_secrets_are_in_clear_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """While the server runs, with its log not yet checked in; in a backup; after its end; in what was logged and printed."""
    caplog.set_level(logging.DEBUG)
    folder = tmp_path / "data"
    async with served(folder, seed="empty") as server, server.http(server.local_token) as http:
        canaries = await make_canaries(server, http)
        assert len(canaries) >= LEAST_CANARIES
        assert in_clear(folder, canaries) == []
        backup = await _post(http, "/backups", {})
        canaries.add((folder / "secret.key").read_text().strip())
        assert in_clear(Path(backup["path"]).parent, canaries, besides=()) == []
    assert in_clear(folder, canaries) == []
    said = capfd.readouterr()
    assert {canary for canary in canaries for text in (caplog.text, said.out, said.err) if canary in text} == set()
    print(f"S18: {len(canaries)} secrets, 0 in clear")


def test_a_secret_in_a_file_would_be_seen(tmp_path: Path) -> None:
    """Else the test above would pass whatever happens."""
    (tmp_path / "left behind").write_bytes("... tl_1_secret ...".encode("utf-16-le"))
    assert in_clear(tmp_path, ["tl_1_secret"]) == [("left behind", "tl_1_secret")]


async def test_swapped_seals_open_nothing(tmp_path: Path) -> None:
    """Whoever can write to the database gains no login by moving one: each account says so, and the others go on."""
    folder = tmp_path / "data"
    async with served(folder, seed="empty") as server:
        owner = (await server.parts.gate.local_user()).principal
        for number in (1, 2):
            await server.log_in("WHATSAPP", number, owner)
        await server.log_in("TELEGRAM", 1, owner)
        first, second, third = await accounts.all_of(server.store.db)

        async def swap(tx: Transaction) -> None:
            sql = "UPDATE keeper SET value = $1 WHERE account_no = $2"
            sealed = {row[0]: row[1] for row in await tx.fetch("SELECT account_no, value FROM keeper")}
            await tx.run(sql, sealed[second.no], first.no)
            await tx.run(sql, sealed[first.no], second.no)

        await server.store.db.write(swap)
        for row in (first, second):
            with pytest.raises(seal.SealBroken):
                await _credentials(server, row)
    async with served(folder, seed="empty") as server:
        unreadable = (AccountState.LOGGED_OUT, UNREADABLE)
        with anyio.fail_after(CEILING_S):
            while True:
                states = {row.no: (row.state, row.state_text) for row in await accounts.all_of(server.store.db)}
                if states == {first.no: unreadable, second.no: unreadable, third.no: (AccountState.CONNECTED, None)}:
                    break
                await anyio.lowlevel.checkpoint()


async def test_after_a_whole_day_every_file_is_its_owners_alone(tmp_path: Path) -> None:
    """0600 and 0700, for backups, fetched files and uploads too, whatever the caller's own mask is."""
    folder = tmp_path / "data"
    async with program(folder) as http:
        network = Network(folder)
        await live(Day(Agent(by_plain_json_rpc(http), network.pcid()), network, searches=False))
        await http.post("/api/v1/uploads", content=b"a file", headers={"content-type": "text/plain"})
        network.make_backup()
        found = {path.relative_to(folder).parts[0] for path in folder.rglob("*")}
        assert {"backups", "media", "secret.key", "server.json", "trunkline.db", "trunkline.db-wal", "sandbox.db"} <= found
        for path in [folder, *folder.rglob("*")]:
            assert (path.name, path.stat().st_mode & OTHERS_MAY) == (path.name, 0)
