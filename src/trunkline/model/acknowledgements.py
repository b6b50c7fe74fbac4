"""What a write answers. Source: unipile-v1 5.6."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

SyncStatus = Literal["SYNC_STARTED", "SYNC_RUNNING", "SYNC_DONE", "SYNC_ERROR", "CHAT_DELETED"]


class ChatStarted(Struct, frozen=True, kw_only=True):
    """Either id is null where the network gave none."""

    object: Literal["ChatStarted"] = "ChatStarted"
    chat_id: str | None
    message_id: str | None


class MessageSent(Struct, frozen=True, kw_only=True):
    """The message's id, null where the network gave none."""

    object: Literal["MessageSent"] = "MessageSent"
    message_id: str | None


class MessageForwarded(Struct, frozen=True, kw_only=True):
    """The new message's id."""

    object: Literal["MessageForwarded"] = "MessageForwarded"
    message_id: str | None


class MessageEdited(Struct, frozen=True, kw_only=True):
    """The text was changed."""

    object: Literal["MessageEdited"] = "MessageEdited"


class MessageDeleted(Struct, frozen=True, kw_only=True):
    """The message was deleted."""

    object: Literal["MessageDeleted"] = "MessageDeleted"


class MessageReactionAdded(Struct, frozen=True, kw_only=True):
    """The reaction was added."""

    object: Literal["MessageReactionAdded"] = "MessageReactionAdded"
    success: bool = True


class ChatPatched(Struct, frozen=True, kw_only=True):
    """`invite_link` only after getInviteLink."""

    object: Literal["ChatPatched"] = "ChatPatched"
    invite_link: str | UnsetType = UNSET


class ChatDeleted(Struct, frozen=True, kw_only=True):
    """The chat was deleted."""

    object: Literal["ChatDeleted"] = "ChatDeleted"


class ChatHistorySync(Struct, frozen=True, kw_only=True):
    """Where the sync of a chat's history stands. `progress` counts what this sync has stored (Trunkline's own field)."""

    object: Literal["ChatHistorySync"] = "ChatHistorySync"
    chat_id: str
    status: SyncStatus
    messages: int | UnsetType = UNSET
    detail: str | UnsetType = UNSET
