"""What a search gives: the messages, and how far it could see."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from trunkline.model.message import Message


class SearchedAccount(Struct, frozen=True, kw_only=True):
    """How far one account was searched."""

    account_id: str
    searched: bool
    since: str | None
    """The time from which on its messages are stored here; None when all of them are, or none."""
    detail: str | UnsetType = UNSET
    """Why it was not searched, or what would bring older messages."""


class FoundMessages(Struct, frozen=True, kw_only=True):
    """A page of messages that hold all the words, newest first."""

    object: Literal["FoundMessages"] = "FoundMessages"
    items: tuple[Message, ...]
    cursor: str | None = None
    accounts: tuple[SearchedAccount, ...]
