"""Ingest of people and chats that turn out to be one: nothing is lost, nothing unread becomes read, and it may come twice."""

from msgspec import structs

from trunkline.contract.events import (
    ChatChanged,
    ChatInfo,
    ChatMerged,
    Event,
    PeopleMerged,
    PersonInfo,
    ReactionChanged,
    ReadUpTo,
)
from trunkline.operations.chats import ListAllChats, ListChatMessages
from trunkline.operations.own import SearchMessages

from .world import NOW, World, said

HIDDEN, PHONE = PersonInfo(provider_id="hidden", name="Ada"), PersonInfo(provider_id="phone", name="Ada")


async def test_all_of_two_chats_lies_in_one_and_the_other_is_gone(world: World) -> None:
    merged: list[Event] = [
        PeopleMerged(into=structs.replace(PHONE, also=("hidden",)), gone="hidden"),
        ChatMerged(into="phone", gone="hidden"),
    ]
    await world.take(
        ChatChanged(info=ChatInfo(provider_id="hidden", type=0, peer="hidden", members=(HIDDEN,))),
        said("m1", "an otter", chat="hidden", sender=HIDDEN),
        said("both", "twice", chat="hidden", sender=HIDDEN, at_ms=NOW + 1),
        ReactionChanged(chat="hidden", provider_id="m1", at_ms=NOW + 2, sender=HIDDEN, value="👍"),
        ReadUpTo(chat="hidden", provider_id="both", at_ms=NOW + 2, person=None),
        ChatChanged(info=ChatInfo(provider_id="phone", type=0, peer="phone", members=(PHONE,))),
        said("both", "twice", chat="phone", sender=PHONE, at_ms=NOW + 1),
        said("m2", "a beaver", chat="phone", sender=PHONE, at_ms=NOW + 3),
    )
    before = {chat["provider_id"]: chat for chat in await world.ask(ListAllChats())}
    [_, first] = await world.ask(ListChatMessages(chat_id=before["hidden"]["id"]))
    await world.take(*merged)
    await world.take(*merged)
    [chat] = await world.ask(ListAllChats())
    assert (chat["id"], chat["unread_count"]) == (before["phone"]["id"], 2)
    shown = await world.ask(ListChatMessages(chat_id=chat["id"]))
    assert [(each["provider_id"], each["sender_id"]) for each in shown] == [
        ("m2", "phone"),
        ("both", "phone"),
        ("m1", "phone"),
    ]
    assert shown[2]["id"] == first["id"]
    assert [each["sender_id"] for each in shown[2]["reactions"]] == ["phone"]
    assert {each["sender_attendee_id"] for each in shown} == {shown[0]["sender_attendee_id"]}
    [hit] = await world.ask(SearchMessages(query="otter", chat_id=chat["id"]))
    assert hit["id"] == first["id"]
    left = await world.store.db.fetch("SELECT provider_id FROM attendee WHERE provider_id IN ('hidden', 'phone')")
    assert [row[0] for row in left] == ["phone"]


async def test_what_was_never_handed_up_merges_with_nothing(world: World) -> None:
    await world.take(said("m1"))
    await world.take(PeopleMerged(into=PHONE, gone="nobody"), ChatMerged(into="chat", gone="nothing"))
    [chat] = await world.ask(ListAllChats())
    assert chat["provider_id"] == "chat"
