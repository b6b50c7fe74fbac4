"""Keeping accounts alive: one task each, that connects, listens, sends, syncs, and begins again after trouble.

    AccountError    a person must act: the account waits for a restart, nothing is tried in a loop
    SealBroken      the same: another secret than the one the login was sealed with, or a row that was moved
    NetworkError    the link: tried again with full jitter, more and more slowly, shown as offline
    anything else   a bug or a broken network library: shown as failed, tried again like the link

An account's trouble never touches another account. A life that held for a while forgets earlier failures; one that ends as soon
as it began does not, however well the connecting itself went.
"""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

from trunkline.contract.connector import Connector, OpenAccount
from trunkline.contract.declared import undeclared
from trunkline.contract.events import Event, PersonChanged, Update
from trunkline.contract.session import Session
from trunkline.contract.states import AccountState
from trunkline.hub import account_news
from trunkline.hub.attention import road_missing
from trunkline.hub.backoff import delay_ms
from trunkline.hub.ingest.apply import apply
from trunkline.hub.ingest.batch import Batch
from trunkline.hub.intake import take_in
from trunkline.hub.lives import Live, Lives
from trunkline.hub.options import HubOptions
from trunkline.hub.sender import Sender
from trunkline.hub.settle import Settler
from trunkline.hub.syncer import Syncer
from trunkline.hub.wakes import JOURNAL, Wakes, account_name, call_name
from trunkline.model.errors import AccountError, NetworkFailed, Restricted, StoreUnavailable, TrunklineError
from trunkline.store import accounts, leases, outbox
from trunkline.store.accounts import AccountRow
from trunkline.store.engine import Transaction
from trunkline.store.seal import SealBroken
from trunkline.store.store import Store

log = logging.getLogger(__name__)

FOREVER = 2**62
UNREADABLE = "The secret that this login was sealed with is not this server's. Log in again, or put that secret back."


