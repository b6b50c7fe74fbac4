"""An account as the wire shows it. Source: unipile-v1 5.7."""

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from trunkline.model.networks import AccountType

SourceStatus = Literal["OK", "STOPPED", "ERROR", "CREDENTIALS", "PERMISSIONS", "CONNECTING"]


class Source(Struct, frozen=True, kw_only=True):
    """One synced service of an account."""

    id: str
    status: SourceStatus


class Account(Struct, frozen=True, kw_only=True):
    """One login on one network."""

    object: Literal["Account"] = "Account"
    type: AccountType
    id: str
    name: str
    created_at: str
    connection_params: dict[str, Any]
    groups: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    road: str | UnsetType = UNSET
    """Which way into the network serves it (Trunkline's own field)."""
    status_text: str | UnsetType = UNSET
    """What happened and what to do, where the account needs attention (Trunkline's own field)."""
    capabilities: dict[str, Any] | UnsetType = UNSET
    """What the account can do, with bounds (Trunkline's own field; `trunkline_list_accounts`)."""
