"""Ingest of people and chats: who somebody is under all their ids, and what the network says of a chat."""

from typing import Any

from trunkline.contract.events import ChatChanged, ChatInfo, PersonChanged, PersonInfo, ReactionChanged, ReadUpTo
from trunkline.model.times import to_wire
from trunkline.operations.attendees import GetAttendeeById, ListAllAttendees, ListChatsByAttendee, ListMessagesByAttendee
from trunkline.operations.chats import GetChat, ListAllChats, ListAttendees
from trunkline.operations.messages import ListAllMessages

from .world import ADA, BOB, ME, NOW, World, said


async def people(world: World) -> list[tuple[str, str]]:
    """(provider id, name) of everybody."""
    return sorted((person["provider_id"], person["name"]) for person in await world.ask(ListAllAttendees()))


async def chat_of(world: World, provider_id: str = "chat") -> dict[str, Any]:
    """A chat."""
    return next(dict(chat) for chat in await world.ask(ListAllChats()) if chat["provider_id"] == provider_id)


async def change(world: World, **what: Any) -> None:
    """The network says something of the chat."""
    await world.take(ChatChanged(info=ChatInfo(provider_id="chat", **what)))


async def test_a_person_is_known_by_all_their_ids(world: World) -> None:
    """A phone number beside a LID: what is said under either is theirs."""
    await world.take(said("m1", sender=PersonInfo(provider_id="lid", name="Ada")))
    [known] = await world.ask(ListAllAttendees())
    await world.take(PersonChanged(info=PersonInfo(provider_id="phone", also=("lid",))))
    await world.take(said("m2", sender=PersonInfo(provider_id="phone"), at_ms=NOW + 1))
    assert await people(world) == [("lid", "Ada")]
    for person_id in ("lid", "phone", known["id"]):
        found = await world.ask(ListMessagesByAttendee(sender_id=person_id))
        assert [message["provider_id"] for message in found] == ["m2", "m1"], person_id
        assert await world.ask(GetAttendeeById(id=person_id)) == known
    senders = {message["provider_id"]: message for message in await world.ask(ListAllMessages())}
    assert senders["m2"]["sender_attendee_id"] == senders["m1"]["sender_attendee_id"] == known["id"]
    assert (senders["m1"]["sender_id"], senders["m2"]["sender_id"]) == ("lid", "phone")


async def test_two_people_who_turn_out_to_be_one_stay_two_that_both_resolve(world: World) -> None:
    await world.take(said("m1", sender=PersonInfo(provider_id="lid", name="Ada")))
    await world.take(said("m2", sender=PersonInfo(provider_id="phone", name="A."), at_ms=NOW + 1))
    await world.take(PersonChanged(info=PersonInfo(provider_id="phone", also=("lid",))))
    assert await people(world) == [("lid", "Ada"), ("phone", "A.")]
    for person_id, messages in (("lid", ["m1"]), ("phone", ["m2"])):
        found = await world.ask(ListMessagesByAttendee(sender_id=person_id))
        assert [message["provider_id"] for message in found] == messages


async def test_what_is_not_said_of_a_person_stays(world: World) -> None:
    full = PersonInfo(
        provider_id="ada", name="Ada", public_identifier="ada.l", profile_url="https://example.com/ada", picture="ref",
        specifics={"provider": "WHATSAPP"},
    )  # fmt: skip
    await world.take(PersonChanged(info=full), said("m1", sender=PersonInfo(provider_id="ada")))
    [ada] = await world.ask(ListAllAttendees())
    assert (ada["name"], ada["public_identifier"], ada["profile_url"]) == ("Ada", "ada.l", "https://example.com/ada")
    await world.take(PersonChanged(info=PersonInfo(provider_id="ada", name="Ada Lovelace", public_identifier="countess")))
    [ada] = await world.ask(ListAllAttendees())
    assert (ada["name"], ada["public_identifier"], ada["profile_url"]) == (
        "Ada Lovelace",
        "countess",
        "https://example.com/ada",
    )


async def test_who_has_no_name_is_called_by_their_id(world: World) -> None:
    await world.take(
        said("m1", sender=PersonInfo(provider_id="4915@c.us")), PersonChanged(info=PersonInfo(provider_id="x", name=None))
    )
    assert await people(world) == [("4915@c.us", "4915@c.us"), ("x", "x")]


async def test_in_one_update_a_name_is_not_forgotten_by_a_mention_without_it(world: World) -> None:
    mention = ReactionChanged(chat="chat", provider_id="m1", at_ms=NOW, sender=PersonInfo(provider_id="ada"), value="👍")
    renamed = PersonChanged(info=PersonInfo(provider_id="ada", name="Countess"))
    await world.take(said("m1"), mention, renamed, mention, said("m2", sender=PersonInfo(provider_id="ada")))
    assert ("ada", "Countess") in await people(world)


