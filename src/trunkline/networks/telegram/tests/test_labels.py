"""The labels of chats that no list has shown yet: the titles of the folders they lie in."""

from telethon.tl import types

from trunkline.contract.commands import StartChat
from trunkline.contract.events import ChatChanged, ChatInfo, Event
from trunkline.networks.telegram.fake.seed import ADA, GROUP, MAYA, TOM, VIKTOR
from trunkline.networks.telegram.suite import TelegramBench
from trunkline.networks.telegram.tests.hearing import heard_from


def labels_in(events: tuple[Event, ...], chat: str) -> list[object]:
    """What events say of a chat's labels."""
    infos: list[ChatInfo] = [event.info for event in events if isinstance(event, ChatChanged)]
    return [info.labels for info in infos if info.provider_id == chat]


def friends(bench: TelegramBench) -> types.DialogFilter:
    """A folder with Viktor in it."""
    viktor = types.InputPeerUser(VIKTOR, bench.server.world.people[VIKTOR].access_hash)
    folder = types.DialogFilter(2, types.TextWithEntities("Friends", []), [], [viktor], [])
    bench.server.world.boxes[ADA].folders[2] = folder
    return folder


async def test_a_chat_started_here_has_its_labels_at_once(bench: TelegramBench) -> None:
    friends(bench)
    session = bench.session()
    await session.connect()
    labelled = await session.start(StartChat(people=(str(VIKTOR),), text="Hello"), "one")
    assert labels_in(labelled.events, str(VIKTOR)) == [("Friends",)]
    bare = await session.start(StartChat(people=(str(TOM),), text="Hello"), "two")
    assert labels_in(bare.events, str(TOM)) == [()]
    group = await session.start(StartChat(people=(str(MAYA), str(TOM)), text="Welcome", title="Trip"), "three")
    assert group.chat is not None
    assert set(labels_in(group.events, group.chat)) == {()}


async def test_a_chat_that_somebody_begins_has_its_labels_at_once(bench: TelegramBench) -> None:
    session = bench.session()
    await session.connect()
    updates = session.listen(None)
    await anext(updates)
    bench.server.acts.write(MAYA, str(-GROUP), message="Hello all")
    assert labels_in(tuple((await anext(updates)).events), str(-GROUP)) == [()]


async def test_a_folder_that_changes_before_any_list_was_read_is_told(bench: TelegramBench) -> None:
    hearing = await heard_from(bench)
    bench.server.tell(ADA, [types.UpdateDialogFilter(2, friends(bench))])
    await hearing.until(lambda: hearing.events)
    assert labels_in(tuple(hearing.events), str(VIKTOR)) == [("Friends",)]
