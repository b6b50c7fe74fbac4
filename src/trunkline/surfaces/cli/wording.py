"""The server's sentences for a person: they name tools, headers and parameters, a terminal has commands and options."""

import re
from collections.abc import Mapping

from trunkline.operations.attendees import ListAllAttendees
from trunkline.operations.chats import ListAllChats, ListChatMessages
from trunkline.operations.messages import GetMessage
from trunkline.operations.missing import ELSEWHERE, OVER_REST
from trunkline.operations.own import ListAccounts, ListConnections
from trunkline.operations.schema import tool_name
from trunkline.surfaces.cli.plain import line

_SAID: Mapping[str, str] = {
    ELSEWHERE: "",
    OVER_REST: "",
    tool_name(ListAllChats): "`trunkline chats`",
    tool_name(ListChatMessages): "`trunkline messages CHAT --ids`",
    tool_name(GetMessage): "`trunkline messages CHAT --json`",
    tool_name(ListAllAttendees): "`trunkline messages CHAT --json`",
    tool_name(ListAccounts): "`trunkline accounts`",
    tool_name(ListConnections): "`trunkline connection list`",
    "in the header Trunkline-PCID": "with --connection",
    "Send the header Trunkline-PCID with a PCID that": "Name one with --connection:",
}

_OPTIONS = {"thread_id": "--thread", "quote_id": "--quote", "sender_id": "--sender", "account_id": "--account"}
_PARAMETER = re.compile(rf"\b({'|'.join(_OPTIONS)})\b")


def for_a_person(sentence: str) -> str:
    """The sentence with commands and options in the place of tools and parameters; harmless to a terminal."""
    for theirs, ours in _SAID.items():
        sentence = sentence.replace(theirs, ours)
    return line(_PARAMETER.sub(lambda found: _OPTIONS[found[0]], sentence))
