"""Ingest of messages: stored once, whatever comes first; what history shows is kept; what was deleted is gone."""

from typing import Any

import pytest
from msgspec import structs

from trunkline.contract.events import (
    ChatRemoved,
    Event,
    MessageChanged,
    MessageRemoved,
    ReactionChanged,
)
from trunkline.operations.chats import ListAllChats, ListChatMessages
from trunkline.operations.messages import GetMessage
from trunkline.operations.own import SearchMessages

from .world import ADA, BOB, ME, NOW, World, picture, quoting, reaction, said


async def shown(world: World, chat: str = "chat") -> dict[str, Any]:
    """The messages of a chat by provider id."""
    ids = {found["provider_id"]: found["id"] for found in await world.ask(ListAllChats(account_id=world.account.id))}
    return {message["provider_id"]: message for message in await world.ask(ListChatMessages(chat_id=ids[chat]))}


async def found(world: World, query: str) -> list[str]:
    """Provider ids of what a search finds."""
    return [message["provider_id"] for message in await world.ask(SearchMessages(query=query))]


def removed(provider_id: str, at_ms: int = NOW + 50) -> MessageRemoved:
    """A deletion."""
    return MessageRemoved(chat="chat", provider_id=provider_id, at_ms=at_ms)


def edited(provider_id: str, text: str | None, at_ms: int = NOW + 10) -> MessageChanged:
    """An edit."""
    return MessageChanged(chat="chat", provider_id=provider_id, at_ms=at_ms, text=text)


def reacted(value: str, at_ms: int, *, removed: bool = False, several: bool = False) -> ReactionChanged:
    """Ada reacts to m1."""
    return ReactionChanged(
        chat="chat", provider_id="m1", at_ms=at_ms, sender=ADA, value=value, removed=removed, several=several
    )


async def test_a_message_is_stored_as_the_wire_shows_it(world: World) -> None:
    await world.take(said("m1", "hello", files=(picture(),), raw='{"id":"m1"}', subject="Hi", silent=True))
    message = (await shown(world))["m1"]
    [attachment] = message.pop("attachments")
    for name in ("id", "chat_id", "sender_attendee_id"):
        assert len(message.pop(name)) == 22
    assert message == {
        "object": "Message", "account_id": world.account.id, "chat_provider_id": "chat", "original": "{}", "provider_id": "m1",
        "seen": 0, "delivered": 1, "seen_by": {}, "sender_name": "Ada", "sender_id": "ada", "text": "hello",
        "timestamp": "2026-09-21T14:13:20.000Z", "is_sender": 0, "reactions": [], "hidden": 0, "deleted": 0, "edited": 0,
        "is_event": 0, "behavior": 0, "subject": "Hi",
    }  # fmt: skip
    assert attachment["type"] == "img"
    assert (attachment["mimetype"], attachment["file_size"], attachment["unavailable"]) == ("image/png", 3, False)


async def test_the_networks_payload_is_given_by_get_message_alone(world: World) -> None:
    await world.take(said("m1", raw='{"of":"the network"}'), said("m2"))
    listed = await shown(world)
    assert (await world.ask(GetMessage(message_id=listed["m1"]["id"])))["original"] == '{"of":"the network"}'
    assert (await world.ask(GetMessage(message_id=listed["m2"]["id"])))["original"] == "{}"


async def test_a_repeat_changes_nothing_and_is_told_once(world: World) -> None:
    event = said("m1", "hello", files=(picture(),), reactions=(reaction("👍"),), quote=quoting("m0", "was"), replies=2)
    await world.take_each(event, event)
    before = await shown(world)
    await world.take(event, event)
    assert await shown(world) == before
    told = await world.store.db.fetch("SELECT kind FROM journal WHERE kind = 'message_received'")
    assert len(told) == 1


async def test_history_tells_nobody_that_something_happened(world: World) -> None:
    await world.take(said("m1", live=False))
    assert list(await world.store.db.fetch("SELECT kind FROM journal WHERE kind = 'message_received'")) == []


async def test_history_read_again_shows_an_edit_that_was_missed(world: World) -> None:
    await world.take(said("m1", "before"))
    await world.take(said("m1", "after", edited=True, live=False))
    message = (await shown(world))["m1"]
    assert (message["text"], message["edited"]) == ("after", 1)
    assert await found(world, "after") == ["m1"]
    assert await found(world, "before") == []


async def test_history_read_again_shows_every_edit_where_the_network_tells_their_times(world: World) -> None:
    await world.take(said("m1", "one"), edited("m1", "two", NOW + 10))
    await world.take(said("m1", "three", edited=True, edited_at_ms=NOW + 20, live=False))
    assert (await shown(world))["m1"]["text"] == "three"
    await world.take(said("m1", "two", edited=True, edited_at_ms=NOW + 10, live=False), edited("m1", "two", NOW + 10))
    assert (await shown(world))["m1"]["text"] == "three", "what is older does not come back"


