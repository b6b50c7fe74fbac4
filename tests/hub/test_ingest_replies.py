"""How many replies a thread has (unipile-v1 5.2 `replies`, `reply_by`): true however often they are told, in any order."""

from dataclasses import replace
from itertools import permutations

from msgspec import structs

from trunkline.contract.events import HistoryShown, MessageArrived, MessageRemoved, ShownMessage
from trunkline.operations.chats import ListChatMessages
from trunkline.store import chats
from trunkline.store.store import Store

from .explaining import ExplainingDatabase
from .world import ADA, BOB, ME, NOW, World, new_world, said

FIRST = said("first", at_ms=NOW)
ONE = said("one", at_ms=NOW + 1, sender=ADA, thread="first")
TWO = said("two", at_ms=NOW + 2, sender=BOB, thread="first")
OURS = said("ours", at_ms=NOW + 3, sender=ME, thread="first")


def gone(provider_id: str) -> MessageRemoved:
    """A message is deleted."""
    return MessageRemoved(chat="chat", provider_id=provider_id, at_ms=NOW + 50)


def counted(number: int | None, *by: str, live: bool = False) -> MessageArrived:
    """The first message as the network shows it; history, where it is not live."""
    return said("first", at_ms=NOW, replies=number, reply_by=by, live=live)


def read(message: MessageArrived) -> MessageArrived:
    """The same message as history gives it."""
    return structs.replace(message, live=False)


async def replies(world: World, chat: str = "chat") -> tuple[int | None, list[str] | None]:
    """How many replies the first message has, and whose."""
    known = await chats.by_provider_id(world.store.db, world.account.no, chat)
    assert known is not None
    listed = await world.ask(ListChatMessages(chat_id=known.id))
    [first] = [message for message in listed if message["provider_id"] == "first"]
    return first.get("replies"), first.get("reply_by")


async def test_a_live_reply_is_counted_once_however_often_it_comes(world: World) -> None:
    """As the answer to our send, as its event, and in history."""
    await world.take_each(FIRST, ONE, OURS, OURS, ONE)
    assert await replies(world) == (2, ["ada", "me"])
    await world.take(read(OURS), read(ONE), counted(2, "me", "ada"))
    assert await replies(world) == (2, ["me", "ada"])


async def test_history_that_gives_the_number_and_the_replies_counts_them_once(world: World) -> None:
    await world.take(read(TWO), read(ONE), counted(2, "ada", "bob"))
    assert await replies(world) == (2, ["ada", "bob"])
    await world.take(OURS)
    assert await replies(world) == (3, ["ada", "bob", "me"])


async def test_a_deleted_reply_is_counted_no_more_and_its_writer_is_named_no_more(world: World) -> None:
    await world.take_each(FIRST, ONE, TWO, gone("one"), gone("one"), ONE)
    assert await replies(world) == (1, ["bob"])
    await world.take(gone("two"))
    assert await replies(world) == (None, None)


async def test_a_number_read_before_a_deletion_brings_the_reply_not_back(world: World) -> None:
    await world.take_each(FIRST, ONE, TWO, gone("one"), counted(2, "ada", "bob"))
    assert await replies(world) == (1, ["bob"])


async def test_a_reply_that_history_no_longer_holds_is_counted_no_more(world: World) -> None:
    await world.take_each(FIRST, ONE, TWO)
    there = (ShownMessage(provider_id="first"), ShownMessage(provider_id="two"))
    await world.take(HistoryShown(chat="chat", from_ms=NOW, to_ms=NOW + 10, at_ms=NOW + 60, messages=there))
    assert await replies(world) == (1, ["bob"])


async def test_the_order_in_which_things_become_known_changes_nothing(world: World) -> None:
    """Events come shuffled. The network counts one, then the other too, and then one is deleted."""
    happened: tuple[MessageArrived | MessageRemoved, ...] = (
        ONE,
        counted(1, "ada", live=True),
        TWO,
        counted(2, "ada", "bob", live=True),
        gone("one"),
    )
    for number, order in enumerate(permutations(happened)):
        chat = f"chat {number}"
        await world.take_each(*(structs.replace(event, chat=chat) for event in order))
        assert await replies(world, chat) == (1, ["bob"]), order


async def test_replies_come_before_their_first_message(world: World) -> None:
    await world.take_each(TWO, ONE, FIRST)
    assert await replies(world) == (2, ["ada", "bob"])


async def test_replies_that_are_not_stored_count_as_the_network_says(world: World) -> None:
    await world.take_each(counted(50, "bob"), ONE)
    assert await replies(world) == (50, ["bob", "ada"])
    await world.take(counted(40, "bob"))
    assert await replies(world) == (40, ["bob", "ada"]), "history says how it is"
    await world.take(gone("one"))
    assert await replies(world) == (39, ["bob", "ada"])
    await world.take(counted(0))
    assert await replies(world) == (None, None)


async def test_a_reply_deleted_before_it_came_was_counted_by_the_network(world: World) -> None:
    await world.take_each(counted(1, "ada"), gone("one"), ONE)
    assert await replies(world) == (None, None)


async def test_the_count_outlives_the_first_message(world: World) -> None:
    """Slack keeps a deleted message that has replies, as a tombstone."""
    await world.take_each(FIRST, ONE, gone("first"), TWO)
    assert await replies(world) == (2, ["ada", "bob"])


async def test_a_part_of_a_chat_that_is_made_apart_counts_nothing(world: World) -> None:
    """Topics of Telegram: docs/decisions/0013."""
    apart = [structs.replace(each, is_counted=False) for each in (ONE, TWO)]
    await world.take_each(apart[0], FIRST, apart[1], gone("two"))
    assert await replies(world) == (None, None)


async def test_counting_reads_the_index_alone(sqlite_store: Store) -> None:
    world = await new_world(sqlite_store)
    await world.take(FIRST, ONE)
    database = ExplainingDatabase(sqlite_store.db)
    await replace(world, store=replace(sqlite_store, db=database)).take(TWO, said("no reply", at_ms=NOW + 9))
    counts = [explained.plan for explained in database.noted if "thread = $2" in explained.sql]
    assert len(counts) == 1, "once for a batch, and for no other message"
    assert any("COVERING INDEX message_by_thread (chat_no=? AND thread=?)" in line for line in counts[0])
    assert not any("TEMP B-TREE" in line for line in counts[0])
