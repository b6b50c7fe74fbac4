"""Which accounts are alive in this process, and through which session."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.connector import Connector
from trunkline.contract.session import Concern, RaisesConcern, Session
from trunkline.contract.states import AccountState
from trunkline.hub.attention import status_text
from trunkline.model.errors import AccountError, Disconnected, NoSession, Restricted
from trunkline.model.networks import TITLES
from trunkline.model.times import Clock
from trunkline.store.accounts import AccountRow


@dataclass(frozen=True)
class Live:
    """A connected account: its session, the lease's epoch that every write of it carries, and its network's clock.

    held_until: until when, in milliseconds by this server's clock, the account has to wait, by what with.
    """

    account_no: int
    session: Session
    epoch: int
    now: Clock
    held_until: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Lives:
    """The sessions of this process, by account number, and the roads they came by."""

    connectors: Mapping[str, Connector]
    by_account: dict[int, Live] = field(default_factory=dict)

    def session_of(self, account: AccountRow) -> Session:
        """The account's session. Raises what a caller should know when there is none."""
        live = self.by_account.get(account.no)
        if live is None:
            raise trouble_of(account) or NoSession
        return live.session

    def concern_of(self, account: AccountRow) -> Concern | None:
        """What a person should look at though the account is connected here."""
        live = self.by_account.get(account.no)
        return live.session.concern() if live is not None and isinstance(live.session, RaisesConcern) else None

    def now_of(self, account: AccountRow) -> int | None:
        """The clock of the account's network in milliseconds, None when its road is not installed."""
        connector = self.connectors.get(account.road)
        return None if connector is None else connector.now()


def trouble_of(account: AccountRow) -> AccountError | None:
    """Why an account cannot be written to until a person acts, in words; None while it can, or while it only reconnects."""
    name = f"Account {account.id} ({TITLES[account.type]})"
    if account.stopped:
        return Disconnected(f"{name} is switched off here. Nothing was done; a person can switch it on again.")
    in_vain = "Nothing was done, and retrying will not help."
    if account.state is AccountState.LOGGED_OUT:
        return Disconnected(f"{name} is logged out. {in_vain} {status_text(account) or 'A person must log in again.'}")
    if account.state is AccountState.RESTRICTED:
        why = status_text(account) or "The network has restricted it; a person must look at it in the network's own app."
        return Restricted(f"{name} cannot be used. {in_vain} {why}")
    return None


def sheet_of(account: AccountRow) -> Capabilities:
    """The account's narrowed sheet. Raises NoSession before the account first connected."""
    sheet = account.capabilities
    if sheet is None:
        raise NoSession
    return sheet