@dataclass(frozen=True)
class Supervisor:
    """The accounts of this process. stopping: those whose task has been told to end."""

    store: Store
    lives: Lives
    wakes: Wakes
    options: HubOptions
    tasks: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    stopping: set[int] = field(default_factory=set)

    async def start_all(self) -> None:
        """Begin with every stored account."""
        for account in await accounts.all_of(self.store.db):
            self.start(account.no)

    def start(self, account_no: int) -> None:
        """Begin with an account, or begin anew."""
        self.wakes.wake(_restart_name(account_no))
        if account_no not in self.tasks or self.tasks[account_no].done():
            self.tasks[account_no] = asyncio.create_task(self._keep(account_no), name=f"account {account_no}")

    async def stop(self, account_no: int) -> None:
        """End an account's task, and wait for that."""
        await self._stop([account_no])

    async def close(self) -> None:
        """End all of them."""
        await self._stop(list(self.tasks))

    async def _stop(self, numbers: list[int]) -> None:
        ending = {number: self.tasks.pop(number) for number in numbers if number in self.tasks}
        self.stopping.update(ending)
        for task in ending.values():
            task.cancel()
        await asyncio.gather(*ending.values(), return_exceptions=True)
        self.stopping.difference_update(ending)

    async def _keep(self, account_no: int) -> None:
        failures = 0
        with self.wakes.expect(_restart_name(account_no)) as restart:
            while True:
                began = self.store.clock()
                try:
                    account = await accounts.by_no(self.store.db, account_no)
                    if account is None:
                        return
                    must_wait = await self._live_once(account)
                except Exception:
                    log.exception("account number %s: its state cannot be read or stored", account_no)
                    must_wait = False
                if account_no in self.stopping:
                    # A task group whose parent is cancelled while a child fails raises the failure and forgets the wish to end.
                    return
                if must_wait:
                    failures = 0
                    await restart.wait()
                    continue
                is_steady = self.store.clock() - began >= self.options.steady_ms
                failures = 1 if is_steady else failures + 1
                await restart.wait(delay_ms(self.options, failures))

    async def _live_once(self, account: AccountRow) -> bool:
        """One life of an account and how it ended, noted for people; gives whether a person must act before the next."""
        connector = self.lives.connectors.get(account.road)
        if account.stopped or connector is None:
            text = None if account.stopped else road_missing(account.road, self.options.unavailable)
            await self._note(account, AccountState.STOPPED, text)
            return True
        try:
            await self._live(account, connector)
        except AccountError as error:
            state = AccountState.RESTRICTED if isinstance(error, Restricted) else AccountState.LOGGED_OUT
            await self._note(account, state, error.text)
            return True
        except SealBroken:
            await self._note(account, AccountState.LOGGED_OUT, UNREADABLE)
            return True
        except TrunklineError as error:
            await self._note(account, AccountState.OFFLINE, error.text)
        except Exception as error:
            log.exception("account %s failed", account.id)
            text = f"Something unexpected happened ({type(error).__name__}); it is tried again by itself."
            await self._note(account, AccountState.FAILED, text)
        return False

    async def _live(self, account: AccountRow, connector: Connector) -> None:
        """One life: from connecting until something ends it, by raising."""
        epoch = await self.store.db.write(_Take(account.no, self.options.worker, self.store.clock()))
        opened = OpenAccount(account_id=account.id, account_type=account.type, identity=account.identity)
        session = connector.open(opened, self.store.keeper(account.no, account.id), self.store.media)
        live = Live(account_no=account.no, session=session, epoch=epoch, now=connector.now)
        try:
            async with asyncio.timeout(self.options.network_call_ms / 1000):
                own = await session.connect()
            if findings := undeclared(session, session.capabilities):
                raise RuntimeError("; ".join(findings))
            account = await self._note_connected(account, live, [PersonChanged(info=own)])
            self.lives.by_account[account.no] = live
            self.wakes.wake(account_name(account.no))
            settler = Settler(self.store, self.wakes, self.options, account, live)
            async with asyncio.TaskGroup() as group:
                group.create_task(settler.settle_all())
                group.create_task(self._listen(account, live))
                group.create_task(Sender(self.store, self.wakes, self.options, account, live, settler).run())
                group.create_task(Syncer(self.store, self.wakes, self.options, account, live).run())
        except TimeoutError as error:
            raise NetworkFailed("The network did not answer in time; it is tried again by itself.") from error
        except ExceptionGroup as several:
            raise _gravest(several) from several
        finally:
            if self.lives.by_account.get(account.no) is live:
                del self.lives.by_account[account.no]
            await _close(session)
            await self._leave(live)

    async def _leave(self, live: Live) -> None:
        """What was under way when a life ended is shown as what it is: unknown. The next life would note the same."""
        try:
            await self.store.db.write(_Leave(live, self.store.clock()))
        except TrunklineError:
            log.info("account number %s: its unclear sends are noted at the next connect", live.account_no)

    async def _note_connected(self, account: AccountRow, live: Live, own: list[Event]) -> AccountRow:
        async def work(tx: Transaction) -> None:
            await leases.check(tx, account.no, live.epoch)
            await apply(Batch(self.store, tx, account), own)
            await accounts.set_sheet(tx, account.no, live.session.capabilities)
            state = AccountState.CONNECTED if account.first_sync == "done" else AccountState.SYNCING
            await account_news.set_state(tx, account.no, state, None, self.store.clock())

        await self.store.db.write(work)
        self.wakes.wake(JOURNAL)
        fresh = await accounts.by_no(self.store.db, account.no)
        assert fresh is not None
        return fresh

    async def _listen(self, account: AccountRow, live: Live) -> None:
        async for update in live.session.listen(account.position):
            await self._take(account, live, update)
        raise NetworkFailed("The network closed the connection; it is tried again by itself.")

    async def _take(self, account: AccountRow, live: Live, update: Update) -> None:
        async def keep_position(tx: Transaction) -> None:
            if update.position is not None:
                await accounts.set_position(tx, account.no, update.position)

        for call_no in await take_in(self.store, account, live.epoch, update.events, keep_position):
            self.wakes.wake(call_name(call_no))
        self.wakes.wake(JOURNAL)

    async def _note(self, account: AccountRow, state: AccountState, text: str | None) -> None:
        async def work(tx: Transaction) -> None:
            await account_news.set_state(tx, account.no, state, text, self.store.clock())

        try:
            await self.store.db.write(work)
        except StoreUnavailable:
            log.warning("account %s: its state could not be stored", account.id)
        self.wakes.wake(account_name(account.no))
        self.wakes.wake(JOURNAL)


async def _close(session: Session) -> None:
    try:
        async with asyncio.timeout(5):
            await session.close()
    except Exception:
        log.exception("a session did not close in order")


def _gravest(group: ExceptionGroup[Exception]) -> Exception:
    """Of errors that happened together the one that decides: what a person must mend, then a bug, then the link."""
    flat = list(_flat(group))
    for wanted in (AccountError, StoreUnavailable):
        for error in flat:
            if isinstance(error, wanted):
                return error
    return next((error for error in flat if not isinstance(error, TrunklineError)), flat[0])


def _flat(group: ExceptionGroup[Exception]) -> Iterable[Exception]:
    for error in group.exceptions:
        if isinstance(error, ExceptionGroup):
            yield from _flat(error)
        else:
            yield error


def _restart_name(account_no: int) -> str:
    return f"restart:{account_no}"


class _Take:
    """Takes the lease; what its former holder was sending is unknown from here on."""

    def __init__(self, account_no: int, worker: str, now: int):
        self._account_no, self._worker, self._now = account_no, worker, now

    async def __call__(self, tx: Transaction) -> int:
        epoch = await leases.take(tx, self._account_no, self._worker, FOREVER)
        await outbox.take_over(tx, self._account_no, epoch, self._now)
        return epoch


class _Leave:
    def __init__(self, live: Live, now: int):
        self._live, self._now = live, now

    async def __call__(self, tx: Transaction) -> None:
        await leases.check(tx, self._live.account_no, self._live.epoch)
        await outbox.take_over(tx, self._live.account_no, self._live.epoch + 1, self._now)
