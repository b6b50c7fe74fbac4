"""The list of chats, the history, and what our user may do with a chat."""

from typing import Any

import pytest

from trunkline.contract.commands import (
    ChangeMember,
    DeleteChat,
    GetInviteLink,
    LabelChat,
    SetChat,
)
from trunkline.contract.events import ChatChanged, ChatInfo, ChatRemoved, Event, MessageArrived, ReadUpTo
from trunkline.model.errors import NetworkRefusal

from .bench import Bench
from .listening import Listening
from .test_sending import chat_info, connected


async def test_pages_of_chats_join_without_gap_or_double(bench: Bench) -> None:
    """style.md 5, contract/events.py: most recently active first; `cursor` None on the last part."""
    session, _ = await connected(bench)
    found: list[ChatInfo] = []
    cursor = None
    while True:
        page = await session.chats(cursor)
        found += page.chats
        cursor = page.cursor
        if cursor is None:
            break
    ids = [info.provider_id for info in found]
    assert len(ids) == len(set(ids)) > 3
    active = [info.active_at_ms for info in found if isinstance(info.active_at_ms, int)]
    assert active == sorted(active, reverse=True)


async def test_every_chat_says_who_is_in_it_our_own_user_among_them(bench: Bench) -> None:
    """unipile-v1 7.8: all participants including our own user."""
    session = bench.session()
    own = await session.connect()
    for info in (await session.chats(None)).chats:
        members = {member.provider_id for member in info.members}
        assert own.provider_id in members
        assert len(members) >= 2
        if info.type == 0:
            assert info.peer in members


async def test_listing_chats_marks_nothing_read(bench: Bench) -> None:
    """contract/session.py: `chats` marks nothing read."""
    session, chat = await connected(bench)
    before = await bench.unread(chat)
    await session.chats(None)
    assert await bench.unread(chat) == before > 0


@pytest.mark.needs("history")
async def test_pages_of_history_join_without_gap_or_double(bench: Bench) -> None:
    """style.md 5: history pages join without gap or double."""
    session, chat = await connected(bench)
    whole = await session.history(chat, None, 1_000)
    assert whole.cursor is None
    found: list[MessageArrived] = []
    cursor = None
    while True:
        page = await session.history(chat, cursor, 2)
        assert len(page.messages) <= 2
        found += page.messages
        cursor = page.cursor
        if cursor is None:
            break
    assert tuple(found) == whole.messages
    assert len({message.provider_id for message in found}) == len(found) > 4


@pytest.mark.needs("history")
async def test_history_is_newest_first_and_not_live(bench: Bench) -> None:
    """contract/events.py: HistoryPage; networks.md 5.8 R38: old messages raise no journal row."""
    session, chat = await connected(bench)
    page = await session.history(chat, None, 100)
    keys = [(message.at_ms, message.order) for message in page.messages]
    assert keys == sorted(keys, reverse=True)
    assert not any(message.live for message in page.messages)


@pytest.mark.needs("history")
async def test_reading_history_marks_nothing_read(bench: Bench) -> None:
    """security.md 6.3: such reads mark nothing read."""
    session, chat = await connected(bench)
    before = await bench.unread(chat)
    await session.history(chat, None, 100)
    assert await bench.unread(chat) == before > 0


@pytest.mark.needs("history")
async def test_the_history_of_an_unknown_chat_is_refused(bench: Bench) -> None:
    """contract/session.py: only errors of the model."""
    session, _ = await connected(bench)
    with pytest.raises(NetworkRefusal):
        await session.history("no-such-chat", None, 10)


@pytest.mark.needs("read")
async def test_marking_read_and_unread_changes_the_networks_count(bench: Bench) -> None:
    """unipile-v1 7.4: setReadStatus true: unread_count 0; false: at least 1."""
    session, chat = await connected(bench)
    done = await session.set_chat(SetChat(chat=chat, switch="read", on=True))
    assert await bench.unread(chat) == 0
    (read,) = of(done.events, ReadUpTo)
    assert (read.chat, read.person) == (chat, None)
    try:
        await session.set_chat(SetChat(chat=chat, switch="read", on=False))
    except NetworkRefusal:
        assert await bench.unread(chat) == 0
    else:
        assert await bench.unread(chat) >= 1


@pytest.mark.needs("mute")
async def test_muting_lasts_until_it_is_taken_back(bench: Bench) -> None:
    """unipile-v1 7.4: setMuteStatus true: muted_until -1; false: null."""
    await switches(bench, "mute", "muted_until_ms", -1, None)


@pytest.mark.needs("archive")
async def test_archiving_lasts_until_it_is_taken_back(bench: Bench) -> None:
    """unipile-v1 7.4: setArchiveStatus."""
    await switches(bench, "archive", "archived", True, False)


