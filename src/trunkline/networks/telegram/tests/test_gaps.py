"""Outages, gaps, and things that cannot be read: nothing lost, nothing twice, nothing blocks what follows."""

import asyncio
import json
import struct
from typing import Any

import anyio
import pytest
from telethon.tl import types

from trunkline.contract.commands import SendMessage
from trunkline.contract.events import GapFound, MessageArrived, MessageChanged, UnknownHappened
from trunkline.model.errors import Disconnected, NetworkError, NetworkFailed, NotReached
from trunkline.networks.telegram.fake.seed import ADA, LENA, MAYA, ROOM, TOM, VIKTOR
from trunkline.networks.telegram.fake.world import room_name
from trunkline.networks.telegram.suite import TelegramBench
from trunkline.networks.telegram.tests.hearing import Hearing, heard_from


async def test_an_outage_with_a_thousand_messages_loses_and_doubles_nothing(bench: TelegramBench) -> None:
    hearing = await heard_from(bench)
    await hearing.session.chats(None)
    before = hearing.position
    await hearing.until(lambda: hearing.position != before)
    position = hearing.position
    await bench.restart()
    room = room_name(ROOM)
    for number in range(500):
        bench.server.acts.write(MAYA, str(ADA), message=f"private {number}")
        bench.server.acts.write(TOM, room, message=f"room {number}")
    again = await heard_from(bench, position)
    await again.until(lambda: len(again.messages) >= 1_000)
    await bench.writes(str(MAYA), "The end.")
    await again.until(lambda: any(message.text == "The end." for message in again.messages))
    for chat, kind in ((str(MAYA), "private"), (room, "room")):
        texts = [message.text for message in again.messages if message.chat == chat and message.text != "The end."]
        assert texts == [f"{kind} {number}" for number in range(500)]
    assert bench.server.asked["GetDifference"] >= 2
    assert not [event for event in again.events if isinstance(event, GapFound)]


async def test_what_became_of_messages_during_an_outage_is_told_in_chats_of_both_orders(bench: TelegramBench) -> None:
    """Telethon's own MessageBox drops the edits and deletions of a difference: of a private chat's, and of a supergroup's."""
    room = room_name(ROOM)
    hearing = await heard_from(bench)
    await hearing.session.chats(None)
    acts = bench.server.acts
    for text in ("Edited", "Goes"):
        acts.write(MAYA, str(ADA), message=text)
        acts.write(TOM, room, message=f"{text} there")
    await hearing.until_messages(4)
    names = {message.text: message.provider_id for message in hearing.messages}
    numbers = {text: int(name.rpartition(":")[2]) for text, name in names.items()}
    position = hearing.position
    await bench.restart()
    acts.edit(ADA, str(MAYA), numbers["Edited"], message="Mended", edit_date=bench.server.world.date())
    acts.delete(ADA, [numbers["Goes"]])
    acts.edit(TOM, room, numbers["Edited there"], message="Mended there", edit_date=bench.server.world.date())
    acts.delete_in_room(bench.server.world.rooms[ROOM], [numbers["Goes there"]])
    again = await heard_from(bench, position)
    await again.until(lambda: len(again.removed) == 2 and len(changed_in(again)) == 2)
    assert {event.provider_id for event in again.removed} == {names["Goes"], names["Goes there"]}
    assert {event.text for event in changed_in(again)} == {"Mended", "Mended there"}
    assert again.messages == []


def changed_in(hearing: Hearing) -> list[MessageChanged]:
    """The edits so far."""
    return [event for event in hearing.events if isinstance(event, MessageChanged)]


async def test_a_position_is_only_of_what_was_handed_up(bench: TelegramBench) -> None:
    """A crash in the middle of a long difference begins after the last part that was taken."""
    hearing = await heard_from(bench)
    position = hearing.position
    await bench.restart()
    for number in range(700):
        bench.server.acts.write(MAYA, str(ADA), message=str(number))
    part = await heard_from(bench, position)
    await part.until(lambda: part.messages)
    first = [message.text for message in part.messages]
    assert 0 < len(first) < 700
    await bench.restart()
    rest = await heard_from(bench, part.position)
    await rest.until(lambda: len(first) + len(rest.messages) >= 700)
    assert first + [message.text for message in rest.messages] == [str(number) for number in range(700)]


