"""Reading what another server wrote (unipile-v1 2.6, 15.2)."""

import json
from typing import Any

import pytest

from trunkline.model.acknowledgements import ChatHistorySync, ChatPatched, ChatStarted, MessageEdited, MessageSent
from trunkline.model.attachment import Document, Image, Size, Video
from trunkline.model.chat import ChatDetail
from trunkline.model.message import Message, Reaction
from trunkline.model.page import MessageList
from trunkline.operations.catalog import BY_NAME
from trunkline.operations.wire import read_result

BARE = {
    "object": "Message",
    "id": "m",
    "account_id": "a",
    "chat_id": "c",
    "chat_provider_id": "c@x",
    "provider_id": "m@x",
    "sender_id": "s@x",
    "sender_attendee_id": "s",
    "text": "Morning!",
    "timestamp": "2026-03-01T08:15:30.000Z",
    "is_sender": 0,
}
PLAIN = Message(**{name: value for name, value in BARE.items() if name != "object"})  # type: ignore[arg-type] # fields by name


def read(name: str, body: Any) -> Any:
    return read_result(BY_NAME[name], json.dumps(body).encode())


def test_a_message_with_the_least_it_must_have_is_read() -> None:
    assert read("get_message", BARE) == PLAIN


@pytest.mark.parametrize(
    ("extra", "changed"),
    [
        ({"surprise": {"deep": [1]}}, {}),
        ({"message_type": "CAROUSEL"}, {"message_type": "CAROUSEL"}),
        ({"event_type": 13}, {"event_type": 13}),
        ({"is_sender": True, "seen": "1", "hidden": "false", "edited": False}, {"is_sender": 1, "seen": 1}),
        ({"quoted": None, "parent": None, "replies": None}, {}),
        ({"quoted": "not an object", "reply_by": [{"a": 1}], "replies": "many"}, {}),
        ({"replies": 10**400, "event_type": "9" * 400}, {"replies": 10**400}),
        ({"replies": "3", "event_type": 9.0}, {"replies": 3, "event_type": 9}),
        ({"text": None}, {"text": None}),
        ({"attachments": None, "reactions": None, "seen_by": None}, {}),
        ({"seen_by": {"x": True, "y": "2026-03-01T08:15:30.000Z"}}, {"seen_by": {"x": True, "y": "2026-03-01T08:15:30.000Z"}}),
        (
            {"reactions": [{"value": "👍", "sender_id": "x", "is_sender": 1}]},
            {"reactions": (Reaction(value="👍", sender_id="x", is_sender=True),)},
        ),
        # one object in place of an array, and numbers as text
        (
            {"attachments": {"id": "i", "type": "img", "size": {"width": "3", "height": 4}, "unavailable": "false"}},
            {"attachments": (Image(id="i", size=Size(3, 4)),)},
        ),
        ({"attachments": [{"id": "i", "type": "video"}]}, {"attachments": (Video(id="i"),)}),
        # a type nobody knows stays a file, whose bytes can be fetched
        (
            {"attachments": [{"id": "i", "type": "contact_card", "mimetype": "text/vcard"}]},
            {"attachments": (Document(id="i", file_name="", mimetype="text/vcard"),)},
        ),
    ],
)
def test_what_is_new_odd_or_absent_does_no_harm(extra: dict[str, Any], changed: dict[str, Any]) -> None:
    expected = {name: getattr(PLAIN, name) for name in PLAIN.__struct_fields__} | changed
    assert read("get_message", BARE | extra) == Message(**expected)


def test_a_chat_without_the_fields_of_2026_and_with_a_last_message_is_read() -> None:
    chat = {
        "object": "Chat",
        "id": "c",
        "account_id": "a",
        "account_type": "TELEPATHY",
        "provider_id": "c@x",
        "folder": ["SPAM"],
        "muted_until": -1,
        "lastMessage": {name: value for name, value in BARE.items() if name != "object"},
    }
    assert read("get_chat", chat) == ChatDetail(
        id="c",
        account_id="a",
        account_type="TELEPATHY",  # type: ignore[arg-type] # a network of their future
        provider_id="c@x",
        folder=("SPAM",),
        muted_until=-1,
        lastMessage=PLAIN,
    )


@pytest.mark.parametrize(
    ("name", "body", "result"),
    [
        ("send_message_in_chat", {"object": "MessageSent", "message_id": None}, MessageSent(message_id=None)),
        ("send_message_in_chat", {}, MessageSent(message_id=None)),
        ("start_new_chat", {"object": "ChatStarted", "chat_id": "c"}, ChatStarted(chat_id="c", message_id=None)),
        ("patch_message", {"object": "MessagePatched"}, MessageEdited()),
        ("patch_chat", {"object": "ChatPatched", "invite_link": "https://x"}, ChatPatched(invite_link="https://x")),
        (
            "sync_chat_history",
            {"object": "ChatHistorySync", "chat_id": "c", "status": "CHUNK_DONE"},
            ChatHistorySync(chat_id="c", status="CHUNK_DONE"),  # type: ignore[arg-type] # a word of theirs
        ),
    ],
)
def test_acknowledgements_are_read_by_what_they_hold(name: str, body: dict[str, Any], result: Any) -> None:
    assert read(name, body) == result


@pytest.mark.parametrize("cursor", ["next", None, 7])
def test_one_odd_item_of_a_page_is_read_with_patience_and_the_rest_to_the_letter(cursor: object) -> None:
    """However the items are read, the page is the same."""
    odd = BARE | {"seen": "true", "surprise": {"deep": [1]}, "message_type": "CAROUSEL"}
    page = read("list_all_messages", {"object": "MessageList", "items": [BARE, odd], "cursor": cursor, "total": 2})
    (patient,) = (read("get_message", odd),)
    assert page == MessageList(items=(PLAIN, patient), cursor=None if cursor is None else str(cursor))


def test_a_list_without_a_cursor_ends_there() -> None:
    """unipile-v1 3.1: the list of a chat's attendees leaves the key out."""
    assert read("list_attendees", {"object": "ChatAttendeeList", "items": []}).cursor is None


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("get_chat", []),
        ("get_chat", "c"),
        ("get_chat", None),
        ("list_all_chats", {"items": [None]}),
        ("list_all_chats", {"items": "none"}),
        ("get_message", BARE | {"id": {"a": 1}}),
    ],
)
def test_an_answer_of_another_shape_is_refused(name: str, body: Any) -> None:
    with pytest.raises(ValueError, match=r"is not an object|is expected"):
        read(name, body)


@pytest.mark.parametrize("body", [b"", b"<html>Bad gateway</html>", b'{"object":', b"[" * 100_000])
def test_an_answer_that_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="the answer to get_chat is no JSON"):
        read_result(BY_NAME["get_chat"], body)
