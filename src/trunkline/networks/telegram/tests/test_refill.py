"""An outage after which Telegram keeps no more of what happened: the chats are read again, and what stays unknown is said."""

import itertools

import pytest
from telethon.tl import types

from trunkline.contract.events import GapFound, MessageArrived
from trunkline.networks.telegram.fake.seed import ADA, GROUP, LENA, MAYA, ROOM, TOM
from trunkline.networks.telegram.fake.world import room_name
from trunkline.networks.telegram.suite import TelegramBench
from trunkline.networks.telegram.tests.hearing import Hearing, heard_from
from trunkline.networks.telegram.user.refill import CHAT_MOST

ROOMS = room_name(ROOM)
NOT_KNOWN = "what was edited, deleted or reacted to in between is not known"


async def gone(bench: TelegramBench) -> str:
    """Heard something everywhere, knew each channel's place, and went away; gives the position."""
    hearing = await heard_from(bench)
    await hearing.session.chats(None)
    bench.server.acts.write(MAYA, str(ADA), message="Known")
    bench.server.acts.write(TOM, ROOMS, message="Known there")
    await hearing.until_messages(2)
    assert hearing.position is not None
    await bench.restart()
    return hearing.position


def forget(bench: TelegramBench) -> None:
    """Telegram keeps no more of the sequences; the messages stay in the chats."""
    bench.server.world.boxes[ADA].sequence.forget()
    bench.server.world.rooms[ROOM].sequence.forget()


def gaps(hearing: Hearing) -> list[GapFound]:
    """Those that came up."""
    return [event for event in hearing.events if isinstance(event, GapFound)]


def texts(hearing: Hearing, chat: str) -> list[str | None]:
    """What was heard in a chat, in this order."""
    return [message.text for message in hearing.messages if message.chat == chat]


async def test_a_thousand_messages_that_telegram_no_longer_tells_of_are_read_from_the_chats(bench: TelegramBench) -> None:
    """Private chats, a group and a supergroup; nothing twice, each chat in order; the gap stays noted for all else."""
    position = await gone(bench)
    for number in range(400):
        bench.server.acts.write(MAYA, str(ADA), message=f"private {number}")
        bench.server.acts.write(TOM, ROOMS, message=f"room {number}")
        if number % 2:
            bench.server.acts.write(TOM, str(-GROUP), message=f"group {number}")
    forget(bench)
    again = await heard_from(bench, position)
    await again.until_messages(1_000)
    assert texts(again, str(MAYA)) == [f"private {number}" for number in range(400)]
    assert texts(again, str(-GROUP)) == [f"group {number}" for number in range(1, 400, 2)]
    assert texts(again, ROOMS) == [f"room {number}" for number in range(400)]
    assert {gap.chat for gap in gaps(again)} == {None, ROOMS}
    assert all(NOT_KNOWN in gap.reason for gap in gaps(again))
    await bench.writes(str(MAYA), "The end.")
    await again.until(lambda: texts(again, str(MAYA))[-1] == "The end.")
    assert len(again.messages) == 1_001


async def test_what_lies_beyond_the_bound_is_a_gap_of_its_own_that_says_how_to_fill_it(bench: TelegramBench) -> None:
    position = await gone(bench)
    for number in range(CHAT_MOST + 50):
        bench.server.acts.write(MAYA, str(ADA), message=str(number))
    bench.server.acts.write(TOM, str(ADA), message="In another chat")
    forget(bench)
    again = await heard_from(bench, position)
    await again.until_messages(CHAT_MOST + 1)
    assert texts(again, str(MAYA)) == [str(number) for number in range(50, CHAT_MOST + 50)]
    assert texts(again, str(TOM)) == ["In another chat"]
    (gap,) = [gap for gap in gaps(again) if gap.chat == str(MAYA)]
    oldest = next(message for message in again.messages if message.chat == str(MAYA))
    assert (gap.to_ms, gap.from_ms <= gap.to_ms) == (oldest.at_ms, True)
    assert [gap.chat for gap in gaps(again)] == [None, str(MAYA)]
    assert f"Only the latest {CHAT_MOST} messages" in gap.reason
    assert "sync_chat_history reads the rest" in gap.reason


async def test_a_crash_while_the_chats_are_read_again_begins_before_the_gap(bench: TelegramBench) -> None:
    position = await gone(bench)
    for number, writer in itertools.product(range(350), (MAYA, LENA)):
        bench.server.acts.write(writer, str(ADA), message=str(number))
    forget(bench)
    broken = await heard_from(bench, position)
    await broken.until(lambda: broken.messages)
    assert broken.position == position
    await bench.restart()
    again = await heard_from(bench, broken.position)
    await again.until_messages(700)
    for writer in (MAYA, LENA):
        assert texts(again, str(writer)) == [str(number) for number in range(350)]


