"""Deleting an account unlinks the device at WhatsApp, where it is connected; whatever comes of that, the account is deleted."""

import asyncio
import os
import signal
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from trunkline.contract.connector import LogsOut, OpenAccount
from trunkline.networks._testing.server import Json
from trunkline.networks.whatsapp.linked.fake import FakeNetwork
from trunkline.networks.whatsapp.linked.fake_world import OWN
from trunkline.networks.whatsapp.suite import LinkedBench
from trunkline.networks.whatsapp.tests.server import LinkedServer

ACCOUNT = OpenAccount(account_id="account", account_type="WHATSAPP", identity=OWN)
BY_HAND = (
    "WhatsApp was not reached to unlink the device: where it still stands on the phone (Settings, Linked devices), remove it"
    " there."
)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[LinkedBench]:
    """A linked account."""
    made = LinkedBench("WHATSAPP", tmp_path)
    await made.start()
    yield made
    await made.close()


async def test_a_connected_device_is_unlinked_and_whoever_listens_hears_nothing_of_it(bench: LinkedBench) -> None:
    """Baileys tells of its own logout as of one on the phone: it must not become the account's state."""
    session, link = bench.session(), bench.connector.link("account")
    await session.connect()
    heard: list[object] = []

    async def listen() -> None:
        heard.extend([each async for each in session.listen(str(link.log_end))])

    listening = asyncio.create_task(listen())
    assert isinstance(bench.connector, LogsOut)
    assert await bench.connector.log_out(ACCOUNT)
    with anyio.fail_after(5):
        ended = await link.ended()
    assert [each["kind"] for each in await bench.arrived("log_out")] == ["log_out"]
    assert bench.network.world.secrets == set()
    await session.close()
    assert (heard, listening.done(), ended.text) == ([], False, "WhatsApp is not connected.")
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_a_device_that_is_not_connected_is_not_connected_for_that(bench: LinkedBench) -> None:
    """Nor is an account that was never opened here."""
    starts = bench.connector.process.starts
    assert not await bench.connector.log_out(ACCOUNT)
    assert not await bench.connector.log_out(OpenAccount(account_id="another", account_type="WHATSAPP", identity=OWN))
    assert (await bench.arrived("log_out"), bench.connector.process.starts) == ([], starts)
    assert bench.connector.left_to_do == BY_HAND


@pytest.mark.slow
async def test_a_deleted_account_is_unlinked_and_nothing_is_told_after_its_deletion(
    server: LinkedServer, network: FakeNetwork
) -> None:
    """Through a whole server; another account of it goes on."""
    account, other_network = await server.connect(), network.beside("4915550000002@s.whatsapp.net")
    other = await server.connect(other_network)
    assert await deleted(server, account) == {"object": "AccountDeleted"}
    assert [each["kind"] for each in network.world.record] == ["log_out"]
    assert other_network.world.record == []
    await server.until_status(other)
    assert await deleted(server, other) == {"object": "AccountDeleted"}
    await server.stop()
    with sqlite3.connect(server.folder / "trunkline.db") as db:
        told = db.execute("SELECT object_id, kind FROM journal WHERE kind LIKE 'account_%' ORDER BY seq").fetchall()
    assert told == [(account, "account_deleted"), (other, "account_deleted")]


@pytest.mark.slow
async def test_an_account_whose_network_is_away_is_deleted_and_the_answer_says_what_is_left(
    server: LinkedServer, network: FakeNetwork
) -> None:
    """The phone still lists the device: its person is told where."""
    account = await server.connect()
    await network.close()
    await server.until_status(account, "CONNECTING")
    assert await deleted(server, account) == {"object": "AccountDeleted", "detail": BY_HAND}
    assert (await server.http.get(f"/api/v1/accounts/{account}")).status_code == 404


@pytest.mark.slow
async def test_an_account_whose_side_process_hangs_is_deleted_all_the_same(server: LinkedServer, network: FakeNetwork) -> None:
    """It has seconds, then the deletion goes on."""
    account = await server.connect()
    os.kill(server.side_process(), signal.SIGSTOP)
    assert await deleted(server, account) == {"object": "AccountDeleted", "detail": BY_HAND}
    assert network.world.record == []


async def deleted(server: LinkedServer, account: str) -> Json:
    """The answer to its deletion."""
    answer = await server.http.delete(f"/api/v1/accounts/{account}")
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found
