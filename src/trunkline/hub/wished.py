"""Whether what a command asks for is so already, as far as the network has told us: for commands that make no message.

A repeat of such a command may be refused because the first one did its work ("there is no such message"): then this decides.
"""

import msgspec

from trunkline.contract.commands import (
    ChangeMember,
    Command,
    DeleteChat,
    DeleteMessage,
    EditMessage,
    LabelChat,
    React,
    SetChat,
)
from trunkline.store import attendees, chats, messages, reactions
from trunkline.store.chats import ChatRow
from trunkline.store.document import decode
from trunkline.store.engine import Reader


async def is_so(reader: Reader, account_no: int, command: Command) -> bool:
    """Whether the command's aim is reached; False also where nobody can tell."""
    name = getattr(command, "chat", None)
    chat = None if name is None else await chats.by_provider_id(reader, account_no, name)
    if chat is None:
        return False
    match command:
        case DeleteChat():
            return chat.removed
        case DeleteMessage():
            message = await messages.by_provider_id(reader, chat.no, command.message)
            return message is not None and message.deleted
        case EditMessage():
            message = await messages.by_provider_id(reader, chat.no, command.message)
            return message is not None and decode(message.document).text == command.text
        case React():
            standing = await reactions.of_message(reader, chat.no, command.message)
            own = [reaction.value for reaction in standing if reaction.is_sender]
            return command.value in own if command.value else not own
        case SetChat():
            return _is_switched(chat, command)
        case LabelChat():
            return command.label in msgspec.json.decode(chat.extra).get("labels", ())
        case ChangeMember():
            person = await attendees.by_provider_id(reader, account_no, command.person)
            is_in = person is not None and await attendees.is_member_of(reader, person.no, (chat.no,))
            return is_in == (command.change == "add")
        case _:
            return False


def _is_switched(chat: ChatRow, command: SetChat) -> bool:
    match command.switch:
        case "read":
            is_on = chat.unread_count == 0
        case "mute":
            is_on = chat.muted_until is not None
        case "archive":
            is_on = chat.archived
        case "pin":
            is_on = chat.pinned
    return is_on == command.on
