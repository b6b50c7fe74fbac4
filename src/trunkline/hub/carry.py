"""Carrying a command to a session: which method it is for."""

from collections.abc import Awaitable, Callable
from typing import Any

from trunkline.contract.commands import (
    ChangeMember,
    Command,
    DeleteChat,
    DeleteMessage,
    Done,
    EditMessage,
    ForwardMessage,
    GetInviteLink,
    LabelChat,
    React,
    SendMessage,
    SetChat,
    StartChat,
)
from trunkline.contract.session import Session
from trunkline.model.errors import Unsupported

_METHODS: dict[type[Any], str] = {
    SendMessage: "send",
    StartChat: "start",
    ForwardMessage: "forward",
    EditMessage: "edit",
    DeleteMessage: "delete",
    React: "react",
    DeleteChat: "delete_chat",
    SetChat: "set_chat",
    ChangeMember: "change_member",
    LabelChat: "label_chat",
    GetInviteLink: "invite_link",
}

MAKES_MESSAGE = (SendMessage, StartChat, ForwardMessage)
"""Commands that a repeat would do twice; all others end the same however often they are carried."""


async def carry(session: Session, command: Command, token: str) -> Done:
    """Call the session's method for a command. Raises Unsupported when it has none, and what the method raises."""
    method: Callable[..., Awaitable[Done]] | None = getattr(session, _METHODS[type(command)], None)
    if method is None:
        raise Unsupported
    if isinstance(command, MAKES_MESSAGE):
        return await method(command, token)
    return await method(command)
