"""The server's sentences for a person at a terminal: they name tools and headers, a person has commands and options."""

from collections.abc import Mapping

from trunkline.operations.attendees import ListAllAttendees
from trunkline.operations.chats import ListAllChats, ListChatMessages
from trunkline.operations.messages import GetMessage
from trunkline.operations.own import ListAccounts, ListConnections
from trunkline.operations.schema import tool_name
from trunkline.surfaces.cli.plain import line

_SAID: Mapping[str, str] = {
    tool_name(ListAllChats): "`trunkline chats`",
    tool_name(ListChatMessages): "`trunkline messages CHAT --ids`",
    tool_name(GetMessage): "`trunkline messages CHAT --json`",
    tool_name(ListAllAttendees): "`trunkline messages CHAT --json`",
    tool_name(ListAccounts): "`trunkline accounts`",
    tool_name(ListConnections): "`trunkline connection list`",
    "in the header Trunkline-PCID": "with --connection",
    "Send the header Trunkline-PCID with a PCID that": "Name one with --connection:",
}


def for_a_person(sentence: str) -> str:
    """The sentence with commands in the place of tools; harmless to a terminal."""
    for theirs, ours in _SAID.items():
        sentence = sentence.replace(theirs, ours)
    return line(sentence)
