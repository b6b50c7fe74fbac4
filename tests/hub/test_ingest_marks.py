"""Ingest of marks: what is unread, what was read and by whom, what has arrived."""

from itertools import permutations
from typing import Any

import pytest

from trunkline.contract.events import ChatChanged, ChatInfo, DeliveredUpTo, Event, MessageRemoved, ReadUpTo
from trunkline.model.times import to_wire
from trunkline.operations.chats import ListAllChats, ListChatMessages
from trunkline.store import marks
from trunkline.store.engine import Transaction

from .world import ADA, BOB, ME, NOW, World, said


async def chat_of(world: World) -> dict[str, Any]:
    """The only chat."""
    [chat] = await world.ask(ListAllChats())
    return dict(chat)


async def unread(world: World) -> int:
    """Its unread count; the list's filter agrees with it."""
    chat = await chat_of(world)
    assert len(await world.ask(ListAllChats(unread=True))) == (chat["unread_count"] > 0)
    assert len(await world.ask(ListAllChats(unread=False))) == (chat["unread_count"] == 0)
    return int(chat["unread_count"])


async def flags(world: World) -> dict[str, tuple[int, int]]:
    """(seen, delivered) of each message."""
    listed = await world.ask(ListChatMessages(chat_id=(await chat_of(world))["id"]))
    return {message["provider_id"]: (message["seen"], message["delivered"]) for message in listed}


async def readers(world: World) -> dict[str, dict[str, str]]:
    """Who has read each own message, and when that was first known."""
    listed = await world.ask(ListChatMessages(chat_id=(await chat_of(world))["id"]))
    return {message["provider_id"]: message["seen_by"] for message in listed if message["is_sender"]}


def read(provider_id: str, person: str | None = None, at_ms: int = NOW + 1_000) -> ReadUpTo:
    """Somebody has read up to a message."""
    return ReadUpTo(chat="chat", provider_id=provider_id, at_ms=at_ms, person=person)


async def place_marks(world: World) -> None:
    """As at the end of a chat's first sync."""

    async def work(tx: Transaction) -> None:
        row = await tx.row("SELECT no FROM chat WHERE provider_id = 'chat'")
        assert row is not None
        await marks.place_marks(tx, row[0])

    await world.store.db.write(work)


ARRIVING = [said(f"m{number}", at_ms=NOW + number) for number in range(4)]


async def test_what_others_say_is_unread_until_it_is_read(world: World) -> None:
    await world.take(*ARRIVING)
    assert await unread(world) == 4
    await world.take(read("m1"))
    assert await unread(world) == 2
    await world.take(read("m0"), read("m1"))
    assert await unread(world) == 2, "marks never move back"
    await world.take(read("m3"), said("m4", at_ms=NOW + 4))
    assert await unread(world) == 1
    assert await flags(world) == {"m4": (0, 1)} | {f"m{number}": (1, 1) for number in range(4)}


async def test_our_own_words_and_what_the_network_writes_are_never_unread(world: World) -> None:
    quiet = [
        said("mine", sender=ME),
        said("joined", event_type=1, at_ms=NOW + 1),
        said("hidden", hidden=True, at_ms=NOW + 2),
        said("gone", None, deleted=True, at_ms=NOW + 3),
    ]
    await world.take(*quiet, said("said", at_ms=NOW + 4))
    assert await unread(world) == 1
    await world.take(read("mine"))
    assert await unread(world) == 1, "counting anew gives the same"


async def test_a_deleted_message_is_unread_no_more_whatever_comes_first(world: World) -> None:
    gone = MessageRemoved(chat="chat", provider_id="m1", at_ms=NOW + 9)
    await world.take(*ARRIVING, gone, gone)
    assert await unread(world) == 3
    await world.take(MessageRemoved(chat="chat", provider_id="m9", at_ms=NOW + 9), said("m9", at_ms=NOW + 9))
    assert await unread(world) == 3
    await world.take(MessageRemoved(chat="chat", provider_id="m9", at_ms=NOW + 9), read("m3"), gone)
    assert await unread(world) == 0


async def test_unread_ends_alike_in_any_order(world: World) -> None:
    events: list[Event] = [*ARRIVING[:3], read("m0"), MessageRemoved(chat="chat", provider_id="m2", at_ms=NOW + 9)]
    for number, order in enumerate(permutations(events)):
        if number % 3 == 0:
            await world.store.db.write(_empty)
            await world.take_each(*order)
            assert await unread(world) == 1, order


async def _empty(tx: Transaction) -> None:
    for table in ("chat", "message", "message_words", "amendment", "waiting", "read_move", "reader"):
        await tx.run(f"DELETE FROM {table}")


async def test_a_first_sync_leaves_as_much_unread_as_the_network_says(world: World) -> None:
    history = [said(f"m{number}", at_ms=NOW + number, sender=(ADA, ME)[number % 2], live=False) for number in range(20)]
    await world.take(ChatChanged(info=ChatInfo(provider_id="chat", unread_count=3), live=False))
    await world.take(*reversed(history[10:]))
    await world.take(*reversed(history[:10]))
    await place_marks(world)
    assert await unread(world) == 3
    found = await flags(world)
    assert [name for name in found if found[name] == (0, 1) and int(name[1:]) % 2 == 0] == ["m18", "m16", "m14"]
    assert found["m19"] == (0, 1), "what the network gives as history has arrived"
    await world.take(said("m20", at_ms=NOW + 20))
    assert await unread(world) == 4
    await world.take(read("m16"))
    assert await unread(world) == 2


