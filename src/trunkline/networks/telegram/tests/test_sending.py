"""Sends whose answer is lost, albums, groups, forwards: the fake's record is the referee."""

from typing import Any, Literal

import msgspec
import pytest
from telethon.tl import types

from trunkline.contract.commands import ChangeMember, LabelChat, React, SendMessage, SetChat, StartChat
from trunkline.contract.events import ChatChanged, MessageArrived, ReadUpTo
from trunkline.model.errors import InvalidRecipient, MediaRefused, NetworkFailed, NotPossible, NotReached, Throttled, TooLong
from trunkline.networks.telegram.fake.seed import ADA, CHEN, GROUP, MAYA, ROOM, TOM, VIKTOR
from trunkline.networks.telegram.fake.world import room_name
from trunkline.networks.telegram.suite import TelegramBench
from trunkline.networks.telegram.tests.hearing import heard_from

MESSAGE = SendMessage(chat=str(MAYA), text="Once")


def sends(bench: TelegramBench) -> list[str]:
    """What was taken."""
    return [each["command"]["text"] for each in bench.server.record if each["kind"] == "send"]


@pytest.mark.parametrize(("fault", "taken"), [("cut_before", 0), ("cut_after", 1)])
async def test_a_send_on_a_breaking_link_is_settled_by_its_token(bench: TelegramBench, fault: str, taken: int) -> None:
    """Before or after the effect the session sees the same; the random_id tells the two apart."""
    session = bench.session()
    await session.connect()
    bench.server.fault(fault)
    with pytest.raises(NetworkFailed):
        await session.send(MESSAGE, "token")
    assert len(sends(bench)) == taken
    with pytest.raises(NotReached):
        await session.send(MESSAGE, "token")
    again = bench.session()
    await again.connect()
    done = await again.send(MESSAGE, "token")
    assert sends(bench) == ["Once"]
    assert (await again.history(str(MAYA), None, 1)).messages[0].provider_id == done.provider_id


async def test_a_network_that_only_says_duplicate_leaves_the_outcome_unknown(bench: TelegramBench) -> None:
    """RANDOM_ID_DUPLICATE: it was sent, and nobody says as what. The hub then looks into the history."""
    session = bench.session()
    await session.connect()
    await session.send(MESSAGE, "token")
    bench.server.fault("says_duplicate")
    with pytest.raises(NetworkFailed):
        await session.send(MESSAGE, "token")
    assert sends(bench) == ["Once"]


async def test_several_files_are_an_album_with_the_text_at_the_first(bench: TelegramBench) -> None:
    hearing = await heard_from(bench)
    files = tuple(bench.outgoing(f"file {n}".encode(), f"{n}.txt", "text/plain") for n in range(3))
    done = await hearing.session.send(SendMessage(chat=str(MAYA), text="Three", files=files), "token")
    await hearing.until(lambda: len(hearing.messages) == 3)
    assert [(message.text, message.files[0].file_name) for message in hearing.messages] == [
        ("Three", "0.txt"), (None, "1.txt"), (None, "2.txt"),
    ]  # fmt: skip
    assert done.provider_id == hearing.messages[0].provider_id
    assert len({message.grouped_id for message in bench.server.acts.messages(ADA, str(MAYA))[-3:]}) == 1
    again = await hearing.session.send(SendMessage(chat=str(MAYA), text="Three", files=files), "token")
    assert again.provider_id == done.provider_id
    assert sends(bench) == [""]


