"""FLOOD_WAIT: what Telegram does not want to be asked is not asked."""

import pytest
from telethon import errors, functions, types

from trunkline.contract.commands import SendMessage
from trunkline.model.errors import Throttled
from trunkline.networks.telegram.fake.seed import MAYA, TOM
from trunkline.networks.telegram.fake.server import FakeTelegram
from trunkline.networks.telegram.suite import TelegramBench
from trunkline.networks.telegram.tests.server import TelegramServer
from trunkline.networks.telegram.user.refusals import SlowMode, of_rpc, throttled
from trunkline.networks.telegram.user.waits import Waits

_HOUR_MS = 3_600_000


async def test_while_telegram_wants_us_to_wait_it_is_not_asked(bench: TelegramBench) -> None:
    """In another chat neither, and over a new connection neither; other kinds of requests go on."""
    session = bench.session()
    await session.connect()
    await bench.fault("rate_limited", ms=_HOUR_MS)
    with pytest.raises(Throttled):
        await session.send(SendMessage(chat=str(MAYA), text="One"), "token-1")
    asked = bench.server.asked["SendMessage"] + bench.server.asked["SendText"]
    bench.clock.move(_HOUR_MS // 2)
    again = bench.session()
    await session.close()
    await again.connect()
    with pytest.raises(Throttled) as met:
        await again.send(SendMessage(chat=str(TOM), text="Two"), "token-2")
    left_ms = met.value.retry_after_ms or 0
    assert 0 < left_ms <= _HOUR_MS // 2
    assert bench.server.asked["SendMessage"] + bench.server.asked["SendText"] == asked
    await again.history(str(MAYA), None, 10)
    bench.clock.move(left_ms)
    await again.send(SendMessage(chat=str(TOM), text="Two"), "token-2")
    assert [each["command"]["text"] for each in bench.server.record if each["kind"] == "send"] == ["Two"]


def test_the_slow_mode_of_one_group_holds_no_other_chat_back() -> None:
    found = of_rpc(errors.SlowModeWaitError(None, 30))
    assert isinstance(found, SlowMode)
    assert found.retry_after_ms == 30_000
    waits = Waits(lambda: 0)
    request = functions.messages.SendMessageRequest(types.InputPeerUser(MAYA, 0), "Hello")
    waits.note(request, found)
    waits.check(request)
    waits.note(request, throttled(5))
    with pytest.raises(Throttled):
        waits.check(request)


@pytest.mark.slow
async def test_a_wait_is_told_to_the_caller_and_shown_by_doctor(server: TelegramServer, telegram: FakeTelegram) -> None:
    await server.allow(await server.connect("+33600000001"))
    chat = await server.chat(str(MAYA))
    telegram.fault("rate_limited", ms=7_200_000)
    refused = await server.tries("send_message_in_chat", chat_id=chat["id"], text="Hello")
    assert "7200 s" in refused["content"][0]["text"]
    again = await server.tries("send_message_in_chat", chat_id=chat["id"], text="Hello")
    assert again["isError"]
    assert telegram.asked["SendMessage"] + telegram.asked["SendText"] == 1
    findings = (await server.http.get("/api/v1/status")).json()["findings"]
    (told,) = [each["text"] for each in findings if "have to wait" in each["text"]]
    assert told.startswith("Telegram (Ada): sends and changes have to wait until 2")