async def test_a_hole_in_the_sequence_is_filled_before_what_follows_comes_up(bench: TelegramBench) -> None:
    """networks.md 1.3: where pts jumps, what follows is withheld until the difference fills the gap."""
    hearing = await heard_from(bench)
    (link,) = bench.server.connections
    link.wants_updates = False
    await bench.writes(str(MAYA), "Lost on the way")
    link.wants_updates = True
    await bench.writes(str(MAYA), "After it")
    await hearing.until(lambda: len(hearing.messages) == 2)
    assert [message.text for message in hearing.messages] == ["Lost on the way", "After it"]


async def test_what_the_protocol_has_no_word_for_is_kept_raw_and_blocks_nothing(bench: TelegramBench) -> None:
    hearing = await heard_from(bench)
    bench.server.send_raw(ADA, struct.pack("<I", 0xDEADBEEF) + b"something new")
    await bench.writes(str(MAYA), "Life goes on.")
    await hearing.until(lambda: hearing.messages)
    (unknown,) = [event for event in hearing.events if isinstance(event, UnknownHappened)]
    assert unknown.kind == "constructor deadbeef"
    assert json.loads(unknown.raw)["data"]


async def test_the_library_beneath_logs_nothing(bench: TelegramBench, caplog: pytest.LogCaptureFixture) -> None:
    """Telethon would log what it did not expect whole, texts and all. security.md S21."""
    caplog.set_level(0)
    hearing = await heard_from(bench)
    world = bench.server.world
    bench.server.send_raw(ADA, types.Message(1, types.PeerUser(MAYA), world.date(), "a text nobody may log"))
    await bench.writes(str(MAYA), "another text nobody may log")
    await hearing.until(lambda: hearing.messages)
    assert "nobody may log" not in caplog.text


async def test_an_update_without_a_word_of_ours_is_kept_raw(bench: TelegramBench) -> None:
    hearing = await heard_from(bench)
    bench.server.tell(ADA, [types.UpdateBotStopped(MAYA, bench.server.world.date(), True, 1)])
    await hearing.until(lambda: hearing.events)
    (unknown,) = hearing.events
    assert isinstance(unknown, UnknownHappened)
    assert unknown.kind == "UpdateBotStopped"


@pytest.mark.parametrize("garbage", [b"", b"\x00" * 64, b"\xff" * 40, struct.pack("<i", -429)])
async def test_garbage_on_the_wire_ends_the_connection_and_nothing_else(bench: TelegramBench, garbage: bytes) -> None:
    """The next connection goes on from the position: nothing is lost."""
    hearing = await heard_from(bench)
    await bench.writes(str(MAYA), "Before")
    await hearing.until(lambda: hearing.messages)
    for link in bench.server.connections:
        link.send_bytes(garbage)
        link.close()
    with pytest.raises(NetworkError):
        await hearing.until(lambda: False)
    await bench.writes(str(MAYA), "After")
    again = await heard_from(bench, hearing.position)
    await again.until(lambda: again.messages)
    assert [message.text for message in again.messages] == ["After"]


async def test_a_message_in_the_short_form_is_whole(bench: TelegramBench) -> None:
    """core.telegram.org/constructor/updateShortMessage."""
    hearing = await heard_from(bench)
    await hearing.session.history(str(MAYA), None, 1)
    box = bench.server.world.boxes[ADA]
    number = box.last_id + 1
    update = box.sequence.add(
        lambda pts, count: types.UpdateShortMessage(number, MAYA, "In short", pts, count, bench.server.world.date())
    )
    bench.server.send_raw(ADA, update)
    await hearing.until(lambda: hearing.messages)
    (message,) = hearing.messages
    assert (message.chat, message.text, message.sender.provider_id, message.is_own) == (str(MAYA), "In short", str(MAYA), False)


async def test_a_short_message_of_a_stranger_is_had_by_the_difference(bench: TelegramBench) -> None:
    """The short form names nobody: core.telegram.org/api/updates."""
    hearing = await heard_from(bench)
    (link,) = bench.server.connections
    link.wants_updates = False
    bench.server.acts.write(VIKTOR, str(ADA), message="Hello")
    box = bench.server.world.boxes[ADA]
    short = types.UpdateShortMessage(box.last_id, VIKTOR, "Hello", box.sequence.pts, 1, bench.server.world.date())
    bench.server.send_raw(ADA, short)
    await hearing.until(lambda: hearing.messages)
    assert [(message.text, message.sender.name) for message in hearing.messages] == [("Hello", "Viktor Lund")]