async def test_round_videos_and_voice_notes_are_such(bench: TelegramBench) -> None:
    session = bench.session()
    await session.connect()
    roles: tuple[tuple[Literal["video", "voice"], str], ...] = (("video", "video/mp4"), ("voice", "audio/ogg"))
    for role, media_type in roles:
        file = msgspec.structs.replace(bench.outgoing(b"moving", f"{role}.bin", media_type), role=role)
        await session.send(SendMessage(chat=str(MAYA), files=(file,)), role)
    video, voice = bench.server.acts.messages(ADA, str(MAYA))[-2:]
    kinds: list[Any] = [each.media.document.attributes[1] for each in (video, voice)]
    assert (kinds[0].round_message, kinds[1].voice) == (True, True)
    page = await session.history(str(MAYA), None, 2)
    assert [(info.type, info.voice_note) for message in page.messages for info in message.files] == [
        ("audio", True), ("video", False),
    ]  # fmt: skip


async def test_what_telegram_would_do_by_halves_is_refused_before(bench: TelegramBench) -> None:
    session = bench.session()
    await session.connect()
    empty = bench.outgoing(b"", "empty.txt", "text/plain")
    with pytest.raises(MediaRefused):
        await session.send(SendMessage(chat=str(MAYA), files=(empty,)), "token")
    text = "x" * 1_025
    with pytest.raises(TooLong):
        await session.send(
            SendMessage(chat=str(MAYA), text=text, files=(bench.outgoing(b"1", "1.txt", "text/plain"),)), "token"
        )
    assert bench.server.record == []


async def test_a_group_whose_making_was_not_confirmed_is_found_and_not_made_again(bench: TelegramBench) -> None:
    """messages.createChat has no random_id: a repeat would make a second group."""
    session = bench.session()
    await session.connect()
    command = StartChat(people=(str(MAYA), str(TOM)), text="Welcome", title="Trip")
    bench.server.fault("lost_answer")
    with pytest.raises(NetworkFailed):
        await session.start(command, "token")
    await bench.restart()
    session = bench.session()
    await session.connect()
    done = await session.start(command, "token")
    again = await session.start(command, "token")
    assert (again.chat, again.provider_id) == (done.chat, done.provider_id)
    assert [each["kind"] for each in bench.server.record] == ["create", "send"]
    another = await session.start(command, "another token")
    assert another.chat != done.chat


@pytest.mark.parametrize("name", [str(VIKTOR), "viktor_lund", "@viktor_lund"])
async def test_people_are_reached_by_number_and_by_user_name(bench: TelegramBench, name: str) -> None:
    session = bench.session()
    await session.connect()
    assert (await session.start(StartChat(people=(name,), text="Hello"), "token")).chat == str(VIKTOR)


async def test_people_are_reached_by_phone_number(bench: TelegramBench) -> None:
    session = bench.session()
    await session.connect()
    assert (await session.start(StartChat(people=("+33600000012",), text="Hello"), "token")).chat == str(TOM)
    with pytest.raises(InvalidRecipient):
        await session.start(StartChat(people=("+33699999999",), text="Hello"), "token")


async def test_somebody_whose_privacy_forbids_it_is_not_added(bench: TelegramBench) -> None:
    bench.server.world.people[CHEN].is_private = True
    session = bench.session()
    await session.connect()
    with pytest.raises(InvalidRecipient):
        await session.change_member(ChangeMember(chat=str(-GROUP), person=str(CHEN), change="add"))
    assert bench.server.record == []


@pytest.mark.parametrize("chat", [str(-GROUP), room_name(ROOM)])
async def test_who_is_no_member_is_told_to_be_none(bench: TelegramBench, chat: str) -> None:
    session = bench.session()
    await session.connect()
    with pytest.raises(NotPossible, match=r"This person is not a member of the chat. Nothing was changed"):
        await session.change_member(ChangeMember(chat=chat, person=str(CHEN), change="remove"))
    with pytest.raises(InvalidRecipient, match=r"Telegram knows nobody of this name, phone number or id. Nothing was done"):
        await session.change_member(ChangeMember(chat=chat, person="nobody_at_all", change="add"))


