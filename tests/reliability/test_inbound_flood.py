"""R8 (security.md 8.1): events arrive many times and in any order, edits and marks before their message; the end is the same.

The judge is a model of its own (flood.py) that looks at the times in the events and never at their arrival.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from tests.hub.world import World, new_world

from trunkline.contract.events import Event, MessageArrived
from trunkline.operations.chats import GetChat, ListAllChats, ListChatMessages
from trunkline.operations.own import SearchMessages
from trunkline.store.store import Store

from .flood import Chat, Expected, chats_of, deliveries, events_of, expected

TOGETHER = 200
"""Events in one update of the network's."""


async def flood(world: World, many: Sequence[Event]) -> None:
    """Everything arrives."""
    for start in range(0, len(many), TOGETHER):
        await world.take(*many[start : start + TOGETHER])


async def seen(world: World, chat_id: str) -> Expected:
    """A chat as a reader sees it, in the model's words."""
    pages = await world.all_pages(ListChatMessages(chat_id=chat_id, limit=250))
    found = [message for page in pages for message in page]
    names = {message["id"]: message["provider_id"] for message in found}
    chat = await world.ask(GetChat(chat_id=chat_id))
    assert chat["lastMessage"]["provider_id"] == found[0]["provider_id"]
    return Expected([_in_the_models_words(message, names) for message in found], chat["unread_count"], chat["timestamp"])


def _in_the_models_words(message: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    quoted, parent = message.get("quoted"), message.get("parent")
    if quoted is not None:
        assert names[quoted["message_id"]] == quoted["provider_id"]
    kept = ("provider_id", "sender_id", "timestamp", "is_sender", "is_event", "deleted", "edited", "text")
    return {name: message[name] for name in kept} | {
        "files": len(message["attachments"]),
        "reactions": [(reaction["value"], reaction["sender_id"]) for reaction in message["reactions"]],
        "quotes": None if quoted is None else quoted["provider_id"],
        "answers": None if parent is None else names[parent],
        "seen": message["seen"],
        "delivered": message["delivered"],
        "seen_by": message["seen_by"],
    }


async def check(world: World, chats: Sequence[Chat], events: Sequence[Event]) -> None:
    """Every chat is what the model says, every message is stored, found and told once."""
    by_chat: dict[str, list[Event]] = {chat.name: [] for chat in chats}
    for event in events:
        by_chat[getattr(event, "chat", "")].append(event)
    ids = {chat["provider_id"]: chat["id"] for page in await world.all_pages(ListAllChats()) for chat in page}
    assert ids.keys() == by_chat.keys()
    for chat in chats:
        shown, wanted = await seen(world, ids[chat.name]), expected(chat, by_chat[chat.name])
        for was, should in zip(shown.messages, wanted.messages, strict=True):
            assert was == should
        assert (shown.unread, shown.timestamp) == (wanted.unread, wanted.timestamp)
        await check_words(world, chat, wanted)
    arrived = len({(event.chat, event.provider_id) for event in events if isinstance(event, MessageArrived)})
    told = await world.store.db.fetch("SELECT object_id FROM journal WHERE kind = 'message_received'")
    assert len(told) == len({row[0] for row in told}) == arrived
    waiting = await world.store.db.fetch("SELECT reason FROM waiting")
    assert Counter(row[0] for row in waiting) == {}


async def check_words(world: World, chat: Chat, wanted: Expected) -> None:
    """Search finds messages by the words they have now, and by no words that they had."""
    for message in random.Random(chat.name).sample(wanted.messages, 20):
        number = int(message["provider_id"][1:])
        said, now = f"said {chat.name} word{number}", message["text"]
        if now is not None:
            assert await found(world, now) == [message["provider_id"]]
        if now != said:
            assert await found(world, said) == []


async def found(world: World, phrase: str) -> list[str]:
    """Provider ids of the messages that hold a phrase."""
    return [message["provider_id"] for message in await world.ask(SearchMessages(query=f'"{phrase}"'))]


async def flooded(store: Store, *, chats: int, each: int, repeats: int) -> None:
    """A story is told in a flood, and compared."""
    world, told = await new_world(store), chats_of(chats)
    events = events_of(told, each, seed=8)
    many = deliveries(events, repeats, seed=88)
    await flood(world, many)
    await check(world, told, events)
    print(f"R8: {len(events)} events, {len(many)} deliveries in {chats} chats: all stored once, in order, as the model says")


@pytest.mark.slow
async def test_a_hundred_thousand_arrivals_in_any_order_end_as_if_each_had_come_once(sqlite_store: Store) -> None:
    await flooded(sqlite_store, chats=20, each=1_000, repeats=9)


@pytest.mark.heavy
async def test_a_hundred_thousand_events_each_up_to_ten_times(sqlite_store: Store) -> None:
    await flooded(sqlite_store, chats=50, each=2_000, repeats=10)


@pytest.mark.postgres
async def test_a_flood_ends_alike_on_postgres(store: Store) -> None:
    await flooded(store, chats=5, each=400, repeats=5)


async def test_two_floods_in_other_orders_and_other_batches_store_the_same(store: Store) -> None:
    """The same story in the order of the network, and backwards one by one."""
    chat = chats_of(1)
    events = events_of(chat, 150, seed=3)
    forwards, backwards = await new_world(store, "forwards"), await new_world(store, "backwards")
    await forwards.take(*events)
    await backwards.take_each(*reversed(events))
    views = []
    for world in (forwards, backwards):
        [found_chat] = await world.ask(ListAllChats(account_id=world.account.id))
        views.append(await seen(world, found_chat["id"]))
    assert views[0] == views[1]
