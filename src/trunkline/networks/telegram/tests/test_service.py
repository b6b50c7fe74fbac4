"""What Telegram itself writes into a chat is never a blank line."""

import pytest
from telethon.tl import types

from trunkline.networks.telegram.fake.seed import ADA, MAYA
from trunkline.networks.telegram.suite import TelegramBench
from trunkline.networks.telegram.tests.hearing import heard_from


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (types.MessageActionPinMessage(), "pinned a message"),
        (types.MessageActionPhoneCall(1, types.PhoneCallDiscardReasonHangup()), "called"),
        (types.MessageActionContactSignUp(), "joined Telegram"),
        (types.MessageActionSetMessagesTTL(86_400), "changed how long messages are kept"),
        (types.MessageActionCustomAction("anything"), "[custom action]"),
        (types.MessageActionGiveawayLaunch(), "[giveaway launch]"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
async def test_what_happened_in_a_chat_is_told_in_words(bench: TelegramBench, action: object, words: str) -> None:
    hearing = await heard_from(bench)
    bench.server.acts.write(MAYA, str(ADA), action=action)
    await hearing.until_messages(1)
    assert hearing.messages[0].text == words
