"""A chat as the wire shows it. Source: unipile-v1 5.1."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from trunkline.model.message import Flag, Message
from trunkline.model.networks import AccountType

ChatType = Literal[0, 1, 2]
"""0 single, 1 group, 2 channel."""
SINGLE: ChatType = 0
GROUP: ChatType = 1
CHANNEL: ChatType = 2
KNOWN_FOLDERS = frozenset(
    {
        "INBOX",
        "INBOX_LINKEDIN_CLASSIC",
        "INBOX_LINKEDIN_RECRUITER",
        "INBOX_LINKEDIN_SALES_NAVIGATOR",
        "INBOX_LINKEDIN_ORGANIZATION",
    }
)
"""The folders every client knows; strict ones refuse those of 2026. Source: unipile-v1 5.1, 13 (2026-11)."""


class Chat(Struct, frozen=True, kw_only=True):
    """One conversation of one account. `timestamp` is its last activity; `muted_until` -1 means without end."""

    object: Literal["Chat"] = "Chat"
    id: str
    account_id: str
    account_type: AccountType
    provider_id: str
    name: str | None = None
    type: ChatType = 0
    timestamp: str | None = None
    unread_count: int = 0
    archived: Flag = 0
    muted_until: Literal[-1] | str | None = None
    read_only: Flag = 0
    pinned: Flag = 0
    attendee_provider_id: str | UnsetType = UNSET
    attendee_public_identifier: str | UnsetType = UNSET
    disabledFeatures: tuple[Literal["reactions", "reply"], ...] | UnsetType = UNSET  # noqa: N815 (spelt so on the wire)
    subject: str | UnsetType = UNSET
    organization_id: str | UnsetType = UNSET
    mailbox_id: str | UnsetType = UNSET
    content_type: Literal["inmail", "sponsored", "linkedin_offer"] | str | UnsetType = UNSET
    folder: tuple[str, ...] | UnsetType = UNSET
    attendee_name: str | UnsetType = UNSET
    """What the other side of a 1:1 chat is called; most networks have no name for such a chat (Trunkline's own field)."""
    labels: tuple[str, ...] | UnsetType = UNSET
    """Names of the labels on the chat (Trunkline's own field)."""


class ChatDetail(Chat, frozen=True, kw_only=True):
    """What `get_chat` gives: the chat and its newest message, null in an empty chat."""

    lastMessage: Message | None = None  # noqa: N815 (spelt so on the wire)


def in_known_folders(chat: Chat) -> Chat:
    """The chat as it is sent: folders that strict clients refuse are left out (unipile-v1 13: send 5, read any)."""
    if chat.folder is UNSET or KNOWN_FOLDERS.issuperset(chat.folder):
        return chat
    return replace(chat, folder=tuple(each for each in chat.folder if each in KNOWN_FOLDERS) or UNSET)
