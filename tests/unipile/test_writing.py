"""Writing through a Unipile server: the form on the wire, the books, and the places where the wire is odd."""

import asyncio

import anyio
import pytest
from msgspec import json

from trunkline.model.blob import File
from trunkline.model.errors import Disconnected, IdempotencyMismatch, NotFound, Throttled
from trunkline.operations.chats import PatchChat, SendMessageInChat, StartNewChat
from trunkline.operations.linkedin import LinkedinOptions
from trunkline.operations.messages import AddReaction, DeleteMessage, ForwardMessage, PatchMessage

from .conftest import World
from .fake_unipile import Fault, problem

PICTURE = File(data=b"\x89PNG\r\n\x1a\nabc", file_name='a "b" ü.png', media_type="image/png")


async def test_a_message_goes_out_as_a_form_even_without_a_file(world: World) -> None:
    """unipile-v1 15.2: the two sending routes always get multipart."""
    sent = await world.ask(SendMessageInChat(chat_id="chat-wa", text="good morning", typing_duration="1500"))
    (request,) = world.remote.requests
    assert sent == {"object": "MessageSent", "message_id": world.remote.sent[0]["id"]}
    assert request.line == "POST /chats/chat-wa/messages"
    assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert request.fields == {"text": ["good morning"], "typing_duration": ["1500"]}


async def test_files_are_parts_with_name_and_type(world: World) -> None:
    """unipile-v1 7.7."""
    await world.ask(SendMessageInChat(chat_id="chat-wa", text="look", attachments=(PICTURE, PICTURE), voice_message=PICTURE))
    (request,) = world.remote.requests
    files = [(name, kind, content) for name, file_name, kind, content in request.parts if file_name]
    assert files == [(name, "image/png", PICTURE.data) for name in ("attachments", "attachments", "voice_message")]
    assert request.fields == {"text": ["look"]}


async def test_a_new_group_has_its_name_twice_and_nested_options_in_brackets(world: World) -> None:
    """unipile-v1 7.3."""
    options = LinkedinOptions(api="classic", inmail=True)
    people = ("ACoAAB", "ACoAAC")
    started = await world.ask(StartNewChat(account_id="li", attendees_ids=people, text="hi", subject="Plans", linkedin=options))
    assert started == {"object": "ChatStarted", "chat_id": "chat-3", "message_id": world.remote.sent[0]["id"]}
    assert world.remote.requests[0].fields == {
        "account_id": ["li"],
        "attendees_ids": list(people),
        "text": ["hi"],
        "subject": ["Plans"],
        "title": ["Plans"],
        "linkedin[api]": ["classic"],
        "linkedin[inmail]": ["true"],
    }


async def test_one_person_makes_no_group(world: World) -> None:
    """A subject stays a subject."""
    await world.ask(StartNewChat(account_id="li", attendees_ids=("ACoAAB",), text="hi", subject="Plans"))
    assert "title" not in world.remote.requests[0].fields


async def test_a_reaction_is_tried_at_the_second_path_once(world: World) -> None:
    """unipile-v1 7.14."""
    world.remote.reaction_path = "reactions"
    message_id = world.remote.messages[0]["id"]
    assert await world.ask(AddReaction(message_id=message_id, reaction="👍")) == {
        "object": "MessageReactionAdded",
        "success": True,
    }
    assert world.remote.lines() == [f"POST /messages/{message_id}/reaction", f"POST /messages/{message_id}/reactions"]
    assert json.decode(world.remote.requests[0].body) == {"reaction": "👍"}


async def test_a_reaction_that_fails_at_both_paths_fails_as_at_the_first(world: World) -> None:
    """unipile-v1 7.14: the first error is reported."""
    with pytest.raises(NotFound, match="There is no message 'nothing'"):
        await world.ask(AddReaction(message_id="nothing", reaction="👍"))
    assert world.remote.lines() == ["POST /messages/nothing/reaction", "POST /messages/nothing/reactions"]


async def test_an_id_that_the_server_did_not_give_is_found_in_the_chat(world: World) -> None:
    """unipile-v1 5.6: message_id may be null."""
    world.remote.add("chat-wa", "again")  # an older one with the same text
    world.clock.now += 60_000
    world.remote.faults = [Fault("null ids", on="POST .*/messages", late=True)]
    sent = await world.ask(SendMessageInChat(chat_id="chat-wa", text="again"))
    assert sent["message_id"] == world.remote.sent[0]["id"]


