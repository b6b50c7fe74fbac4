"""Reading through a Unipile server: its shapes as ours, its cursors, its files."""

import pytest

from trunkline.model.blob import Blob
from trunkline.model.errors import NetworkFailed, NotFound, Unsupported
from trunkline.operations.attendees import GetAttendeeById, ListAllAttendees, ListChatsByAttendee
from trunkline.operations.chats import GetChat, ListAllChats, ListAttendees, ListChatMessages
from trunkline.operations.messages import GetMessage, GetMessageAttachment, ListAllMessages
from trunkline.operations.own import ListAccounts, SearchMessages

from .conftest import World


async def test_a_chat_keeps_what_is_known_and_drops_what_is_not(world: World) -> None:
    """unipile-v1 2.6: unknown fields are kept out, unknown words of an enum stay."""
    assert await world.ask(GetChat(chat_id="chat-wa")) == {
        "object": "Chat",
        "id": "chat-wa",
        "account_id": "wa",
        "account_type": "WHATSAPP",
        "provider_id": "33600000001@s.whatsapp.net",
        "attendee_provider_id": "33600000001@s.whatsapp.net",
        "name": None,
        "type": 0,
        "timestamp": "2026-03-01T08:15:30.000Z",
        "unread_count": 0,
        "archived": 0,
        "muted_until": None,
        "read_only": 0,
        "pinned": 0,
        "folder": ["INBOX", "INBOX_OF_TOMORROW"],
        "lastMessage": None,
    }


async def test_a_list_is_followed_by_the_servers_own_cursor_without_filters(world: World) -> None:
    """unipile-v1 3.6."""
    first = await world.ask(ListAllMessages(account_id="wa", limit=4))
    second = await world.ask(ListAllMessages(cursor=first["cursor"]))
    assert [len(page["items"]) for page in (first, second)] == [4, 2]
    assert second["cursor"] is None
    assert {each["account_id"] for each in first["items"] + second["items"]} == {"wa"}
    assert [sorted(request.query) for request in world.remote.requests] == [["account_id", "limit"], ["cursor", "limit"]]


async def test_a_cursor_that_comes_back_twice_ends_the_list_in_words(world: World) -> None:
    """unipile-v1 3.6: a list never goes round for ever."""
    first = await world.ask(ListAllMessages(limit=4))
    world.remote._page = lambda request, literal, items: (  # type: ignore[method-assign]
        200,
        {"object": literal, "items": [], "cursor": request.query["cursor"][0]},
    )
    with pytest.raises(NetworkFailed, match="same cursor twice"):
        await world.ask(ListAllMessages(cursor=first["cursor"]))


async def test_lists_carry_no_raw_payload_and_a_single_message_does(world: World) -> None:
    """model/message.py: the same on both backends."""
    listed = await world.ask(ListChatMessages(chat_id="chat-wa"))
    single = await world.ask(GetMessage(message_id=listed["items"][0]["id"]))
    assert {each["original"] for each in listed["items"]} == {"{}"}
    assert single["original"] == '{"raw": true}'


async def test_a_list_without_a_cursor_has_none(world: World) -> None:
    """unipile-v1 13: the attendees of a chat may come without the key."""
    assert (await world.ask(ListAttendees(chat_id="chat-wa")))["cursor"] is None


async def test_accounts_show_what_they_can_do_and_mail_is_left_out(world: World) -> None:
    """unipile-v1 8."""
    accounts = {each["id"]: each["capabilities"] for each in (await world.ask(ListAccounts()))["items"]}
    assert list(accounts) == ["wa", "li"]
    assert accounts["wa"]["forward"] == {"way": "native"}
    assert "forward" not in accounts["li"]
    assert accounts["li"]["edit"]["max_age"]["value"] == 3_600_000


async def test_ids_of_any_form_travel_as_one_segment(world: World) -> None:
    """unipile-v1 2.3: the driver encodes every segment."""
    made = world.remote.add("chat-wa", "file", files=1)
    reply = await world.reply(GetMessageAttachment(message_id=made["id"], attachment_id="file-0=="))
    assert isinstance(reply.body, Blob)
    assert b"".join([chunk async for chunk in reply.body.chunks]) == b"bytes of file-0=="
    for odd in ("..", ".", "a/b", "a?b#c", "ünï"):
        with pytest.raises(NotFound):
            await world.ask(GetMessage(message_id=odd))
    assert world.remote.lines()[1:] == [
        "GET /messages/%2E%2E",
        "GET /messages/%2E",
        "GET /messages/a%2Fb",
        "GET /messages/a%3Fb%23c",
        "GET /messages/%C3%BCn%C3%AF",
    ]


async def test_what_is_missing_is_said_as_the_hub_says_it(world: World) -> None:
    """The same words, whichever backend."""
    with pytest.raises(NotFound) as caught:
        await world.ask(GetChat(chat_id="nowhere"))
    assert caught.value.text == (
        "There is no chat 'nowhere'. Chat ids come from unipile_messaging_list_all_chats."
        " A provider id needs account_id beside it."
    )


async def test_searching_is_refused_in_words(world: World) -> None:
    """Nothing is stored that could be searched."""
    with pytest.raises(Unsupported, match="no search"):
        await world.ask(SearchMessages(query="hello"))
    assert world.remote.requests == []


async def test_people_are_read(world: World) -> None:
    """Lists of people, one of them, and their chats."""
    everybody = await world.ask(ListAllAttendees(account_id="li"))
    assert [each["id"] for each in everybody["items"]] == ["self-li", "attendee-chat-li"]
    assert (await world.ask(GetAttendeeById(id="attendee-chat-li")))["provider_id"] == "ACoAAA"
    chats = await world.ask(ListChatsByAttendee(attendee_id="ACoAAA"))
    assert [each["id"] for each in chats["items"]] == ["chat-li"]
    assert len((await world.ask(ListAllChats()))["items"]) == 3
