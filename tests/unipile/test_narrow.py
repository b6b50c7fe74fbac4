"""Connections that reach less than their key: ids are looked up, lists cut down, and what is outside is as if it were not."""

from collections.abc import Callable
from typing import Any

import pytest

from trunkline.model.errors import NotAllowed, NotFound, TrunklineError
from trunkline.operations.attendees import (
    GetAttendeeById,
    GetAttendeeProfilePicture,
    ListAllAttendees,
    ListChatsByAttendee,
    ListMessagesByAttendee,
)
from trunkline.operations.chats import (
    DeleteChat,
    GetChat,
    ListAllChats,
    ListAttendees,
    ListChatMessages,
    PatchChat,
    SendMessageInChat,
    StartNewChat,
    SyncChatHistory,
)
from trunkline.operations.declaration import Operation
from trunkline.operations.messages import (
    AddReaction,
    DeleteMessage,
    ForwardMessage,
    GetMessage,
    GetMessageAttachment,
    ListAllMessages,
    PatchMessage,
)
from trunkline.operations.own import ListAccounts

from .conftest import World

Ask = Callable[[str, str, str], Operation[Any]]
"""Makes an operation about a chat, a message, a person."""

WITH_IDS: tuple[Ask, ...] = (
    lambda chat, _m, _p: GetChat(chat_id=chat),
    lambda chat, _m, _p: ListChatMessages(chat_id=chat),
    lambda chat, _m, _p: ListAttendees(chat_id=chat),
    lambda chat, _m, _p: SyncChatHistory(chat_id=chat),
    lambda chat, _m, _p: SendMessageInChat(chat_id=chat, text="hi"),
    lambda chat, _m, _p: PatchChat(chat_id=chat, action="setReadStatus", value=True),
    lambda chat, _m, _p: DeleteChat(chat_id=chat),
    lambda _c, message, _p: GetMessage(message_id=message),
    lambda _c, message, _p: PatchMessage(message_id=message, text="hi"),
    lambda _c, message, _p: DeleteMessage(message_id=message),
    lambda _c, message, _p: AddReaction(message_id=message, reaction="x"),
    lambda _c, message, _p: GetMessageAttachment(message_id=message, attachment_id="a"),
    lambda _c, message, _p: ForwardMessage(message_id=message, chat_id="chat-wa"),
    lambda _c, message, _p: SendMessageInChat(chat_id="chat-wa", text="hi", quote_id=message),
    lambda _c, message, _p: SendMessageInChat(chat_id="chat-wa", text="hi", thread_id=message),
)
WITH_PEOPLE: tuple[Ask, ...] = (
    lambda _c, _m, person: GetAttendeeById(id=person),
    lambda _c, _m, person: GetAttendeeProfilePicture(id=person),
    lambda _c, _m, person: ListChatsByAttendee(attendee_id=person),
    lambda _c, _m, person: ListMessagesByAttendee(sender_id=person),
)
WITH_ACCOUNT: tuple[Callable[[str], Operation[Any]], ...] = (
    lambda account: ListAllChats(account_id=account),
    lambda account: ListAllMessages(account_id=f"wa,{account}"),
    lambda account: ListAllAttendees(account_id=account),
    lambda account: StartNewChat(account_id=account, attendees_ids=("a",), text="hi"),
)


async def failure_of(world: World, operation: Operation[Any], pcid: str) -> tuple[type[TrunklineError], str]:
    """The error, with nothing sent."""
    with pytest.raises(TrunklineError) as caught:
        await world.reply(operation, pcid=pcid)
    return type(caught.value), caught.value.text


@pytest.mark.parametrize("ask", [*WITH_IDS, *WITH_PEOPLE])
async def test_what_belongs_to_another_account_answers_as_what_is_not_there(world: World, ask: Ask) -> None:
    """design.md 4: the same status and words for a foreign id and a missing one."""
    pcid = await world.connect(accounts=("wa",))
    foreign = next(each["id"] for each in world.remote.messages if each["chat_id"] == "chat-li")
    error, text = await failure_of(world, ask("chat-li", foreign, "attendee-chat-li"), pcid)
    assert error is NotFound
    assert await failure_of(world, ask("x", "x", "x"), pcid) == (
        error,
        text.replace("attendee-chat-li", "x").replace("chat-li", "x").replace(foreign, "x"),
    )
    assert [line for line in world.remote.lines() if not line.startswith("GET ")] == []


