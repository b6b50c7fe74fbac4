"""Outages by a clock that goes on: what was missed is all there, and nothing is called strange that is not."""

import json

from telethon.tl import types

from trunkline.contract.events import UnknownHappened
from trunkline.networks.telegram.fake.seed import ADA, MAYA, ROOM, TOM
from trunkline.networks.telegram.fake.world import room_name
from trunkline.networks.telegram.suite import TelegramBench
from trunkline.networks.telegram.tests.hearing import Hearing, heard_from

_HOUR_MS = 3_600_000


async def _missed(bench: TelegramBench, private: int, in_room: int) -> Hearing:
    """A session that comes back an hour after so many messages were written."""
    hearing = await heard_from(bench)
    await hearing.session.chats(None)
    before = hearing.position
    await hearing.until(lambda: hearing.position != before)
    position = hearing.position
    await bench.restart()
    bench.clock.move(_HOUR_MS)
    for number in range(private):
        bench.server.acts.write(MAYA, str(ADA), message=f"private {number}")
    for number in range(in_room):
        bench.server.acts.write(TOM, room_name(ROOM), message=f"room {number}")
    bench.clock.move(_HOUR_MS)
    return await heard_from(bench, position)


async def test_what_was_said_in_a_supergroup_is_told_behind_a_long_difference_too(bench: TelegramBench) -> None:
    """Telegram tells which channels have changed since the date we name: that date is of before the outage in every part."""
    again = await _missed(bench, private=1_000, in_room=150)
    await again.until_messages(1_150)
    texts = [message.text for message in again.messages if message.chat == room_name(ROOM)]
    assert texts == [f"room {number}" for number in range(150)]


async def test_an_outage_leaves_nothing_that_could_not_be_understood(bench: TelegramBench) -> None:
    again = await _missed(bench, private=400, in_room=150)
    await again.until_messages(550)
    assert not [event for event in again.events if isinstance(event, UnknownHappened)]
    bench.server.send_raw(ADA, types.Updates([], [], [], None, 0))
    await bench.writes(str(MAYA), "The end.")
    await again.until_messages(551)
    assert not [event for event in again.events if isinstance(event, UnknownHappened)]
    assert json.loads(again.position or "")
