"""A whole server that is killed in the middle of a sync and of sends, and what accounts say when something is wrong.

Judged by the fake's record: nothing lost, nothing twice.
"""

import asyncio
from datetime import timedelta

import anyio
import pytest

from trunkline.networks._testing.server import CEILING_S
from trunkline.networks.telegram.fake.seed import ADA, BORIS, MAYA, TOM
from trunkline.networks.telegram.fake.server import FakeTelegram
from trunkline.networks.telegram.tests.server import TelegramServer

pytestmark = pytest.mark.slow

ADAS, BORISES = "+33600000001", "+33600000002"


async def test_a_server_killed_in_the_middle_of_a_sync_goes_on_where_it_was(
    server: TelegramServer, telegram: FakeTelegram
) -> None:
    began = telegram.world.date() - timedelta(days=1)
    for number in range(1_500):
        telegram.acts.write(TOM, str(ADA), message=f"Old {number}", date=began + timedelta(seconds=number))
    await server.allow(await server.connect(ADAS, wait=False))
    with anyio.fail_after(CEILING_S):
        while telegram.asked["GetHistory"] < 6:  # noqa: ASYNC110 (another process: no event)
            await asyncio.sleep(0.005)
    server.kill()
    assert telegram.asked["GetHistory"] < 15
    telegram.acts.write(TOM, str(ADA), message="While it was down")
    await server.start()
    chat = (await server.chat(str(TOM)))["id"]
    await server.until_text(chat, "While it was down")
    with anyio.fail_after(CEILING_S):
        while len(texts := await server.texts(chat)) < 1_505:  # noqa: ASYNC110 (another process: no event)
            await asyncio.sleep(0.05)
    assert texts[0] == "While it was down"
    assert [text for text in texts if text.startswith("Old ") and "news" not in text] == [
        f"Old {number}" for number in reversed(range(1_500))
    ]
    assert telegram.acts.unread(telegram.world.boxes[ADA], str(TOM)) == 1_505


async def test_a_server_killed_in_the_middle_of_sends_loses_none_and_sends_none_twice(
    server: TelegramServer, telegram: FakeTelegram
) -> None:
    await server.allow(await server.connect(ADAS))
    chat = (await server.chat(str(MAYA)))["id"]
    telegram.fault("cut_after", count=1)
    sends = [asyncio.create_task(server.tries("send_message_in_chat", chat_id=chat, text=f"Send {n}")) for n in range(30)]
    with anyio.fail_after(CEILING_S):
        while len(telegram.record) < 5:  # noqa: ASYNC110 (another process: no event)
            await asyncio.sleep(0.005)
    server.kill()
    await asyncio.gather(*sends, return_exceptions=True)
    await server.start()
    await server.asks("send_message_in_chat", chat_id=chat, text="The end.")
    taken = [each["command"]["text"] for each in telegram.record if each["kind"] == "send"]
    assert len(taken) == len(set(taken))
    on_the_network = [message.message for message in telegram.acts.messages(ADA, str(MAYA)) if message.message in taken]
    assert sorted(on_the_network) == sorted(taken)
    await server.until_text(chat, "The end.")
    shown = await server.texts(chat)
    assert sorted(text for text in shown if text in taken) == sorted(taken)


async def test_a_lost_answer_is_settled_and_the_caller_hears_it(server: TelegramServer, telegram: FakeTelegram) -> None:
    await server.allow(await server.connect(ADAS))
    chat = (await server.chat(str(MAYA)))["id"]
    for fault in ("lost_answer", "lost_request", "cut_after", "cut_before", "not_reached"):
        telegram.fault(fault)
        await server.asks("send_message_in_chat", chat_id=chat, text=fault)
    taken = [each["command"]["text"] for each in telegram.record if each["kind"] == "send"]
    assert taken == ["lost_answer", "lost_request", "cut_after", "cut_before", "not_reached"]


async def test_a_send_whose_token_telegram_only_calls_a_duplicate_is_found_in_the_history(
    server: TelegramServer, telegram: FakeTelegram
) -> None:
    await server.allow(await server.connect(ADAS))
    chat = (await server.chat(str(MAYA)))["id"]
    telegram.fault("lost_answer")
    telegram.fault("says_duplicate", count=50)
    sent = await server.asks("send_message_in_chat", chat_id=chat, text="Once")
    assert (await server.asks("get_message", message_id=sent["message_id"]))["text"] == "Once"
    assert [each["command"]["text"] for each in telegram.record if each["kind"] == "send"] == ["Once"]


async def test_one_accounts_trouble_is_told_and_leaves_the_other_alone(server: TelegramServer, telegram: FakeTelegram) -> None:
    """Revoked: CREDENTIALS; banned: PERMISSIONS; down: CONNECTING. Logging in again is the same account."""
    ada, boris = await server.connect(ADAS), await server.connect(BORISES, None)
    await server.allow(ada, boris)
    telegram.revoke(ADA)
    await server.until_status(ada, "CREDENTIALS")
    asked = telegram.asked["GetUsers"]
    telegram.acts.write(MAYA, str(BORIS), message="Still here")
    chats = await server.until(
        lambda page: any(item["text"] == "Still here" for item in page["items"]), "list_all_messages", account_id=boris
    )
    assert chats["items"]
    assert telegram.asked["GetUsers"] == asked
    assert await server.connect(ADAS) == ada
    telegram.world.people[ADA].is_banned = True
    telegram.drop()
    await server.until_status(ada, "PERMISSIONS")
    telegram.world.people[ADA].is_banned = False
    await telegram.stop()
    await server.until_status(boris, "CONNECTING")
    await telegram.start()
    await server.until_status(boris, "OK")
    assert "33600000001" not in server.log.read_text()