async def test_a_revoked_key_ends_in_words_that_say_what_to_do(bench: TelegramBench) -> None:
    """However Telegram says it: by 401, or by not knowing the key any more (-404 of the transport)."""
    hearing = await heard_from(bench)
    bench.server.keys.clear()
    with pytest.raises(Disconnected, match="no longer accepts this login"):
        await hearing.session.history(str(MAYA), None, 1)
    with pytest.raises(Disconnected, match="no longer accepts this login"):
        await hearing.until(lambda: False)
    with pytest.raises(Disconnected):
        await bench.session().connect()


async def test_a_network_that_is_down_is_not_reached_and_tried_once(bench: TelegramBench) -> None:
    """No storm: one attempt each time the supervisor asks for one."""
    await bench.server.stop()
    with pytest.raises(NotReached):
        await bench.session().connect()
    await bench.server.start()
    bench.server.refuses_links = True
    with pytest.raises(NetworkError):
        await bench.session().connect()
    bench.server.refuses_links = False
    assert (await bench.session().connect()).name == "Ada"


async def test_a_kept_position_that_cannot_be_read_says_so(bench: TelegramBench) -> None:
    session = bench.session()
    await session.connect()
    with pytest.raises(NetworkFailed):
        await anext(session.listen("not a position"))


async def test_every_message_of_the_servers_is_acknowledged(bench: TelegramBench) -> None:
    """Else Telegram sends them again."""
    hearing = await heard_from(bench)
    await bench.writes(str(MAYA), "One")
    await hearing.until(lambda: hearing.messages)
    (link,) = bench.server.connections
    await hearing.session.history(str(MAYA), None, 1)
    with anyio.fail_after(5):
        while len(link.unacknowledged) > 1:
            await hearing.session.history(str(MAYA), None, 1)


async def test_a_deletion_of_a_message_from_before_comes_without_its_chat(bench: TelegramBench) -> None:
    """Telegram does not say where; the hub's store knows (contract/events.py MessageRemoved)."""
    hearing = await heard_from(bench)
    number = await bench.writes(str(MAYA), "Seen")
    older = str(bench.server.acts.messages(ADA, str(MAYA))[0].id)
    await hearing.until(lambda: hearing.messages)
    bench.server.acts.delete(ADA, [int(number), int(older)])
    await hearing.until(lambda: len(hearing.removed) == 2)
    assert [(event.chat, event.provider_id) for event in hearing.removed] == [(str(MAYA), number), (None, older)]


async def test_two_accounts_hear_each_their_own(bench: TelegramBench) -> None:
    other = TelegramBench("TELEGRAM", bench.folder, own=1002)
    other.server = bench.server
    other.connector = other._connector()
    await other.log_in()
    ada, boris = await heard_from(bench), await heard_from(other)
    bench.server.acts.write(MAYA, str(ADA), message="For Ada")
    bench.server.acts.write(MAYA, "1002", message="For Boris")
    bench.server.acts.write(LENA, room_name(ROOM), message="For both")
    for hearing in (ada, boris):
        await hearing.until_messages(2)
    assert [message.text for message in ada.messages] == ["For Ada", "For both"]
    assert [message.text for message in boris.messages] == ["For Boris", "For both"]
    bench.server.revoke(ADA)
    with pytest.raises(Disconnected):
        await ada.until(lambda: False)
    bench.server.acts.write(MAYA, "1002", message="Still here")
    await boris.until(lambda: len(boris.messages) == 3)
    await other.restart()


async def test_forty_sends_at_once_are_forty_messages(bench: TelegramBench) -> None:
    hearing: Hearing = await heard_from(bench)
    sends: list[Any] = [hearing.session.send(SendMessage(chat=str(TOM), text=f"{n}"), f"token-{n}") for n in range(40)]
    done = await asyncio.gather(*sends)
    assert len({each.provider_id for each in done}) == 40
    await hearing.until(lambda: len(hearing.messages) == 40)
    assert {message.provider_id: message.text for message in hearing.messages} == {
        each.provider_id: f"{n}" for n, each in enumerate(done)
    }
    assert all(isinstance(event, MessageArrived) for each in done for event in each.events[-1:])
