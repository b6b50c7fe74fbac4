"""How the server is doing: what `trunkline doctor`, `backup` and the view of pending sends show."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from trunkline.model.account import SourceStatus
from trunkline.model.message import SendState
from trunkline.model.networks import AccountType


class Finding(Struct, frozen=True, kw_only=True):
    """One thing a person should know, and what to do about it."""

    level: Literal["note", "warning", "problem"]
    text: str
    next_step: str | UnsetType = UNSET


class AccountStatus(Struct, frozen=True, kw_only=True):
    """Where one account stands."""

    account_id: str
    account_type: AccountType
    road: str
    name: str
    status: SourceStatus
    status_text: str | UnsetType = UNSET
    """What happened and what to do, where it needs attention."""
    chats: int
    messages: int


class SendCounts(Struct, frozen=True, kw_only=True):
    """Writes that are not settled yet."""

    queued: int = 0
    sending: int = 0
    unknown: int = 0
    held: int = 0


class Status(Struct, frozen=True, kw_only=True):
    """The server at this moment. Sizes in bytes."""

    object: Literal["Status"] = "Status"
    version: str
    schema_version: int
    started_at: str
    url: str
    data_folder: str
    database_bytes: int
    media_bytes: int
    disk_free_bytes: int
    connections: int
    keys: int
    accounts: tuple[AccountStatus, ...]
    pending: SendCounts
    findings: tuple[Finding, ...] = ()


class PendingSend(Struct, frozen=True, kw_only=True):
    """A write that the network has not confirmed. `message_id` is the id it will have, where it makes a message.

    id: what it is settled by. pcid: the connection to a Unipile server that it went through; ids are the server's then, and
    account_id is null where only the chat is known.
    """

    object: Literal["PendingSend"] = "PendingSend"
    id: int
    message_id: str | None
    account_id: str | None
    chat_id: str | None
    """None while the chat is still to be made."""
    command: str
    state: SendState
    attempts: int
    created_at: str
    not_before: str | None = None
    """When it is tried next, where it waits."""
    detail: str | UnsetType = UNSET
    pcid: str | UnsetType = UNSET


class PendingSettled(Struct, frozen=True, kw_only=True):
    """A write that a person settled by hand. Nothing was sent for it."""

    object: Literal["PendingSettled"] = "PendingSettled"
    id: int
    outcome: Literal["sent", "gone"]


class PendingList(Struct, frozen=True, kw_only=True):
    """A page of unsettled writes, oldest first."""

    object: Literal["PendingList"] = "PendingList"
    items: tuple[PendingSend, ...]
    cursor: str | None = None


class BackupMade(Struct, frozen=True, kw_only=True):
    """A complete copy of the database, without the secret key. `path` is on the server's machine."""

    object: Literal["BackupMade"] = "BackupMade"
    path: str
    size: int
    created_at: str
