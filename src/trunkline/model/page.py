"""Pages of lists. Source: unipile-v1 3.1: all three keys always present, `cursor` null on the last page."""

from typing import Literal

from msgspec import Struct

from trunkline.model.account import Account
from trunkline.model.attendee import ChatAttendee
from trunkline.model.chat import Chat
from trunkline.model.message import Message

DEFAULT_LIMIT = 100
MAX_LIMIT = 250


class ChatList(Struct, frozen=True, kw_only=True):
    """A page of chats, last activity first."""

    object: Literal["ChatList"] = "ChatList"
    items: tuple[Chat, ...]
    cursor: str | None = None


class MessageList(Struct, frozen=True, kw_only=True):
    """A page of messages, newest first."""

    object: Literal["MessageList"] = "MessageList"
    items: tuple[Message, ...]
    cursor: str | None = None


class ChatAttendeeList(Struct, frozen=True, kw_only=True):
    """A page of attendees, in a stable order."""

    object: Literal["ChatAttendeeList"] = "ChatAttendeeList"
    items: tuple[ChatAttendee, ...]
    cursor: str | None = None


class AccountList(Struct, frozen=True, kw_only=True):
    """A page of accounts, in a stable order."""

    object: Literal["AccountList"] = "AccountList"
    items: tuple[Account, ...]
    cursor: str | None = None
