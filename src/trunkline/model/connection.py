"""A connection: what one principal may reach, and how far. Its id is the PCID, a name and never a credential (design.md 4)."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from trunkline.model.account import SourceStatus
from trunkline.model.networks import AccountType

Grant = Literal["read", "send", "change", "destroy"]
"""An effect that can be granted to a connection."""
Mode = Literal["open", "guarded", "read_only"]
"""How its writes are watched."""
BackendName = Literal["hub", "unipile"]


class Connection(Struct, frozen=True, kw_only=True):
    """One grant. `accounts` None: all accounts of these roads; `chats` None: all chats."""

    object: Literal["Connection"] = "Connection"
    pcid: str
    name: str
    principal: str
    """Name of the agent or person it was made for."""
    backend: BackendName
    roads: tuple[str, ...]
    accounts: tuple[str, ...] | None
    chats: tuple[str, ...] | None
    effects: tuple[Grant, ...]
    mode: Mode
    stopped: bool = False
    is_default: bool = False
    """Whether the calling key uses it when none is named."""
    created_at: str
    warning: str | UnsetType = UNSET
    """What to think of, after a step that opens something."""


class ConnectionList(Struct, frozen=True, kw_only=True):
    """Connections, oldest first. Never more than one page."""

    object: Literal["ConnectionList"] = "ConnectionList"
    items: tuple[Connection, ...]
    cursor: str | None = None


class ConnectionRevoked(Struct, frozen=True, kw_only=True):
    """The connection is gone; its PCID answers like one that never was."""

    object: Literal["ConnectionRevoked"] = "ConnectionRevoked"
    pcid: str


class ReachedAccount(Struct, frozen=True, kw_only=True):
    """An account that a connection's key sees."""

    account_id: str
    account_type: AccountType | str
    name: str
    status: SourceStatus | str
    """The worst of its services; OK where all is well."""


class ConnectionChecked(Struct, frozen=True, kw_only=True):
    """Whether the server behind a connection answers and takes its key, and what can be reached there at this moment."""

    object: Literal["ConnectionChecked"] = "ConnectionChecked"
    pcid: str
    works: bool
    server: str
    """Where it goes, without the key."""
    detail: str
    """What was found, and what to do about it."""
    accounts: tuple[ReachedAccount, ...] = ()