async def test_what_history_shows_beyond_our_mark_was_missed_and_is_unread(world: World) -> None:
    await world.take(*ARRIVING, read("m3"), said("missed", at_ms=NOW + 9, live=False), said("old", at_ms=NOW - 9, live=False))
    assert await unread(world) == 1


async def test_a_chat_of_which_more_is_unread_than_is_known(world: World) -> None:
    await world.take(ChatChanged(info=ChatInfo(provider_id="chat", unread_count=50), live=False))
    await world.take(*[said(f"m{number}", at_ms=NOW + number, live=False) for number in range(5)])
    await place_marks(world)
    assert await unread(world) == 50
    assert set((await flags(world)).values()) == {(0, 1)}


async def test_the_network_says_that_all_is_read(world: World) -> None:
    await world.take(*ARRIVING, ChatChanged(info=ChatInfo(provider_id="chat", unread_count=0)))
    assert await unread(world) == 0
    assert set((await flags(world)).values()) == {(1, 1)}
    await world.take(ChatChanged(info=ChatInfo(provider_id="chat", unread_count=1)))
    assert await unread(world) == 1, "marked as unread by a person"


async def test_a_chat_that_was_marked_as_unread_is_read_when_it_is_read_again(world: World) -> None:
    """The mark does not move, since all was read before; the time does."""
    await world.take(*ARRIVING, read("m3", None, NOW + 10), ChatChanged(info=ChatInfo(provider_id="chat", unread_count=1)))
    await world.take(read("m3", None, NOW + 10), read("m1", None, NOW + 30))
    assert await unread(world) == 1, "what comes late or twice is no new reading"
    await world.take(read("m3", None, NOW + 20))
    assert await unread(world) == 0


MINE = [said(f"m{number}", at_ms=NOW + number, sender=ME) for number in range(3)]


async def test_own_messages_are_sent_then_delivered_then_seen(world: World) -> None:
    await world.take(*MINE)
    assert set((await flags(world)).values()) == {(0, 0)}
    await world.take(DeliveredUpTo(chat="chat", provider_id="m1", at_ms=NOW))
    assert await flags(world) == {"m0": (0, 1), "m1": (0, 1), "m2": (0, 0)}
    await world.take(read("m0", "ada"))
    assert await flags(world) == {"m0": (1, 1), "m1": (0, 1), "m2": (0, 0)}
    await world.take(read("m2", "ada"))
    assert set((await flags(world)).values()) == {(1, 1)}


@pytest.mark.parametrize("marks_first", [True, False])
async def test_who_has_read_and_when_that_was_first_known(world: World, marks_first: bool) -> None:
    known = [read("m0", "ada", NOW + 10), read("m2", "ada", NOW + 30), read("m1", "bob", NOW + 20), read("m1", "bob", NOW + 25)]
    events: list[Event] = [*reversed(known), *MINE] if marks_first else [*MINE, *known]
    await world.take_each(*events)
    assert await readers(world) == {
        "m0": {"ada": to_wire(NOW + 10), "bob": to_wire(NOW + 20)},
        "m1": {"ada": to_wire(NOW + 30), "bob": to_wire(NOW + 20)},
        "m2": {"ada": to_wire(NOW + 30)},
    }


async def test_a_mark_at_a_message_that_has_not_come_waits_for_it(world: World) -> None:
    await world.take(read("m3"), read("m2", "ada"), DeliveredUpTo(chat="chat", provider_id="m2", at_ms=NOW))
    await world.take(*ARRIVING[:2], *[said(f"m{number}", at_ms=NOW + number, sender=ME) for number in (2,)])
    assert await unread(world) == 2
    assert (await flags(world))["m2"] == (1, 1)
    await world.take(said("m3", at_ms=NOW + 3))
    assert await unread(world) == 0


async def test_own_reading_on_another_device_comes_without_or_with_our_id(world: World) -> None:
    await world.take(*ARRIVING, read("m1", None), read("m2", "me"))
    assert await unread(world) == 1
    await world.take(said("mine", sender=ME, at_ms=NOW + 9))
    assert (await flags(world))["mine"] == (0, 0), "nobody else has read it"


async def test_a_thousand_messages_are_marked_by_one_row(world: World) -> None:
    """design.md 7: marks on a thousand messages rewrite none of them."""
    await world.take(*[said(f"m{number:04}", at_ms=NOW + number, sender=BOB) for number in range(1_000)])
    before = [tuple(row) for row in await world.store.db.fetch("SELECT key, document FROM message ORDER BY key")]
    assert await unread(world) == 1_000
    await world.take(read("m0999"))
    assert await unread(world) == 0
    assert [tuple(row) for row in await world.store.db.fetch("SELECT key, document FROM message ORDER BY key")] == before


async def test_marks_are_told_once(world: World) -> None:
    await world.take(*MINE, read("m1", "ada"), read("m1", "ada", NOW + 2_000), read("m2", None), read("m2", None))
    told = await world.store.db.fetch("SELECT kind FROM journal WHERE kind <> 'message_received'")
    assert [row[0] for row in told] == ["message_read", "message_read"]