async def test_without_a_time_history_does_not_contradict_an_edit(world: World) -> None:
    """A page of history may have been read just before the edit that we heard of."""
    await world.take(said("m1", "one"), edited("m1", "two"))
    await world.take(said("m1", "one and a half", edited=True, live=False))
    assert (await shown(world))["m1"]["text"] == "two"


async def test_history_read_again_shows_a_deletion_that_was_missed(world: World) -> None:
    await world.take(said("m1", "secret", files=(picture(),), raw='{"text":"secret"}'))
    await world.take(said("m1", None, deleted=True, live=False))
    message = (await shown(world))["m1"]
    assert (message["deleted"], message["text"], message["attachments"]) == (1, None, [])
    assert await found(world, "secret") == []


async def test_history_read_again_shows_an_edit_and_reactions_together(world: World) -> None:
    await world.take(said("m1", "before"))
    await world.take(said("m1", "after", edited=True, reactions=(reaction("👍"),), replies=3, reply_by=("bob",), live=False))
    message = (await shown(world))["m1"]
    assert (message["text"], message["reactions"]) == ("after", [{"value": "👍", "sender_id": "ada", "is_sender": False}])
    assert (message["replies"], message["reply_by"]) == (3, ["bob"])


async def test_the_answers_of_a_thread_only_become_more(world: World) -> None:
    await world.take(said("m1", replies=3, reply_by=("ada", "bob")), said("m1", replies=2, reply_by=("ada",)))
    assert ((await shown(world))["m1"]["replies"], (await shown(world))["m1"]["reply_by"]) == (3, ["ada", "bob"])


ABOUT = (edited("m1", "new words"), removed("m1"), reacted("👍", NOW + 20))


@pytest.mark.parametrize("first", [True, False])
async def test_what_was_deleted_leaves_no_word_anywhere(world: World, first: bool) -> None:
    message = said("m1", "first words", files=(picture(),), raw='{"text":"first words"}', subject="subject words")
    await world.take_each(*((message, *ABOUT) if first else (*ABOUT, message)))
    await world.take(edited("m1", "late words", NOW + 99))
    kept = (await shown(world))["m1"]
    assert (kept["deleted"], kept["text"], kept["attachments"], kept["reactions"], kept["edited"]) == (1, None, [], [], 0)
    assert kept["subject"] is None
    assert await found(world, "words") == []
    for table in ("message", "message_raw", "attachment", "amendment"):
        rows = await world.store.db.fetch(f"SELECT * FROM {table}")
        assert not any("words" in str(value) for row in rows for value in row), table


async def test_the_same_said_in_any_order_ends_alike(world: World) -> None:
    """Two edits and a message, in all orders; of two edits the later stays."""
    first, second = edited("m1", "first", NOW + 10), edited("m1", "second", NOW + 20)
    orders = [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)]
    for number, order in enumerate(orders):
        chat = f"chat{number}"
        events: list[Event] = [said("m1", "said", chat=chat), *(structs.replace(one, chat=chat) for one in (first, second))]
        await world.take_each(*(events[place] for place in order))
        message = (await shown(world, chat))["m1"]
        assert (message["text"], message["edited"]) == ("second", 1), order


async def test_a_quote_finds_its_message_also_when_that_comes_later(world: World) -> None:
    await world.take(said("answer", quote=quoting("asked", "what was asked"), at_ms=NOW + 1))
    quoted = (await shown(world))["answer"]["quoted"]
    assert (quoted["provider_id"], quoted["sender_id"], quoted["text"]) == ("asked", "ada", "what was asked")
    assert "message_id" not in quoted
    await world.take(said("asked"))
    listed = await shown(world)
    assert listed["answer"]["quoted"]["message_id"] == listed["asked"]["id"]
    await world.take(said("again", quote=quoting("asked"), at_ms=NOW + 2))
    assert (await shown(world))["again"]["quoted"]["message_id"] == listed["asked"]["id"]


async def test_an_answer_in_a_thread_finds_its_first_message_also_when_that_comes_later(world: World) -> None:
    await world.take(said("answer", thread="first", at_ms=NOW + 1), said("first", thread="first"))
    listed = await shown(world)
    assert listed["answer"]["parent"] == listed["first"]["id"]
    assert "parent" not in listed["first"]


async def test_a_deleted_answer_takes_no_quote_when_the_quoted_message_comes(world: World) -> None:
    await world.take(said("answer", quote=quoting("asked", "secret"), at_ms=NOW + 1), removed("answer"), said("asked"))
    assert "quoted" not in (await shown(world))["answer"]


async def test_one_reaction_each_the_latest_stands(world: World) -> None:
    await world.take(said("m1", reactions=(reaction("😂", "bob"),)))
    await world.take(reacted("👍", NOW + 2), reacted("🎉", NOW + 1))
    assert _reactions(await shown(world)) == [("😂", "bob"), ("👍", "ada")]
    await world.take(reacted("👍", NOW + 3, removed=True))
    await world.take(reacted("🎉", NOW + 1), said("m1", reactions=(reaction("❤️", "ada"),)))
    assert _reactions(await shown(world)) == [("😂", "bob")], "what is older than the taking off does not come back"


