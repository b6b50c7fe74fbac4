"""Accounts and files in another of Telegram's data centres: a second address of the fake, with keys of its own."""

import os

import anyio
import anyio.lowlevel
import pytest
from telethon.crypto import rsa
from telethon.sessions import StringSession
from telethon.tl import types

from trunkline.contract.commands import SendMessage
from trunkline.contract.login import LoginDone, Step
from trunkline.model.errors import Disconnected, NetworkFailed
from trunkline.networks.scan import Setup
from trunkline.networks.telegram.fake.exchange import public_key
from trunkline.networks.telegram.fake.logins import CODE, scan
from trunkline.networks.telegram.fake.media import document_media
from trunkline.networks.telegram.fake.seed import ADA, MAYA, PASSWORD
from trunkline.networks.telegram.suite import OPTIONS, TelegramBench
from trunkline.networks.telegram.tests.hearing import heard_from
from trunkline.networks.telegram.user.connector import TelegramConnector
from trunkline.networks.telegram.user.desk import read_credentials

ELSEWHERE = 4
FILE = os.urandom(1_200_000)


@pytest.fixture
async def two(bench: TelegramBench) -> TelegramBench:
    """A bench whose network has two data centres; logins begin in the first, by the exchange of a key."""
    await bench.server.add_data_center(ELSEWHERE)
    key = bench.folder / "server.pem"
    key.write_text(public_key())
    options = {**OPTIONS, "telegram.server": f"127.0.0.1:{bench.server.port}", "telegram.server_key": str(key)}
    bench.connector = TelegramConnector(Setup(bench.folder, bench.clock, os.urandom, options))
    return bench


async def living_there(bench: TelegramBench, done: Step | LoginDone) -> None:
    """The login is kept for the other data centre, and the account is usable."""
    assert isinstance(done, LoginDone)
    bench.accept(done)
    kept = StringSession(read_credentials(done.credentials).session)
    assert (kept.dc_id, kept.port) == (ELSEWHERE, bench.server.ports[ELSEWHERE])
    hearing = await heard_from(bench)
    await hearing.session.send(SendMessage(chat=str(MAYA), text="From elsewhere"), "token")
    await hearing.until_messages(1)
    assert [link.data_center for link in bench.server.connections] == [ELSEWHERE]


async def test_a_login_by_phone_goes_on_where_the_account_lives(two: TelegramBench) -> None:
    """PHONE_MIGRATE."""
    two.server.world.people[ADA].data_center = ELSEWHERE
    login, step = await two.connector.login("telegram-phone", {})
    outcome: Step | LoginDone = step
    for _ in range(3):
        assert isinstance(outcome, Step)
        outcome = await login.submit(two.right(outcome))
    await living_there(two, outcome)
    assert two.server.asked["SendCode"] == 2


async def test_a_login_by_qr_code_goes_on_where_the_account_lives(two: TelegramBench) -> None:
    """LoginTokenMigrateTo, then the second password."""
    two.server.world.people[ADA].data_center = ELSEWHERE
    login, _ = await two.connector.login("telegram-qr", {})
    scan(two.server, ADA)
    with anyio.fail_after(5):
        asked = await login.wait()
    assert isinstance(asked, Step)
    assert asked.step_id == "telegram.password"
    await living_there(two, await login.submit({"password": PASSWORD}))


async def test_a_login_goes_where_this_address_belongs_and_the_code_is_waited_for_there(two: TelegramBench) -> None:
    """NETWORK_MIGRATE: the first connection's end is not the login's."""
    two.server.world.people[ADA].data_center = ELSEWHERE
    two.server.fault("network_migrate")
    login, _ = await two.connector.login("telegram-qr", {})
    scan(two.server, ADA)
    with anyio.fail_after(5):
        await login.wait()
    await living_there(two, await login.submit({"password": PASSWORD}))


async def test_a_key_exchange_that_fails_in_the_other_data_center_is_done_again(two: TelegramBench) -> None:
    """One in 256 does, by Telethon's leading zeros: also where the login began with a key that both sides knew."""
    rsa.add_key(public_key(), old=False)
    two.server.world.people[ADA].data_center = ELSEWHERE
    connector = TelegramConnector(Setup(two.folder, two.clock, os.urandom, OPTIONS), two.server.wire)
    login, step = await connector.login("telegram-phone", {})
    two.server.fault(f"bad_exchange in {ELSEWHERE}")
    asked = await login.submit(two.right(step))
    assert isinstance(asked, Step)
    assert asked.step_id == "telegram.code"
    assert isinstance(await login.submit({"code": CODE}), Step)
    await login.close()


async def test_a_data_center_nobody_names_ends_the_login_in_words(two: TelegramBench) -> None:
    two.server.world.people[ADA].data_center = 9
    login, step = await two.connector.login("telegram-phone", {})
    with pytest.raises(NetworkFailed, match="connection to Telegram"):
        await login.submit(two.right(step))


async def test_a_file_is_fetched_where_it_lies_over_one_connection(two: TelegramBench) -> None:
    hearing = await heard_from(two)
    named = [types.DocumentAttributeFilename("far.bin")]
    media = document_media(two.server.world, FILE, "application/octet-stream", named, ELSEWHERE)
    two.server.acts.write(MAYA, str(ADA), message="", media=media)
    await hearing.until_messages(1)
    (info,) = hearing.messages[0].files
    assert info.ref is not None
    assert b"".join([chunk async for chunk in hearing.session.fetch_file(info.ref)]) == FILE
    assert sorted(link.data_center for link in two.server.connections) == [2, ELSEWHERE]
    assert two.server.asked["ExportAuthorization"] == 1
    await hearing.session.close()
    with anyio.fail_after(5):
        while two.server.connections:
            await anyio.lowlevel.checkpoint()


async def test_a_picture_that_lies_elsewhere_is_fetched_there(two: TelegramBench) -> None:
    """FILE_MIGRATE: only the refusal says where."""
    world = two.server.world
    (number,) = world.photos
    world.photo_centers[number] = ELSEWHERE
    session = two.session()
    await session.connect()
    found = b"".join([chunk async for chunk in session.fetch_picture(f"{MAYA}/{number}")])
    assert found == world.photos[number]


async def test_an_account_that_was_moved_says_to_connect_it_again(two: TelegramBench) -> None:
    """USER_MIGRATE at a kept login."""
    two.server.fault("user_migrate")
    with pytest.raises(Disconnected, match="another data centre"):
        await two.session().connect()