async def test_a_chat_whose_history_is_refused_is_a_gap_and_holds_up_no_other(bench: TelegramBench) -> None:
    position = await gone(bench)
    bench.server.acts.write(MAYA, str(ADA), message="One")
    bench.server.acts.write(LENA, str(ADA), message="Two")
    forget(bench)
    bench.server.fault("history_refused")
    again = await heard_from(bench, position)
    await again.until(lambda: again.position != position)
    (gap,) = [gap for gap in gaps(again) if gap.chat is not None]
    assert "Not all of it could be read again" in gap.reason
    assert {message.chat for message in again.messages} == {str(MAYA), str(LENA)} - {gap.chat}


async def test_a_long_wait_that_telegram_asks_for_is_a_gap_for_each_chat_and_holds_nothing_new_up(bench: TelegramBench) -> None:
    position = await gone(bench)
    bench.server.acts.write(MAYA, str(ADA), message="One")
    bench.server.acts.write(LENA, str(ADA), message="Two")
    forget(bench)
    bench.server.fault("history_flood", count=9, ms=7_200_000)
    again = await heard_from(bench, position)
    await again.until(lambda: again.position != position)
    assert {gap.chat for gap in gaps(again)} == {None, str(MAYA), str(LENA)}
    assert all("Telegram takes no more of these requests" in gap.reason for gap in gaps(again) if gap.chat is not None)
    await bench.writes(str(MAYA), "New")
    await again.until(lambda: texts(again, str(MAYA)) == ["New"])


async def test_a_channel_that_told_too_much_is_read_from_its_history(bench: TelegramBench) -> None:
    position = await gone(bench)
    for number in range(50):
        bench.server.acts.write(TOM, ROOMS, message=f"Missed {number}")
    bench.server.world.rooms[ROOM].sequence.forget()
    again = await heard_from(bench, position)
    await again.until(lambda: again.messages)
    assert [gap.chat for gap in gaps(again)] == [ROOMS]
    assert texts(again, ROOMS) == [f"Missed {number}" for number in range(50)]


async def test_a_channel_whose_history_is_refused_gives_its_latest(bench: TelegramBench) -> None:
    position = await gone(bench)
    for number in range(50):
        bench.server.acts.write(TOM, ROOMS, message=f"Missed {number}")
    bench.server.world.rooms[ROOM].sequence.forget()
    bench.server.fault("history_flood", ms=7_200_000)
    again = await heard_from(bench, position)
    await again.until(lambda: again.messages)
    assert texts(again, ROOMS) == [f"Missed {number}" for number in range(30, 50)]
    assert "7200 seconds" in gaps(again)[0].reason


async def test_a_group_whose_place_was_never_known_is_read_from_the_time_on(bench: TelegramBench) -> None:
    bench.clock.move(120_000)
    hearing = await heard_from(bench)
    position = hearing.position
    await bench.restart()
    bench.server.acts.write(TOM, ROOMS, message="Missed")
    again = await heard_from(bench, position)
    await again.until(lambda: again.messages)
    assert [(gap.chat, NOT_KNOWN in gap.reason) for gap in gaps(again)] == [(ROOMS, True)]
    bench.server.acts.write(TOM, ROOMS, message="Heard")
    await again.until_messages(2)
    assert texts(again, ROOMS) == ["Missed", "Heard"]


async def test_something_unreadable_in_the_difference_costs_no_message(bench: TelegramBench) -> None:
    """Telegram tells of all that was missed at once: one object of an unknown kind makes the whole answer unreadable."""
    position = await gone(bench)
    bench.server.acts.write(MAYA, str(ADA), message="Before it")
    strange = types.UpdateDeleteMessages([1], 1, 1)
    strange._bytes = lambda: b"\xef\xbe\xad\xde"
    bench.server.world.boxes[ADA].sequence.add(lambda pts, count: strange)
    bench.server.acts.write(MAYA, str(ADA), message="After it")
    again = await heard_from(bench, position)
    await again.until(lambda: again.messages)
    assert texts(again, str(MAYA)) == ["Before it", "After it"]
    assert isinstance(again.messages[0], MessageArrived)


@pytest.mark.parametrize("position", ["[1, 0, 1795345200, 0, {}]"])
async def test_a_position_of_an_earlier_version_is_understood(bench: TelegramBench, position: str) -> None:
    again = await heard_from(bench, position)
    await bench.writes(str(MAYA), "Heard")
    await again.until(lambda: "Heard" in texts(again, str(MAYA)))
