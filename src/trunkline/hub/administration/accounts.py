"""A person's accounts: listing, looking at, restarting, syncing and deleting them. Source: unipile-v1 9."""

from typing import Literal

import msgspec

from trunkline.contract.connector import ForgetsAccounts, OpenAccount
from trunkline.contract.states import AccountState
from trunkline.hub import account_news
from trunkline.hub.administration.logged_out import left_after_log_out
from trunkline.hub.asked import Asked
from trunkline.hub.attempt import Connected
from trunkline.hub.lives import trouble_of
from trunkline.hub.plans import HubPlan, read_plan
from trunkline.hub.reads.accounts import account_of
from trunkline.hub.wakes import JOURNAL, account_name
from trunkline.model.errors import LoginGone, NotFound, TrunklineError, Unsupported
from trunkline.model.login import AccountDeleted, AccountFailedToRestart, AccountRestarted, AccountResync
from trunkline.model.networks import TITLES
from trunkline.operations.accounts import DeleteAccount, GetAccount, RestartAccount, ResyncAccount
from trunkline.operations.backend import Answer
from trunkline.store import accounts, connections
from trunkline.store.accounts import AccountRow
from trunkline.store.engine import Transaction

RESTART_MS = 10_000
"""How long a restart is waited for."""
RESYNC, ASKED = "trunkline:resync", b"asked"
"""The account's note that a sync was asked for and its end is still to be told."""

SyncStatus = Literal["SYNC_STARTED", "SYNC_RUNNING", "SYNC_DONE"]


async def get_account(asked: Asked[GetAccount]) -> HubPlan:
    """The account. While its login is under way there is none: the words say what it waits for."""
    account_id = asked.operation.account_id

    async def run() -> Answer:
        try:
            row = asked.reach.account(account_id)
        except NotFound as missing:
            row = await _of_attempt(asked, account_id, missing)
        return Answer(msgspec.json.encode(account_of(row, asked.parts.lives.concern_of(row))))

    return read_plan(asked.operation, run)


async def _of_attempt(asked: Asked[GetAccount], account_id: str, missing: NotFound) -> AccountRow:
    """The account that the login of this id came to: an older one, where the same user was connected already."""
    try:
        step = await asked.parts.logins.step_of(account_id, asked.reach.scope.owner)
    except LoginGone:
        raise missing from None
    except TrunklineError as ended:
        raise NotFound(f"The login of account {account_id} did not succeed: {ended.text}") from None
    if not isinstance(step, Connected):
        raise NotFound(f"Account {account_id} is not connected yet; its login waits: {step.error or step.instructions}")
    row = await accounts.by_no(asked.store.db, step.account_no)
    if row is None:
        raise missing
    return row


async def delete_account(asked: Asked[DeleteAccount]) -> HubPlan:
    """Delete an account with all that is stored of it.

    What its road keeps of it goes first: were that left for later, a crash would leave it for ever.
    """
    row = asked.reach.account(asked.operation.account_id)
    opened = OpenAccount(account_id=row.id, account_type=row.type, identity=row.identity)
    connector: object = asked.parts.lives.connectors.get(row.road)

    async def run() -> Answer:
        await asked.parts.logins.give_up(row.id)
        left_to_do = await left_after_log_out(connector, opened, asked.parts.options.log_out_ms)
        await asked.parts.supervisor.stop(row.no)
        if isinstance(connector, ForgetsAccounts):
            await connector.forget(opened)
        await asked.store.db.write(_Remove(row, asked.store.clock()))
        asked.parts.wakes.wake(JOURNAL)
        return Answer(msgspec.json.encode(AccountDeleted(detail=left_to_do)))

    return read_plan(asked.operation, run)


async def restart_account(asked: Asked[RestartAccount]) -> HubPlan:
    """Connect an account anew, and say whether that worked."""
    row = asked.reach.account(asked.operation.account_id)

    async def run() -> Answer:
        await asked.parts.supervisor.stop(row.no)
        await asked.store.db.write(_Unstop(row.no, asked.store.clock()))
        failure = await _connects(asked, row.no)
        result = AccountRestarted() if failure is None else AccountFailedToRestart(detail=failure)
        return Answer(msgspec.json.encode(result))

    return read_plan(asked.operation, run)


async def _connects(asked: Asked[RestartAccount], account_no: int) -> str | None:
    """None once the account is connected; else why it is not."""
    parts, ends_at = asked.parts, asked.store.clock() + RESTART_MS
    before = await accounts.by_no(parts.store.db, account_no)
    with parts.wakes.expect(account_name(account_no)) as expectation:
        parts.supervisor.start(account_no)
        while account_no not in parts.lives.by_account:
            await expectation.wait(ends_at - parts.store.clock())
            row = await accounts.by_no(parts.store.db, account_no)
            if row is None:
                return "The account was deleted meanwhile."
            if (trouble := trouble_of(row)) is not None and row != before:
                return trouble.text
            if parts.store.clock() >= ends_at and account_no not in parts.lives.by_account:
                return row.state_text or "The network did not answer in time; it is tried again by itself."
    return None


async def resync_account(asked: Asked[ResyncAccount]) -> HubPlan:
    """Fetch all chats again with their newest messages, or tell how far that is; an end is told once (unipile-v1 7.9, 9)."""
    row = asked.reach.account(asked.operation.account_id)
    if row.type != "LINKEDIN":
        raise Unsupported(
            f"Accounts on {TITLES[row.type]} are kept in step by themselves; sync_chat_history fetches a chat's whole history."
        )

    async def run() -> Answer:
        return Answer(msgspec.json.encode(AccountResync(status=await _resync(asked, row))))

    return read_plan(asked.operation, run)


async def _resync(asked: Asked[ResyncAccount], row: AccountRow) -> SyncStatus:
    store = asked.store
    if (trouble := trouble_of(row)) is not None:
        raise trouble
    keeper = store.keeper(row.no, row.id)
    was_asked = await keeper.get(RESYNC) == ASKED
    if row.first_sync == "done" and was_asked:
        await keeper.put(RESYNC, b"")
        return "SYNC_DONE"
    if not was_asked:
        await keeper.put(RESYNC, ASKED)
    if row.first_sync != "done":
        return "SYNC_RUNNING"
    await asked.parts.supervisor.stop(row.no)
    await store.db.write(_SyncAgain(row.no, store.clock()))
    asked.parts.supervisor.start(row.no)
    return "SYNC_STARTED"


class _Remove:
    def __init__(self, account: AccountRow, now: int):
        self._account, self._now = account, now

    async def __call__(self, tx: Transaction) -> None:
        await accounts.remove(tx, self._account.no)
        await connections.forget_account(tx, self._account.owner, self._account.id, self._now)
        await account_news.tell(tx, "deleted", self._account, self._now)


class _Unstop:
    """From here on it connects: whatever its state becomes is news."""

    def __init__(self, account_no: int, at_ms: int):
        self._account_no, self._at_ms = account_no, at_ms

    async def __call__(self, tx: Transaction) -> None:
        await accounts.set_stopped(tx, self._account_no, False)
        await accounts.set_state(tx, self._account_no, AccountState.CONNECTING, None, self._at_ms)


class _SyncAgain:
    def __init__(self, account_no: int, at_ms: int):
        self._account_no, self._at_ms = account_no, at_ms

    async def __call__(self, tx: Transaction) -> None:
        await accounts.set_first_sync(tx, self._account_no, "due", None, self._at_ms)