async def test_taking_off_no_emoji_in_particular_takes_off_all(world: World) -> None:
    """As a network answers that only knows "none"."""
    await world.take(said("m1"), reacted("👍", NOW + 1, several=True), reacted("🎉", NOW + 2, several=True))
    assert _reactions(await shown(world)) == [("👍", "ada"), ("🎉", "ada")]
    await world.take(reacted("", NOW + 3, removed=True, several=True))
    assert _reactions(await shown(world)) == []


async def test_several_reactions_each_where_the_network_allows_it(world: World) -> None:
    await world.take(said("m1"), *(reacted(value, NOW + at, several=True) for value, at in (("👍", 1), ("🎉", 2), ("👍", 0))))
    await world.take(reacted("👍", NOW + 5, removed=True, several=True), reacted("❤️", NOW + 4, several=True))
    assert _reactions(await shown(world)) == [("🎉", "ada"), ("❤️", "ada")]


def _reactions(listed: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["value"], one["sender_id"]) for one in listed["m1"]["reactions"]]


async def test_our_own_reaction_is_marked_as_ours(world: World) -> None:
    own = ReactionChanged(chat="chat", provider_id="m1", at_ms=NOW + 1, sender=ME, value="👍")
    await world.take(said("m1", reactions=(reaction("🎉", "bob"),)), own)
    made = (await shown(world))["m1"]["reactions"]
    assert [(one["sender_id"], one["is_sender"]) for one in made] == [("bob", False), ("me", True)]


async def test_texts_no_database_takes_are_mended(world: World) -> None:
    """security.md 2.3: a NUL and half of a surrogate pair."""
    await world.take(said("m1", "zero\x00half\ud83d end", raw='{"t":"\x00"}', sender=BOB))
    assert (await shown(world))["m1"]["text"] == "zero\ufffdhalf\ufffd end"


async def test_one_provider_id_in_two_chats_is_two_messages(world: World) -> None:
    await world.take(said("m1", "here"), said("m1", "there", chat="other"), removed("m1"))
    assert (await shown(world))["m1"]["deleted"] == 1
    assert (await shown(world, "other"))["m1"]["text"] == "there"


async def test_a_removed_chat_is_gone_with_all_it_held_and_comes_back_empty(world: World) -> None:
    held = said("m1", "secret", files=(picture(),), raw='{"t":"secret"}', reactions=(reaction("👍"),))
    await world.take(held, edited("m1", "secret too"), said("m2", quote=quoting("m9"), at_ms=NOW + 1))
    before = (await world.ask(ListAllChats()))[0]
    await world.take(ChatRemoved(chat="chat"), ChatRemoved(chat="chat"), ChatRemoved(chat="never seen"))
    assert await world.ask(ListAllChats()) == []
    assert await found(world, "secret") == []
    for table in ("message", "message_raw", "attachment", "amendment", "reaction", "waiting", "read_move", "reader"):
        assert list(await world.store.db.fetch(f"SELECT * FROM {table}")) == [], table
    await world.take(said("m3", at_ms=NOW + 2))
    [chat] = await world.ask(ListAllChats())
    assert (chat["id"], chat["unread_count"], list(await shown(world))) == (before["id"], 1, ["m3"])


async def test_making_room_between_keys_moves_what_the_batch_has_in_hand(world: World) -> None:
    """In one update comes the newest message of a crowded millisecond, and then so many before it that it is moved."""
    await world.take(said("first", order=0), said("middle", order=50_000))
    crowd: list[Event] = [said("last", order=99_999)]
    for order in range(40, 0, -1):
        crowd += [edited("middle", f"text {order}", NOW + order), said(f"m{order:02}", order=order)]
    await world.take(*crowd)
    [chat] = await world.ask(ListAllChats())
    assert list(await shown(world)) == ["last", "middle", *(f"m{order:02}" for order in range(40, 0, -1)), "first"]
    [row] = await world.store.db.fetch("SELECT last_key, activity FROM chat")
    [newest] = await world.store.db.fetch("SELECT max(key) FROM message")
    assert tuple(row) == (newest[0], newest[0])
    assert chat["unread_count"] == 43


async def test_a_deletion_without_a_chat_finds_its_message(world: World) -> None:
    await world.take(said("m1", "hello"), said("m2", "stays"))
    await world.take(MessageRemoved(chat=None, provider_id="m1", at_ms=NOW + 50))
    messages = await shown(world)
    assert [(name, messages[name]["deleted"]) for name in ("m1", "m2")] == [("m1", 1), ("m2", 0)]


async def test_a_deletion_without_a_chat_of_an_unknown_message_makes_nothing(world: World) -> None:
    await world.take(said("m1", "hello"))
    await world.take(MessageRemoved(chat=None, provider_id="m9", at_ms=NOW + 50))
    assert list(await shown(world)) == ["m1"]
    assert len(await world.ask(ListAllChats(account_id=world.account.id))) == 1
