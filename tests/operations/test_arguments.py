"""The arguments of a tool call: every wrong value gets one clear sentence (design.md 5, security.md 2.3)."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.model.blob import File
from trunkline.model.errors import (
    EmptyMessage,
    InvalidAction,
    InvalidArgument,
    InvalidLabel,
    MissingArgument,
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

SEND = {"chat_id": "c", "text": "x"}
START = {"account_id": "a", "attendees_ids": ["p"]}
PATCH = {"chat_id": "c"}

WRONG: list[tuple[str, dict[str, Any], type[TrunklineError], str]] = [
    # types
    ("list_all_chats", {"limit": "5"}, InvalidArgument, "limit is the text '5'; it must be a whole number, without quotes."),
    ("list_all_chats", {"limit": 5.5}, InvalidArgument, "limit is the number 5.5; it must be a whole number, without quotes."),
    ("list_all_chats", {"limit": True}, InvalidArgument, "limit is true; it must be a whole number, without quotes."),
    (
        "list_all_chats",
        {"unread": "true"},
        InvalidArgument,
        "unread is the text 'true'; it must be true or false, without quotes.",
    ),
    ("list_all_chats", {"unread": 1}, InvalidArgument, "unread is the number 1; it must be true or false, without quotes."),
    ("get_chat", {"chat_id": 7}, InvalidArgument, "chat_id is the number 7; it must be a text."),
    ("get_chat", {"chat_id": ["c"]}, InvalidArgument, "chat_id is a list; it must be a text."),
    ("get_chat", {"chat_id": {"id": "c"}}, InvalidArgument, "chat_id is an object; it must be a text."),
    ("start_new_chat", {**START, "attendees_ids": "p"}, InvalidArgument, "attendees_ids is the text 'p'; it must be a list."),
    (
        "start_new_chat",
        {**START, "attendees_ids": ["p", None]},
        InvalidArgument,
        "attendees_ids[1] is null; it must be a text.",
    ),
    (
        "start_new_chat",
        {**START, "linkedin": "classic"},
        InvalidArgument,
        "linkedin is the text 'classic'; it must be an object.",
    ),
    (
        "send_message_in_chat",
        {**SEND, "voice_message": 5},
        InvalidArgument,
        "voice_message is the number 5; it must be a file as text.",
    ),
    (
        "patch_chat",
        {**PATCH, "action": "setReadStatus", "value": 1},
        InvalidArgument,
        "value is the number 1; it must be true, false or a text.",
    ),
    # ranges and forms
    (
        "list_all_chats",
        {"limit": 900},
        InvalidArgument,
        "limit is 900; it goes from 1 to 250. Ask for 250 and follow the cursor.",
    ),
    (
        "list_all_chats",
        {"limit": 251},
        InvalidArgument,
        "limit is 251; it goes from 1 to 250. Ask for 250 and follow the cursor.",
    ),
    ("list_all_chats", {"limit": 0}, InvalidArgument, "limit is 0; it goes from 1 to 250. Ask for 250 and follow the cursor."),
    (
        "list_all_messages",
        {"before": "2026-03-01"},
        InvalidArgument,
        (
            "before is '2026-03-01'; it must be a UTC datetime in the form YYYY-MM-DDTHH:MM:SS.sssZ, "
            "for example 2026-03-01T08:15:30.000Z."
        ),
    ),
    (
        "list_all_messages",
        {"after": "2026-13-01T08:15:30.000Z"},
        InvalidArgument,
        (
            "after is '2026-13-01T08:15:30.000Z'; it must be a UTC datetime in the form YYYY-MM-DDTHH:MM:SS.sssZ, "
            "for example 2026-03-01T08:15:30.000Z."
        ),
    ),
    (
        "list_all_chats",
        {"account_type": "whatsapp"},
        InvalidArgument,
        "account_type is 'whatsapp'; it must be WHATSAPP, LINKEDIN, SLACK, TWITTER, MESSENGER, INSTAGRAM or TELEGRAM.",
    ),
    ("get_chat", {"chat_id": ""}, InvalidArgument, "chat_id is empty; give it a value."),
    ("get_chat", {"chat_id": "c", "account_id": ""}, InvalidArgument, "account_id is empty; give it a value or leave it out."),
    ("get_chat", {"chat_id": "c" * 513}, InvalidArgument, "chat_id has 513 characters; at most 512 are allowed."),
    (
        "list_chats_by_attendee",
        {"attendee_id": " , "},
        InvalidArgument,
        "attendee_id holds no id; give one id or several with commas between them.",
    ),
    (
        "list_chats_by_attendee",
        {"attendee_id": ",".join(map(str, range(251)))},
        InvalidArgument,
        "attendee_id holds 251 ids; at most 250 are allowed.",
    ),
    (
        "list_chats_by_attendee",
        {"attendee_id": "a," + "b" * 513},
        InvalidArgument,
        "attendee_id holds an id of more than 512 characters; no id is that long.",
    ),
    ("start_new_chat", {**START, "attendees_ids": []}, InvalidArgument, "attendees_ids is an empty list; give at least 1."),
    ("start_new_chat", {**START, "attendees_ids": ["p", ""]}, InvalidArgument, "attendees_ids[1] is empty; give it a value."),
    # what no store takes
    ("get_chat", {"chat_id": "a\x00b"}, InvalidArgument, "chat_id holds a NUL character at position 1; remove it."),
    (
        "send_message_in_chat",
        {"chat_id": "c", "text": "hi \ud800"},
        InvalidArgument,
        "text holds half of a surrogate pair at position 3, which is no character; send whole Unicode characters.",
    ),
    (
        "start_new_chat",
        {**START, "linkedin": {"follow_up": {"text": "\x00"}}},
        InvalidArgument,
        "linkedin.follow_up.text holds a NUL character at position 0; remove it.",
    ),
    (
        "send_message_in_chat",
        {"chat_id": "c", "text": "x" * 10_000_000},
        InvalidArgument,
        "text has 10000000 characters; at most 1000000 are allowed.",
    ),
    # names
    (
        "get_chat",
        {"chat_id": "c", "verbose": True},
        InvalidArgument,
        "get_chat has no argument 'verbose'; its arguments are PCID, account_id, chat_id.",
    ),
    (
        "get_chat",
        {"chatid": "c", "extra": 1},
        InvalidArgument,
        "get_chat has no argument 'chatid', 'extra'; its arguments are PCID, account_id, chat_id. Did you mean chat_id?",
    ),
    ("list_connections", {"PCID": "x"}, InvalidArgument, "list_connections has no argument 'PCID'; it takes none."),
    (
        "start_new_chat",
        {**START, "linkedin": {"follow_up": {"scheduled_time": {"day": 4}}}},
        InvalidArgument,
        (
            "linkedin.follow_up.scheduled_time has no argument 'linkedin.follow_up.scheduled_time.day'; its arguments are "
            "linkedin.follow_up.scheduled_time.days, linkedin.follow_up.scheduled_time.weeks, "
            "linkedin.follow_up.scheduled_time.timezone. Did you mean linkedin.follow_up.scheduled_time.days?"
        ),
    ),
    ("get_chat", {}, MissingArgument, "chat_id is missing; get_chat needs it. The Unipile or provider ID of the chat."),
    (
        "get_chat",
        {"chat_id": None},
        MissingArgument,
        "chat_id is missing; get_chat needs it. The Unipile or provider ID of the chat.",
    ),
    # what a message needs
    (
        "send_message_in_chat",
        {"chat_id": "c"},
        EmptyMessage,
        "A message needs text or at least one attachment. Nothing was sent.",
    ),
    (
        "send_message_in_chat",
        {"chat_id": "c", "text": " \n"},
        EmptyMessage,
        "A message needs text or at least one attachment. Nothing was sent.",
    ),
    (
        "send_message_in_chat",
        {**SEND, "typing_duration": "30001"},
        InvalidArgument,
        "typing_duration must be a text of whole milliseconds from 0 to 30000, for example '1500'.",
    ),
    (
        "send_message_in_chat",
        {**SEND, "typing_duration": "-1"},
        InvalidArgument,
        "typing_duration must be a text of whole milliseconds from 0 to 30000, for example '1500'.",
    ),
    (
        "send_message_in_chat",
        {**SEND, "attachments": ["aGk="] * 11},
        InvalidArgument,
        "attachments has 11 items; at most 10 are allowed.",
    ),
    ("patch_message", {"message_id": "m"}, MissingArgument, "text is missing; give the new text of the message."),
    (
        "patch_message",
        {"message_id": "m", "text": " "},
        InvalidArgument,
        "text is empty; give the new text, or use delete_message to take the message back.",
    ),
    # actions of a chat
    (
        "patch_chat",
        PATCH,
        MissingArgument,
        (
            "action is missing; it must be one of setReadStatus, setMuteStatus, setArchiveStatus, setPinnedStatus, "
            "addParticipant, removeParticipant, setLabel, getInviteLink."
        ),
    ),
    (
        "patch_chat",
        {**PATCH, "action": "explode"},
        InvalidAction,
        (
            "action is 'explode'; it must be setReadStatus, setMuteStatus, setArchiveStatus, setPinnedStatus, "
            "addParticipant, removeParticipant, setLabel or getInviteLink."
        ),
    ),
    (
        "patch_chat",
        {**PATCH, "action": "setMuteStatus"},
        MissingArgument,
        "value is missing; setMuteStatus needs true or false.",
    ),
    (
        "patch_chat",
        {**PATCH, "action": "removeParticipant"},
        MissingArgument,
        "value is missing; removeParticipant needs the provider id of the person, as text.",
    ),
    (
        "patch_chat",
        {**PATCH, "action": "setReadStatus", "value": "yes"},
        InvalidArgument,
        "value is a text; setReadStatus needs true or false.",
    ),
    (
        "patch_chat",
        {**PATCH, "action": "addParticipant", "value": True},
        InvalidArgument,
        "value is true; addParticipant needs the provider id of the person, as text.",
    ),
    (
        "patch_chat",
        {**PATCH, "action": "addParticipant", "value": " "},
        InvalidArgument,
        "value is empty; addParticipant needs the provider id of the person, as text.",
    ),
    (
        "patch_chat",
        {**PATCH, "action": "addParticipant", "value": "p" * 513},
        InvalidArgument,
        "value has 513 characters; a provider id has at most 512.",
    ),
    (
        "patch_chat",
        {**PATCH, "action": "setLabel", "value": False},
        InvalidArgument,
        "value is false; setLabel needs the name of the label, as text.",
    ),
    (
        "patch_chat",
        {**PATCH, "action": "setLabel", "value": ""},
        InvalidLabel,
        "value is empty; setLabel needs the name of the label, as text.",
    ),
    (
        "patch_chat",
        {**PATCH, "action": "setLabel", "value": "x" * 101},
        InvalidLabel,
        "value has 101 characters; a label may have at most 100.",
    ),
    # nested options
    (
        "start_new_chat",
        {**START, "linkedin": {"follow_up": {"scheduled_time": {"days": 2}}}},
        InvalidArgument,
        "linkedin.follow_up.scheduled_time.days is 2; it goes from 3 to 28.",
    ),
]


@pytest.mark.parametrize(("name", "arguments", "error", "sentence"), WRONG, ids=[f"{each[3][:60]}" for each in WRONG])
def test_a_wrong_value_is_refused_with_its_sentence(
    name: str, arguments: dict[str, Any], error: type[TrunklineError], sentence: str
) -> None:
    with pytest.raises(error) as refused:
        read_arguments(BY_NAME[name], arguments)
    assert type(refused.value) is error
    assert refused.value.text == sentence


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


@pytest.mark.parametrize(
    ("pcid", "error", "sentence"),
    [
        (None, MissingArgument, "PCID is missing; get_chat needs it. trunkline_list_connections tells which there are."),
        (5, InvalidArgument, "PCID must be a text of 1 to 512 characters. trunkline_list_connections tells which there are."),
        ("", InvalidArgument, "PCID must be a text of 1 to 512 characters. trunkline_list_connections tells which there are."),
        (
            "p" * 513,
            InvalidArgument,
            "PCID must be a text of 1 to 512 characters. trunkline_list_connections tells which there are.",
        ),
        ("\x00", InvalidArgument, "PCID holds a NUL character at position 0; remove it."),
    ],
)
def test_a_wrong_pcid_is_refused_with_its_sentence(pcid: Any, error: type[TrunklineError], sentence: str) -> None:
    with pytest.raises(error) as refused:
        read_pcid(GetChat, {"PCID": pcid})
    assert refused.value.text == sentence


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
