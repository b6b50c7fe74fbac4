"""A connection: what one principal may reach, and how far. Its id is the PCID, a name and never a credential (design.md 4)."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

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