async def test_a_chat_is_what_the_network_says_of_it(world: World) -> None:
    await change(
        world, type=1, name="Friends", members=(ADA, BOB, ME), unread_count=2, archived=True, muted_until_ms=NOW + 60_000,
        read_only=True, pinned=True, labels=("work",), subject="About", content_type="inmail", folder=("INBOX",),
        disabled_features=("reactions",), organization_id="o1", mailbox_id="b1", active_at_ms=NOW + 5,
    )  # fmt: skip
    chat = await chat_of(world)
    for name in ("id", "account_id"):
        assert len(chat.pop(name)) == 22
    assert chat == {
        "object": "Chat", "account_type": "WHATSAPP", "provider_id": "chat", "name": "Friends", "type": 1,
        "timestamp": to_wire(NOW + 5), "unread_count": 2, "archived": 1, "muted_until": to_wire(NOW + 60_000), "read_only": 1,
        "pinned": 1, "labels": ["work"], "subject": "About", "content_type": "inmail", "folder": ["INBOX"],
        "disabledFeatures": ["reactions"], "organization_id": "o1", "mailbox_id": "b1",
    }  # fmt: skip


async def test_what_is_not_said_of_a_chat_stays(world: World) -> None:
    await change(world, type=1, name="Friends", pinned=True, labels=("work",), members=(ADA, ME))
    before = await chat_of(world)
    await change(world)
    await change(world, archived=True)
    assert await chat_of(world) == before | {"archived": 1}
    await change(world, name=None, labels=(), archived=False)
    assert await chat_of(world) == before | {"name": None, "labels": []}
    assert len(await world.ask(ListAttendees(chat_id=before["id"]))) == 2


async def test_a_mute_ends_by_itself(world: World, clock: Any) -> None:
    await change(world, muted_until_ms=clock.now + 1_000)
    assert (await chat_of(world))["muted_until"] == to_wire(clock.now + 1_000)
    clock.now += 1_001
    assert (await chat_of(world))["muted_until"] is None
    await change(world, muted_until_ms=-1)
    assert (await chat_of(world))["muted_until"] == -1
    await change(world, muted_until_ms=None)
    assert (await chat_of(world))["muted_until"] is None


async def test_members_are_the_whole_set_when_they_are_given(world: World) -> None:
    await change(world, type=1, members=(ADA, BOB, ME))
    await change(world, members=(BOB, ME, PersonInfo(provider_id="cleo")))
    found = await world.ask(ListAttendees(chat_id=(await chat_of(world))["id"]))
    assert sorted(person["provider_id"] for person in found) == ["bob", "cleo", "me"]


async def test_the_other_side_of_a_single_chat_is_named_and_found(world: World) -> None:
    await change(world, type=0, peer="ada", members=(ADA, ME))
    chat = await chat_of(world)
    assert (chat["attendee_provider_id"], chat["attendee_name"]) == ("ada", "Ada")
    assert [found["id"] for found in await world.ask(ListChatsByAttendee(attendee_id="ada"))] == [chat["id"]]


async def test_the_other_side_is_known_by_what_they_say_where_the_network_does_not_name_them(world: World) -> None:
    await world.take(said("m1", sender=ME), said("m2", sender=BOB, at_ms=NOW + 1))
    assert len(await world.ask(ListChatsByAttendee(attendee_id="bob"))) == 1


async def test_a_chats_activity_is_the_latest_thing_known_whatever_comes_first(world: World) -> None:
    await world.take(said("m1", chat="one"), ChatChanged(info=ChatInfo(provider_id="one", active_at_ms=NOW + 9)))
    await world.take(ChatChanged(info=ChatInfo(provider_id="two", active_at_ms=NOW + 9)), said("m1", chat="two"))
    await world.take(ChatChanged(info=ChatInfo(provider_id="three", active_at_ms=NOW - 9)), said("m1", chat="three"))
    await world.take(ChatChanged(info=ChatInfo(provider_id="four")))
    times = {chat["provider_id"]: chat["timestamp"] for chat in await world.ask(ListAllChats())}
    assert times == {"one": to_wire(NOW + 9), "two": to_wire(NOW + 9), "three": to_wire(NOW), "four": None}
    assert list(times)[-2:] == ["three", "four"], "last activity first, none last"


async def test_the_last_message_is_the_newest_in_the_networks_order(world: World) -> None:
    await world.take(said("new", at_ms=NOW + 5), said("old"), said("tied", at_ms=NOW + 5, order=NOW + 6))
    chat = await world.ask(GetChat(chat_id=(await chat_of(world))["id"]))
    assert chat["lastMessage"]["provider_id"] == "tied"
    await change(world, unread_count=0)
    assert (await world.ask(GetChat(chat_id="chat", account_id=world.account.id)))["lastMessage"]["seen"] == 1


async def test_a_chat_without_messages_has_no_last_one(world: World) -> None:
    await change(world, type=1, active_at_ms=NOW)
    assert (await world.ask(GetChat(chat_id=(await chat_of(world))["id"])))["lastMessage"] is None


async def test_marks_and_members_of_unknown_chats_make_them(world: World) -> None:
    """A network may tell of a chat's marks before it tells of the chat."""
    await world.take(ReadUpTo(chat="early", provider_id="m1", at_ms=NOW, person="ada"))
    assert (await chat_of(world, "early"))["timestamp"] is None
