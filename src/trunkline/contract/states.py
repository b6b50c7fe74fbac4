"""The states of an account, and how each shows on the wire (unipile-v1 5.7, 11.4)."""

from enum import StrEnum

from trunkline.model.account import SourceStatus


class AccountState(StrEnum):
    """Where an account stands."""

    CONNECTING = "connecting"
    SYNCING = "syncing"
    CONNECTED = "connected"
    OFFLINE = "offline"
    """The link is down; we try again by ourselves."""
    LOGGED_OUT = "logged_out"
    """A person must log in again."""
    RESTRICTED = "restricted"
    """A person must look at it in the network's app."""
    FAILED = "failed"
    """Something unexpected; we try again, more and more slowly."""
    STOPPED = "stopped"
    """Switched off here, or its road is not installed."""


ON_THE_WIRE: dict[AccountState, SourceStatus] = {
    AccountState.CONNECTING: "CONNECTING",
    AccountState.SYNCING: "CONNECTING",
    AccountState.CONNECTED: "OK",
    AccountState.OFFLINE: "CONNECTING",
    AccountState.LOGGED_OUT: "CREDENTIALS",
    AccountState.RESTRICTED: "PERMISSIONS",
    AccountState.FAILED: "ERROR",
    AccountState.STOPPED: "STOPPED",
}
