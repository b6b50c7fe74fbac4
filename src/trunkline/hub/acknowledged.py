"""What the caller of a command is told that makes no message."""

from msgspec import UNSET

from trunkline.contract.commands import (
    ChangeMember,
    Command,
    DeleteChat,
    DeleteMessage,
    Done,
    EditMessage,
    GetInviteLink,
    LabelChat,
    React,
    SetChat,
)
from trunkline.model.acknowledgements import (
    ChatDeleted,
    ChatPatched,
    MessageDeleted,
    MessageEdited,
    MessageReactionAdded,
)

Acknowledgement = MessageEdited | MessageDeleted | MessageReactionAdded | ChatDeleted | ChatPatched


def acknowledgement_of(command: Command, done: Done) -> Acknowledgement:
    """The wire's acknowledgement."""
    match command:
        case EditMessage():
            return MessageEdited()
        case DeleteMessage():
            return MessageDeleted()
        case React():
            return MessageReactionAdded()
        case DeleteChat():
            return ChatDeleted()
        case SetChat() | ChangeMember() | LabelChat() | GetInviteLink():
            return ChatPatched(invite_link=UNSET if done.invite_link is None else done.invite_link)
        case _:
            raise TypeError(f"{type(command).__name__} makes a message")
