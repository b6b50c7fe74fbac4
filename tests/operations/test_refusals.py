"""Every wrong value of a tool call and the sentence it gets (design.md 5, security.md 2.3).

The sentence names the parameter, what was wrong, what is allowed, and where it helps the next step.
"""

from typing import Any

import pytest

from trunkline.model.errors import EmptyMessage, InvalidAction, InvalidArgument, InvalidLabel, MissingArgument, TrunklineError
from trunkline.operations.catalog import BY_NAME
from trunkline.operations.chats import GetChat
from trunkline.operations.check import read_arguments, read_pcid

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
    ("list_all_chats", {"limit": 0}, InvalidArgument, "limit is 0; it goes from 1 to 250."),
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
    (
        "list_all_chats",
        {"limit": 10**5000},
        InvalidArgument,
        "limit is [more than 64 bits]; it goes from 1 to 250. Ask for 250 and follow the cursor.",
    ),
    (
        "get_chat",
        {"chat_id": -(10**5000)},
        InvalidArgument,
        "chat_id is the number [more than 64 bits]; it must be a text.",
    ),
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


PCIDS = "PCIDs come from trunkline_list_connections on /mcp, or from the person who set you up."


@pytest.mark.parametrize(
    ("pcid", "error", "sentence"),
    [
        (None, MissingArgument, "PCID is missing; get_chat needs it. " + PCIDS),
        (5, InvalidArgument, "PCID must be a text of 1 to 512 characters. " + PCIDS),
        ("", InvalidArgument, "PCID must be a text of 1 to 512 characters. " + PCIDS),
        (
            "p" * 513,
            InvalidArgument,
            "PCID must be a text of 1 to 512 characters. " + PCIDS,
        ),
        ("\x00", InvalidArgument, "PCID holds a NUL character at position 0; remove it."),
    ],
)
def test_a_wrong_pcid_is_refused_with_its_sentence(pcid: Any, error: type[TrunklineError], sentence: str) -> None:
    with pytest.raises(error) as refused:
        read_pcid(GetChat, {"PCID": pcid})
    assert refused.value.text == sentence
