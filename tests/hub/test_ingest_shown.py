"""Ingest of what a history holds after an outage: what is not in it was deleted, reactions are what stands now."""

import msgspec
import pytest

from trunkline.contract.events import GapFound, HistoryShown, MessageRemoved, ReactionChanged, ShownMessage
from trunkline.store import chats, gaps
from trunkline.store.gaps import Gap

from .test_ingest_messages import found, shown
from .world import ADA, BOB, ME, NOW, World, reaction, said


def history(
    *messages: str | ShownMessage, from_ms: int = NOW, to_ms: int = NOW + 100, at_ms: int = NOW + 1_000
) -> HistoryShown:
    """All that the chat holds of a time."""
    listed = tuple(ShownMessage(provider_id=each) if isinstance(each, str) else each for each in messages)
    return HistoryShown(chat="chat", from_ms=from_ms, to_ms=to_ms, at_ms=at_ms, messages=listed)


async def told(world: World) -> list[tuple[str, str]]:
    """What the journal says happened to messages: the event and the message."""
    rows = await world.store.db.fetch("SELECT kind, payload FROM journal ORDER BY seq")
    payloads = [(row[0], msgspec.json.decode(row[1])) for row in rows]
    return [(kind, payload["provider_message_id"]) for kind, payload in payloads if "provider_message_id" in payload]


async def deleted(world: World) -> list[str]:
    """The deleted messages."""
    return sorted(name for name, message in (await shown(world)).items() if message["deleted"])


async def test_what_is_not_in_the_history_any_more_was_deleted_and_is_told(world: World) -> None:
    await world.take(*(said(f"m{number}", f"word{number}", at_ms=NOW + number) for number in range(3)))
    before = await told(world)
    await world.take(history("m0", "m2"))
    assert await deleted(world) == ["m1"]
    assert (await shown(world))["m1"]["text"] is None
    assert await found(world, "word1") == []
    assert (await told(world))[len(before) :] == [("message_deleted", "m1")]
    await world.take(history("m0", "m2"))
    assert len(await told(world)) == len(before) + 1


async def test_what_lies_outside_of_the_time_that_was_read_stays(world: World) -> None:
    await world.take(*(said(f"m{number}", at_ms=NOW + number) for number in range(5)))
    await world.take(history("m2", from_ms=NOW + 1, to_ms=NOW + 3))
    assert await deleted(world) == ["m1", "m3"]


async def test_another_chat_and_an_unknown_one_are_left_alone(world: World) -> None:
    await world.take(said("m1"), said("n1", chat="other"))
    await world.take(history("m1"), msgspec.structs.replace(history(), chat="unknown"))
    assert await deleted(world) == []
    assert await chats.by_provider_id(world.store.db, world.account.no, "unknown") is None


async def test_replies_count_as_deleted_only_where_their_thread_was_read(world: World) -> None:
    """An old thread's replies are in no history of the channel; a thread that is gone has none."""
    await world.take(said("old", at_ms=NOW - 1_000))
    for number, thread in enumerate(("old", "read", "unread", "gone", "nowhere")):
        if thread not in ("old", "nowhere"):
            await world.take(said(thread, at_ms=NOW + number))
        await world.take(said(f"to {thread}", at_ms=NOW + 10 + number, thread=thread))
    await world.take(history("read", ShownMessage(provider_id="unread", with_replies=False)))
    assert await deleted(world) == ["gone", "to gone", "to read"]


async def test_reactions_that_came_and_went_are_told(world: World) -> None:
    await world.take(said("m1", reactions=(reaction("👍"), reaction("🎉", "bob"))), said("m2"))
    before = len(await told(world))
    now = ShownMessage(provider_id="m1", reactions=(reaction("🎉", "bob"), reaction("❤️", "me")))
    await world.take(history(now, "m2"))
    stands = [(each["value"], each["sender_id"]) for each in (await shown(world))["m1"]["reactions"]]
    assert sorted(stands) == [("❤️", "me"), ("🎉", "bob")]
    assert (await told(world))[before:] == [("message_reaction", "m1")] * 2
    await world.take(history(now, "m2"))
    assert len(await told(world)) == before + 2


async def test_a_reaction_put_back_after_it_was_taken_off_is_seen(world: World) -> None:
    """It must not lose against the older taking off."""
    off = ReactionChanged(chat="chat", provider_id="m1", at_ms=NOW + 50, sender=ADA, value="👍", removed=True, several=True)
    await world.take(said("m1", reactions=(reaction("👍"),)), off)
    await world.take(history(ShownMessage(provider_id="m1", reactions=(reaction("👍"),))))
    assert [each["value"] for each in (await shown(world))["m1"]["reactions"]] == ["👍"]


async def test_what_happened_after_the_look_stays(world: World) -> None:
    """Live events come while the history is read."""
    later = ReactionChanged(chat="chat", provider_id="m1", at_ms=NOW + 2_000, sender=BOB, value="👍", several=True)
    await world.take(said("m1"), later, said("m2", at_ms=NOW + 101))
    await world.take(history(ShownMessage(provider_id="m1", reactions=())))
    assert [each["value"] for each in (await shown(world))["m1"]["reactions"]] == ["👍"]
    assert await deleted(world) == []


async def test_reactions_that_are_not_shown_whole_stay(world: World) -> None:
    await world.take(said("m1", reactions=(reaction("👍"),)))
    await world.take(history("m1"))
    assert len((await shown(world))["m1"]["reactions"]) == 1


async def test_an_unread_message_that_is_gone_counts_no_more(world: World) -> None:
    await world.take(said("m0", sender=ME), said("m1", at_ms=NOW + 1), said("m2", at_ms=NOW + 2))
    await world.take(MessageRemoved(chat="chat", provider_id="m2", at_ms=NOW + 3), history("m0"))
    chat = await chats.by_provider_id(world.store.db, world.account.no, "chat")
    assert chat is not None
    assert chat.unread_count == 0


@pytest.mark.parametrize("chat", [None, "chat"])
async def test_a_gap_that_grows_is_one(world: World, chat: str | None) -> None:
    """An account that hears nothing between two outages tells of one gap, not of two; a message beside it changes nothing."""
    for to_ms, reason in ((NOW + 1, "deaf"), (NOW + 5, "deaf"), (NOW + 5, "deaf"), (NOW + 9, "blind"), (NOW + 9, "deaf")):
        await world.take(said(f"m{to_ms}{reason}"), GapFound(chat=chat, from_ms=NOW, to_ms=to_ms, reason=reason))
    kept = await gaps.of_account(world.store.db, world.account.no)
    assert {(gap.to_at, gap.reason) for gap in kept} == {(NOW + 5, "deaf"), (NOW + 9, "blind")}
    assert all(isinstance(gap, Gap) and gap.from_at == NOW for gap in kept)