@pytest.mark.needs("pin")
async def test_pinning_lasts_until_it_is_taken_back(bench: Bench) -> None:
    """unipile-v1 7.4: setPinnedStatus."""
    await switches(bench, "pin", "pinned", True, False)


@pytest.mark.needs("label")
async def test_a_label_is_made_and_put_once(bench: Bench) -> None:
    """unipile-v1 7.4: setLabel; made when it does not exist."""
    session, chat = await connected(bench)
    for _ in range(2):
        await session.label_chat(LabelChat(chat=chat, label="Follow up 📌"))
    info = await chat_info(session, chat)
    assert info.labels.count("Follow up 📌") == 1


@pytest.mark.needs("add_participant")
async def test_somebody_added_is_in_the_group_and_the_group_hears_of_it(bench: Bench) -> None:
    """unipile-v1 7.4 addParticipant, 5.3 event_type 5."""
    session = bench.session()
    await session.connect()
    group, person = await bench.group(), (await bench.strangers())[0]
    assert group is not None
    await make_sure(session, group, person, is_in=False)
    listening = Listening(session.listen(None))
    done = await session.change_member(ChangeMember(chat=group, person=person, change="add"))
    await listening.until(lambda _: [message for message in listening.messages() if message.event_type == 5])
    assert person in {member.provider_id for member in (await chat_info(session, group)).members}
    (changed,) = of(done.events, ChatChanged)
    assert person in {member.provider_id for member in changed.info.members}


@pytest.mark.needs("remove_participant")
async def test_somebody_removed_is_gone_from_the_group(bench: Bench) -> None:
    """unipile-v1 7.4 removeParticipant."""
    session = bench.session()
    await session.connect()
    group, person = await bench.group(), (await bench.strangers())[0]
    assert group is not None
    await make_sure(session, group, person, is_in=True)
    await session.change_member(ChangeMember(chat=group, person=person, change="remove"))
    assert person not in {member.provider_id for member in (await chat_info(session, group)).members}


@pytest.mark.needs("add_participant")
async def test_a_1_1_chat_has_no_members_to_change(bench: Bench) -> None:
    """contract/commands.py: ChangeMember is about groups."""
    session, chat = await connected(bench)
    with pytest.raises(NetworkRefusal):
        await session.change_member(ChangeMember(chat=chat, person=(await bench.strangers())[0], change="add"))
    assert await bench.arrived() == []


@pytest.mark.needs("invite_link")
async def test_a_groups_invite_link_is_a_link_and_stays(bench: Bench) -> None:
    """unipile-v1 7.4: getInviteLink answers `invite_link`."""
    session, _ = await connected(bench)
    group = await bench.group()
    assert group is not None
    first = await session.invite_link(GetInviteLink(chat=group))
    second = await session.invite_link(GetInviteLink(chat=group))
    assert first.invite_link == second.invite_link
    assert (first.invite_link or "").startswith("https://")


@pytest.mark.needs("delete_chat")
async def test_a_deleted_chat_is_gone_from_the_list_and_everybody_hears_of_it(bench: Bench) -> None:
    """unipile-v1 7.5: afterwards the chat is gone from all lists."""
    session = bench.session()
    await session.connect()
    listening = Listening(session.listen(None))
    chat = await bench.direct()
    await session.delete_chat(DeleteChat(chat=chat))
    await listening.until(lambda _: listening.of(ChatRemoved))
    assert [event.chat for event in listening.of(ChatRemoved)] == [chat]
    assert chat not in {info.provider_id for info in (await session.chats(None)).chats}


async def switches(bench: Bench, switch: Any, field: str, on: object, off: object) -> None:
    """Switch a state on and off; the list and the events say so."""
    session, chat = await connected(bench)
    listening = Listening(session.listen(None))
    for is_on, expected in ((True, on), (False, off)):
        done = await session.set_chat(SetChat(chat=chat, switch=switch, on=is_on))
        assert getattr(await chat_info(session, chat), field) == expected
        assert [getattr(event.info, field) for event in of(done.events, ChatChanged)] == [expected]
    await listening.until(lambda _: len(listening.of(ChatChanged)) == 2)


async def make_sure(session: Any, group: str, person: str, *, is_in: bool) -> None:
    """Put somebody into a group or out of it, before the promise is tried."""
    members = {member.provider_id for member in (await chat_info(session, group)).members}
    if (person in members) != is_in:
        await session.change_member(ChangeMember(chat=group, person=person, change="add" if is_in else "remove"))


def of(events: tuple[Event, ...], kind: Any) -> list[Any]:
    """The events of one kind."""
    return [event for event in events if isinstance(event, kind)]