async def test_a_label_longer_than_a_folders_name_is_refused_before_anything_leaves(bench: TelegramBench) -> None:
    session = bench.session()
    await session.connect()
    with pytest.raises(NotPossible, match="this one has 13"):
        await session.label_chat(LabelChat(chat=str(MAYA), label="Follow up now"))
    assert bench.server.record == []
    await session.label_chat(LabelChat(chat=str(MAYA), label="Follow up it"))


async def test_a_supergroup_takes_messages_edits_reactions_and_members(bench: TelegramBench) -> None:
    room = room_name(ROOM)
    bench.server.world.rooms[ROOM].creator = ADA
    hearing = await heard_from(bench)
    session = hearing.session
    done = await session.send(SendMessage(chat=room, text="Hello all"), "token")
    assert done.provider_id == f"{ROOM}:4"
    await hearing.until(lambda: hearing.messages)
    assert [(message.is_own, message.provider_id) for message in hearing.messages] == [(True, done.provider_id)]
    await session.react(React(chat=room, message=f"{ROOM}:1", value="👍"))
    changed = await session.change_member(ChangeMember(chat=room, person=str(VIKTOR), change="add"))
    (info,) = [event.info for event in changed.events if isinstance(event, ChatChanged)]
    assert isinstance(info.members, tuple)
    assert str(VIKTOR) in {member.provider_id for member in info.members}
    read = await session.set_chat(SetChat(chat=room, switch="read", on=True))
    assert [event.provider_id for event in read.events if isinstance(event, ReadUpTo)] == [f"{ROOM}:5"]


@pytest.mark.parametrize("allowed", [types.ChatReactionsSome([types.ReactionEmoji("🔥")]), types.ChatReactionsNone()])
async def test_a_group_may_allow_fewer_reactions(bench: TelegramBench, allowed: Any) -> None:
    bench.server.world.groups[GROUP].reactions = allowed
    session = bench.session()
    await session.connect()
    page = await session.history(str(-GROUP), None, 1)
    with pytest.raises(NotPossible, match=r"🔥|no reactions"):
        await session.react(React(chat=str(-GROUP), message=page.messages[0].provider_id, value="👍"))
    assert bench.server.record == []


async def test_a_flood_wait_says_how_long_and_holds_nothing_else_up(bench: TelegramBench) -> None:
    """networks.md 1.3: no sleeping in the library; the outbox owns the waiting."""
    session = bench.session()
    await session.connect()
    bench.server.fault("rate_limited", ms=600_000)
    with pytest.raises(Throttled) as met:
        await session.send(MESSAGE, "token")
    assert (met.value.retry_after_ms, "600 seconds" in met.value.text) == (600_000, True)
    assert len((await session.history(str(MAYA), None, 3)).messages) == 3
    bench.clock.move(600_000)
    await session.send(MESSAGE, "token")
    assert sends(bench) == ["Once"]


async def test_what_one_account_says_to_another_arrives_there(bench: TelegramBench) -> None:
    """Two accounts on one network at once."""
    other = TelegramBench("TELEGRAM", bench.folder, own=1002)
    other.server = bench.server
    other.connector = other._connector()
    await other.log_in()
    bench.server.world.people[ADA].contacts.add(1002)
    ada, boris = bench.session(), await heard_from(other)
    await ada.connect()
    done = await ada.start(StartChat(people=("1002",), text="Hello Boris"), "token")
    await boris.until(lambda: boris.messages)
    (message,) = boris.messages
    assert (message.text, message.chat, message.is_own, message.sender.name) == ("Hello Boris", str(ADA), False, "Ada")
    answered = await boris.session.send(SendMessage(chat=str(ADA), text="Hello Ada", quote=message.provider_id), "token")
    (told,) = [event for event in answered.events if isinstance(event, MessageArrived)]
    page = await ada.history("1002", None, 1)
    assert page.messages[0].quote is not None
    assert (page.messages[0].quote.text, page.messages[0].quote.provider_id) == ("Hello Boris", done.provider_id)
    assert told.quote is not None
    await other.restart()