@pytest.mark.parametrize("ask", WITH_ACCOUNT)
async def test_an_account_outside_is_not_there(world: World, ask: Callable[[str], Operation[Any]]) -> None:
    """No request leaves for it."""
    pcid = await world.connect(accounts=("wa",))
    world.remote.requests.clear()
    error, text = await failure_of(world, ask("li"), pcid)
    assert (error, text) == (NotFound, (await failure_of(world, ask("zz"), pcid))[1].replace("zz", "li"))
    assert world.remote.requests == []


@pytest.mark.parametrize("operation", [ListAllChats(), ListAllMessages(), ListAllAttendees()])
async def test_lists_hold_what_is_within_reach_alone(world: World, operation: Operation[Any]) -> None:
    """Cut down after the fetch, whatever the server was told."""
    pcid = await world.connect(accounts=("wa",))
    world.remote._page = _ignoring_filters(world.remote._page)  # type: ignore[method-assign]
    page = await world.ask(operation, pcid=pcid)
    assert {each["account_id"] for each in page["items"]} == {"wa"}


def _ignoring_filters(page: Any) -> Any:
    def answer(request: Any, literal: str, items: Any) -> Any:
        request.query.pop("account_id", None)
        return page(request, literal, items)

    return answer


async def test_accounts_are_cut_down_too(world: World) -> None:
    """`trunkline_list_accounts`."""
    pcid = await world.connect(accounts=("li",))
    assert [each["id"] for each in (await world.ask(ListAccounts(), pcid=pcid))["items"]] == ["li"]


async def test_an_owner_is_looked_up_once(world: World) -> None:
    """And remembered."""
    pcid = await world.connect(accounts=("wa",))
    world.remote.requests.clear()
    for text in ("one", "two"):
        await world.ask(SendMessageInChat(chat_id="chat-wa", text=text), pcid=pcid)
    assert world.remote.lines() == ["GET /chats/chat-wa", *["POST /chats/chat-wa/messages"] * 2]


async def test_a_connection_without_limits_looks_nothing_up(world: World) -> None:
    """One request for one send."""
    await world.ask(SendMessageInChat(chat_id="chat-wa", text="one"))
    assert world.remote.lines() == ["POST /chats/chat-wa/messages"]


@pytest.mark.parametrize("ask", WITH_IDS)
async def test_what_is_in_another_chat_is_not_there(world: World, ask: Ask) -> None:
    """The same for a connection that reaches one chat."""
    pcid = await world.connect(chats=("chat-wa",))
    foreign = next(each["id"] for each in world.remote.messages if each["chat_id"] == "chat-wb")
    error, text = await failure_of(world, ask("chat-wb", foreign, ""), pcid)
    assert error is NotFound
    assert (await failure_of(world, ask("x", "x", ""), pcid))[1] == text.replace("chat-wb", "x").replace(foreign, "x")
    assert [line for line in world.remote.lines() if not line.startswith("GET ")] == []


async def test_one_chat_can_be_read_and_written(world: World) -> None:
    """What names the chat or a message of it."""
    pcid = await world.connect(chats=("chat-wa",))
    page = await world.ask(ListChatMessages(chat_id="chat-wa"), pcid=pcid)
    assert len(page["items"]) == 3
    await world.ask(AddReaction(message_id=page["items"][0]["id"], reaction="x"), pcid=pcid)
    await world.ask(SendMessageInChat(chat_id="chat-wa", text="hi"), pcid=pcid)
    assert len(world.remote.sent) == 1


@pytest.mark.parametrize(
    "operation",
    [
        ListAllChats(),
        ListAllMessages(),
        ListAccounts(),
        ListAllAttendees(),
        GetAttendeeById(id="attendee-chat-wa"),
        StartNewChat(account_id="wa", attendees_ids=("a",), text="hi"),
    ],
)
async def test_what_names_no_chat_is_refused_in_words(world: World, operation: Operation[Any]) -> None:
    """design.md 10: a chat-limited connection may use chat-scoped operations only."""
    pcid = await world.connect(chats=("chat-wa",))
    world.remote.requests.clear()
    with pytest.raises(NotAllowed, match="single chats of a Unipile subscription"):
        await world.ask(operation, pcid=pcid)
    assert world.remote.requests == []
