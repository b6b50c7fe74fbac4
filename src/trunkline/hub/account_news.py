"""What happens to accounts, told in the journal: where they stand, when they come and go. Source: unipile-v1 11.4."""

import msgspec

from trunkline.contract.states import ON_THE_WIRE, AccountState
from trunkline.hub.attempt import Attempt
from trunkline.model.networks import AccountType
from trunkline.model.webhook_payload import AccountEvent, AccountHappened, StatusNow
from trunkline.store import accounts, journal
from trunkline.store.accounts import AccountRow
from trunkline.store.engine import Transaction
from trunkline.store.journal import JournalRow

KIND = "account_"
"""Before the event's name in the journal's `kind`."""
TELLS_OF_SYNC: frozenset[AccountType] = frozenset({"LINKEDIN", "WHATSAPP", "INSTAGRAM", "TELEGRAM"})
"""Networks of which the original tells that a sync is done (unipile-v1 11.4)."""


async def tell(tx: Transaction, event: AccountEvent, account: AccountRow, at_ms: int) -> None:
    """Write the journal row of an event of an account."""
    await tell_of(tx, event, account.id, account.type, owner=account.owner, road=account.road, at_ms=at_ms, no=account.no)


async def tell_of(
    tx: Transaction,
    event: AccountEvent,
    account_id: str,
    account_type: AccountType,
    *,
    owner: int,
    road: str,
    at_ms: int,
    no: int = 0,
) -> None:
    """The same of an account that is not there: `no` 0 where it never was."""
    happened = AccountHappened(AccountStatus=StatusNow(account_id=account_id, account_type=account_type, message=event.upper()))
    row = JournalRow(
        at=at_ms,
        account_no=no,
        owner=owner,
        road=road,
        kind=KIND + event,
        object_id=account_id,
        payload=msgspec.json.encode(happened),
    )
    await journal.append(tx, row)


async def tell_of_login(
    tx: Transaction, event: AccountEvent, attempt: Attempt, account_id: str, *, at_ms: int, no: int = 0
) -> None:
    """Write the journal row of what a login came to."""
    await tell_of(
        tx,
        event,
        account_id,
        attempt.account_type,
        owner=attempt.owner,
        road=attempt.connector.road,
        at_ms=at_ms,
        no=no,
    )


async def set_state(tx: Transaction, account_no: int, state: AccountState, text: str | None, at_ms: int) -> None:
    """Note where an account stands, and tell of it where that is another word on the wire than before."""
    before = await accounts.by_no(tx, account_no)
    await accounts.set_state(tx, account_no, state, text, at_ms)
    if before is not None and ON_THE_WIRE[before.state] != ON_THE_WIRE[state]:
        event: AccountEvent = ON_THE_WIRE[state].lower()  # type: ignore[assignment]  # each of these words is an event
        await tell(tx, event, before, at_ms)
