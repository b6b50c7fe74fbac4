"""What a person should know of an account that is not well: what happened, since when, and what to do."""

from collections.abc import Mapping

from trunkline.contract.session import Concern
from trunkline.contract.states import AccountState
from trunkline.model.times import to_wire
from trunkline.store.accounts import AccountRow

_IN_THE_APP = "Open the network's own app and do what it asks for; then: "
_BY_ITSELF = "Nothing to do: it is tried again by itself, since"
_SO = "Nothing to do; it has been so since"
_TRIED_AGAIN = "tried again"
"""What a state's text may say already."""
_COMMAND = "`trunkline "
"""Where a state's text names a command, it says what to do already."""


def next_step(account: AccountRow) -> str | None:
    """What to do; None where the account is well, or `state_text` says it already."""
    if _COMMAND in (account.state_text or ""):
        return None
    match account.state:
        case AccountState.LOGGED_OUT:
            return f"Log in again: {log_in_again(account)}"
        case AccountState.RESTRICTED:
            return _IN_THE_APP + log_in_again(account)
        case AccountState.OFFLINE:
            return f"{_by_itself(account)}; `trunkline account restart {account.id}` tries at once."
        case AccountState.FAILED:
            return f"{_by_itself(account)}; the server's log says more. `trunkline account restart {account.id}` tries at once."
    return None


def _by_itself(account: AccountRow) -> str:
    """That nobody needs to do anything, and since when, without saying twice that it is tried again."""
    is_said = _TRIED_AGAIN in (account.state_text or "")
    return f"{_SO if is_said else _BY_ITSELF} {to_wire(account.state_at)}"


def log_in_again(account: AccountRow) -> str:
    """The command that logs the account in again."""
    return f"`trunkline connect {account.road} --reconnect {account.id}`"


def status_text(account: AccountRow, concern: Concern | None = None) -> str | None:
    """What happened and what to do, in one text. concern: of an account that is connected."""
    if account.state_text is None:
        return None if concern is None else f"{concern.text} {concern.next_step}"
    step = next_step(account)
    return account.state_text if step is None else f"{account.state_text} {step}"


def road_missing(road: str, unavailable: Mapping[str, str]) -> str:
    """Why an account's road is not here, and what installs it. unavailable: networks by name, each with its reason."""
    for network, reason in unavailable.items():
        if road == network or road.startswith(f"{network}-"):
            return f"The library of the road '{road}' is missing. {reason}"
    return f"The road '{road}' is not installed here."
