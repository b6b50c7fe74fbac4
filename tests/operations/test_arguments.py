"""The arguments of a tool call: every wrong value gets one clear sentence (design.md 5, security.md 2.3)."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.model.blob import File
from trunkline.model.errors import (
    InvalidArgument,
    TooLarge,
    TrunklineError,
)
from trunkline.operations.attendees import ListChatsByAttendee
from trunkline.operations.catalog import BY_NAME, MESSAGING, OWN, OperationType
from trunkline.operations.chats import GetChat, ListAllChats, PatchChat, SendMessageInChat, StartNewChat
from trunkline.operations.check import read_arguments, read_pcid
from trunkline.operations.declaration import Operation, name_of
from trunkline.operations.files import UploadRef
from trunkline.operations.linkedin import FollowUp, LinkedinOptions, ScheduledTime
from trunkline.operations.parameter import parameters_of

START = {"account_id": "a", "attendees_ids": ["p"]}


def test_right_arguments_become_the_operation() -> None:
    png = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
    arguments = {
        "PCID": "p",
        "chat_id": "c",
        "text": "👋 שלום",
        "attachments": [png, "upload:6f1Zb0mZ4Rr2uS9c1mB7xW"],
        "typing_duration": "1500",
        "quote_id": None,
    }
    send = read_arguments(SendMessageInChat, arguments)
    assert send == SendMessageInChat(
        chat_id="c",
        text="👋 שלום",
        attachments=(
            File(data=b"\x89PNG\r\n\x1a\n", file_name="file.png", media_type="image/png"),
            UploadRef(upload_id="6f1Zb0mZ4Rr2uS9c1mB7xW"),
        ),
        typing_duration="1500",
    )
    assert send.typing_ms == 1500


def test_nested_options_become_structs() -> None:
    linkedin = {
        "api": "recruiter",
        "inmail": False,
        "follow_up": {"text": "Still there?", "scheduled_time": {"days": 4, "timezone": "Europe/Paris"}},
    }
    assert read_arguments(StartNewChat, {**START, "linkedin": linkedin}).linkedin == LinkedinOptions(
        api="recruiter",
        inmail=False,
        follow_up=FollowUp(text="Still there?", scheduled_time=ScheduledTime(days=4, timezone="Europe/Paris")),
    )


def test_null_counts_as_left_out() -> None:
    assert read_arguments(ListAllChats, {"limit": None, "unread": False}) == ListAllChats(unread=False)


def test_a_whole_number_may_be_written_with_a_point() -> None:
    """JSON has one kind of number."""
    assert read_arguments(ListAllChats, {"limit": 5.0}).limit == 5


def test_no_arguments_may_come_as_null() -> None:
    assert read_arguments(ListAllChats, None) == ListAllChats()


def test_arguments_must_be_an_object() -> None:
    with pytest.raises(InvalidArgument, match="must be an object"):
        read_arguments(ListAllChats, ["c"])  # type: ignore[arg-type] # what a client may send


def test_a_file_over_the_limit_is_refused_before_anything_is_done() -> None:
    big = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(2000)).decode()
    with pytest.raises(TooLarge) as refused:
        read_arguments(SendMessageInChat, {"chat_id": "c", "attachments": ["aGk=", big]}, max_file_bytes=1000)
    assert refused.value.text == "attachments[1] has 2008 bytes; at most 1000 bytes are allowed. Nothing was sent."


@pytest.mark.parametrize(
    ("action", "given", "kept"),
    [
        ("setReadStatus", True, True),
        ("setReadStatus", "true", True),
        ("setArchiveStatus", "false", False),
        ("setLabel", "true", "true"),
        ("addParticipant", "334455667788@s.whatsapp.net", "334455667788@s.whatsapp.net"),
        ("getInviteLink", "anything", None),
        ("getInviteLink", True, None),
    ],
)
def test_the_value_of_an_action_is_what_the_action_takes(action: Any, given: Any, kept: Any) -> None:
    """unipile-v1 7.4: texts for switches are converted, a value for getInviteLink is ignored."""
    assert read_arguments(PatchChat, {"chat_id": "c", "action": action, "value": given}) == PatchChat(
        chat_id="c", action=action, value=kept
    )


def test_an_empty_reaction_takes_the_reaction_back() -> None:
    """unipile-v1 7.14."""
    assert read_arguments(BY_NAME["add_reaction"], {"message_id": "m", "reaction": ""})


def test_the_pcid_is_read_where_the_tool_takes_one() -> None:
    assert read_pcid(GetChat, {"PCID": "p", "chat_id": "c"}) == "p"
    assert read_pcid(BY_NAME["list_connections"], {}) is None


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def _tried(operation: OperationType, arguments: dict[str, Any]) -> Operation[Any] | TrunklineError:
    try:
        return read_arguments(operation, arguments)
    except TrunklineError as refused:
        return refused


@given(st.sampled_from(MESSAGING + OWN), st.data())
def test_whatever_comes_is_an_operation_or_a_refusal_that_can_be_written_down(
    operation: OperationType, data: st.DataObject
) -> None:
    """No other exception, and no refusal that no UTF-8 can hold (security.md S7)."""
    names = st.sampled_from([*parameters_of(operation), "PCID", "other"]) | st.text(st.characters(), max_size=5)
    arguments = data.draw(st.dictionaries(names, ANY_JSON | st.just("c"), max_size=6))
    outcome = _tried(operation, arguments)
    assert isinstance(outcome, Operation) or (outcome.status < 500 and outcome.text.encode())


@given(st.sampled_from([each for each in MESSAGING if any(p.shape == "text" for p in parameters_of(each).values())]), st.data())
def test_no_operation_holds_what_no_store_takes(operation: OperationType, data: st.DataObject) -> None:
    """security.md 2.3: NUL and lone surrogates, wherever they stand."""
    names = [name for name, one in parameters_of(operation).items() if one.shape == "text"]
    name = data.draw(st.sampled_from(names))
    poison = (
        data.draw(st.text(max_size=5))
        + data.draw(st.sampled_from(["\x00", "\ud800", "\udfff"]))
        + data.draw(st.text(max_size=5))
    )
    arguments: dict[str, Any] = {
        each: "c" for each, one in parameters_of(operation).items() if one.required and one.shape == "text"
    }
    arguments |= {"attendees_ids": ["p"]} if name_of(operation) == "start_new_chat" else {}
    with pytest.raises(InvalidArgument):
        read_arguments(operation, arguments | {name: poison})


def test_an_id_list_is_one_text() -> None:
    assert read_arguments(ListChatsByAttendee, {"attendee_id": "a,b"}).attendee_id == "a,b"