async def test_a_started_chat_without_ids_is_found_by_its_people(world: World) -> None:
    """unipile-v1 7.3: both may be null. An equal message to somebody else is not taken for it."""
    world.remote.add("chat-wb", "hello there")
    world.remote.faults = [Fault("null ids", on="POST /chats", late=True)]
    started = await world.ask(StartNewChat(account_id="wa", attendees_ids=("33600000009@s.whatsapp.net",), text="hello there"))
    world.remote.add("chat-wb", "hello there")
    assert started == {"object": "ChatStarted", "chat_id": "chat-3", "message_id": world.remote.sent[0]["id"]}


async def test_an_id_that_cannot_be_found_stays_null(world: World) -> None:
    """The send succeeded all the same."""
    world.remote.faults = [
        Fault("null ids", on="POST .*/messages", late=True),
        *[Fault("500", on="GET .*/messages") for _ in range(50)],
    ]
    sent = await world.ask(SendMessageInChat(chat_id="chat-wa", text="again"))
    assert sent == {"object": "MessageSent", "message_id": None}
    assert len(world.remote.sent) == 1


async def test_any_yes_is_a_yes_for_an_edit(world: World) -> None:
    """unipile-v1 7.12: the literal is not published."""
    message_id = world.remote.messages[0]["id"]
    assert await world.ask(PatchMessage(message_id=message_id, text="better")) == {"object": "MessageEdited"}
    assert await world.ask(DeleteMessage(message_id=message_id)) == {"object": "MessageDeleted"}
    assert await world.ask(PatchChat(chat_id="chat-wa", action="setReadStatus", value="true")) == {"object": "ChatPatched"}
    assert json.decode(world.remote.requests[-1].body) == {"action": "setReadStatus", "value": True}


async def test_the_call_is_on_the_books_before_anything_leaves(world: World) -> None:
    """security.md 6.1: whatever happens from then on, it is known that something may have left."""
    world.remote.faults = [Fault("hang", on="POST .*")]
    asking = asyncio.create_task(world.ask(SendMessageInChat(chat_id="chat-wa", text="one")))
    with anyio.fail_after(30):
        while not world.remote.requests:
            await anyio.lowlevel.checkpoint()
    rows = await world.store.db.fetch("SELECT state, operation FROM call")
    assert [tuple(row) for row in rows] == [("running", "send_message_in_chat")]
    asking.cancel()


async def test_a_repeated_key_gives_the_same_answer_and_sends_once(world: World) -> None:
    """security.md 6.2."""
    first = await world.reply(SendMessageInChat(chat_id="chat-wa", text="once"), key="k1")
    again = await world.reply(SendMessageInChat(chat_id="chat-wa", text="once"), key="k1")
    assert (again.body, again.call, again.replayed) == (first.body, first.call, True)
    assert len(world.remote.sent) == 1
    with pytest.raises(IdempotencyMismatch):
        await world.ask(SendMessageInChat(chat_id="chat-wa", text="twice"), key="k1")


async def test_a_refusal_keeps_its_reason_and_is_an_answer_too(world: World) -> None:
    """Their errors become ours."""
    world.remote._send = lambda *_args, **_kw: (401, problem(401, "disconnected_account", "Disconnected account"))  # type: ignore[method-assign]
    for _ in range(2):
        with pytest.raises(Disconnected, match=r"Unipile: Disconnected account\. As the network says\.") as caught:
            await world.ask(SendMessageInChat(chat_id="chat-wa", text="hello"), key="k2")
        assert caught.value.call is not None
    assert len(world.remote.requests) == 1


async def test_a_forward_says_what_it_carries(world: World) -> None:
    """The judge must know which chat's text leaves."""
    message_id = world.remote.messages[0]["id"]
    sent = await world.ask(ForwardMessage(message_id=message_id, chat_id="chat-wa"))
    assert sent == {"object": "MessageForwarded", "message_id": world.remote.sent[0]["id"]}


async def test_throttling_is_waited_out_when_the_time_allows(world: World) -> None:
    """The peer's word wins; a write that was sent away is sent once more."""
    world.remote.faults = [Fault("429", on="POST .*", headers={"retry-after": "7"})]
    await world.ask(SendMessageInChat(chat_id="chat-wa", text="patience"))
    assert len(world.remote.sent) == 1
    assert world.pauses.taken[0] == pytest.approx(7.7)


async def test_throttling_beyond_the_time_is_said_with_the_wait(world: World) -> None:
    """Nothing leaves later."""
    world.remote.faults = [Fault("429", on="POST .*", headers={"retry-after": "3600"})]
    with pytest.raises(Throttled) as caught:
        await world.ask(SendMessageInChat(chat_id="chat-wa", text="patience"))
    assert caught.value.retry_after_ms == 3_600_000
    assert (len(world.remote.sent), len(world.remote.requests)) == (0, 1)
