"""People who show a user name instead of their number, and people who are known by both."""

from trunkline.contract.commands import React, SendMessage, StartChat
from trunkline.contract.events import ChatChanged, MessageArrived, PersonChanged
from trunkline.networks.whatsapp.business_bench import BusinessBench, jid
from trunkline.networks.whatsapp.cloud.fake_world import MAYA
from trunkline.networks.whatsapp.tests.business.hearing import Hearing

SHEENA = "US.13491208655302741918"


def said(text: str) -> dict[str, object]:
    """A text."""
    return {"type": "text", "text": {"body": text}}


async def test_a_person_without_a_number_writes_and_is_answered(bench: BusinessBench, hearing: Hearing) -> None:
    """developers.facebook.com, business-scoped user IDs: `from_user_id` in posts, `recipient` in calls."""
    bench.world.says(SHEENA, said("Hello"))
    message = await hearing.until_text("Hello")
    assert (message.chat, message.sender.provider_id, message.sender.name) == (SHEENA, SHEENA, "@sheena")
    await hearing.session.send(SendMessage(chat=SHEENA, text="Hello back"), "token-1")
    await hearing.session.react(React(chat=SHEENA, message=message.provider_id, value="👍"))
    started = await hearing.session.start(StartChat(people=(SHEENA,), text="And more"), "token-2")
    assert started.chat == SHEENA
    bodies = [each["command"]["body"] for each in await bench.arrived("send")]
    assert [(body.get("to"), body["recipient"]) for body in bodies] == [(None, SHEENA), (None, SHEENA)]
    assert [(each["kind"], each["chat"]) for each in bench.world.record] == [
        (kind, SHEENA) for kind in ("send", "react", "send")
    ]


async def test_number_and_id_are_one_person_in_one_chat(bench: BusinessBench, hearing: Hearing) -> None:
    """networks.md 5.6 R25: id migration with look-up by either id. Here the number was known first."""
    bench.world.user_ids[MAYA] = SHEENA
    bench.world.says(MAYA, said("With both"))
    await hearing.until_text("With both")
    (changed,) = hearing.of(PersonChanged)
    assert (changed.info.provider_id, changed.info.also) == (jid(MAYA), (SHEENA,))
    bench.world.says(SHEENA, said("Number withheld"))
    message = await hearing.until_text("Number withheld")
    assert (message.chat, message.sender.provider_id) == (jid(MAYA), jid(MAYA))


async def test_a_number_that_is_told_later_joins_the_chat_that_is_there(bench: BusinessBench, hearing: Hearing) -> None:
    """What was used here first stays the address."""
    bench.world.says(SHEENA, said("Hello"))
    await hearing.until_text("Hello")
    bench.world.user_ids["15550000088"] = SHEENA
    bench.world.says("15550000088", said("Here is my number"))
    assert (await hearing.until_text("Here is my number")).chat == SHEENA
    assert {event.chat for event in hearing.of(MessageArrived)} == {SHEENA}
    assert {event.info.provider_id for event in hearing.of(ChatChanged)} == {SHEENA}
