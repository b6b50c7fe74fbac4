"""Fetching history: the account's chats at the first connect, then each chat's messages, backwards, page by page.

A page and the place where the next one begins are stored in one transaction, so a crash repeats at most one page, and a repeat
stores nothing twice. One page at a time per account: history reads are what networks punish first (networks.md 5.8).
"""

import asyncio
import logging
from dataclasses import dataclass

import msgspec

from trunkline.contract.events import ChatChanged, ChatInfo, MessageArrived
from trunkline.contract.session import ReadsHistory
from trunkline.contract.states import AccountState
from trunkline.hub import account_news
from trunkline.hub.ingest.apply import apply
from trunkline.hub.ingest.batch import Batch
from trunkline.hub.intake import take_in
from trunkline.hub.lives import Live
from trunkline.hub.options import HubOptions
from trunkline.hub.wakes import JOURNAL, Wakes, account_name, call_name, sync_name
from trunkline.model.errors import AccountError, NetworkError, Throttled, TrunklineError
from trunkline.store import accounts, chats, leases, marks, syncs
from trunkline.store.accounts import AccountRow
from trunkline.store.engine import Transaction
from trunkline.store.store import Store
from trunkline.store.syncs import SyncRow

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Syncer:
    """The syncs of one connected account."""

    store: Store
    wakes: Wakes
    options: HubOptions
    account: AccountRow
    live: Live

    async def run(self) -> None:
        """The first sync where it is due, then whatever is asked for, until cancelled."""
        if self.account.first_sync != "done":
            await self._list_chats()
        with self.wakes.expect(sync_name(self.account.no)) as expectation:
            while True:
                rows = await syncs.running_of(self.store.db, self.account.no, 1)
                if rows:
                    await self._step(rows[0])
                    continue
                await self._note_first_sync_done()
                await expectation.wait()

    async def _list_chats(self) -> None:
        """All chats, most recent first, each with a sync of its own to come."""
        cursor = self.account.overview
        while cursor != _LISTED:
            page = await self.live.session.chats(cursor)
            cursor = page.cursor if page.cursor is not None else _LISTED
            await self._store_chats(page.chats, cursor)

    async def _store_chats(self, infos: tuple[ChatInfo, ...], cursor: str) -> None:
        async def work(tx: Transaction) -> None:
            await leases.check(tx, self.account.no, self.live.epoch)
            batch = Batch(self.store, tx, self.account)
            await apply(batch, [ChatChanged(info=info, live=False) for info in infos])
            if isinstance(self.live.session, ReadsHistory):
                for info in infos:
                    chat = await chats.by_provider_id(tx, self.account.no, info.provider_id)
                    assert chat is not None
                    if await syncs.of_chat(tx, chat.no) is None:
                        await syncs.begin(tx, chat.no, self.store.clock(), whole=False)
            await accounts.set_first_sync(tx, self.account.no, "running", cursor, self.store.clock())

        await self.store.db.write(work)

    async def _note_first_sync_done(self) -> None:
        fresh = await accounts.by_no(self.store.db, self.account.no)
        if fresh is None or fresh.first_sync == "done":
            return

        async def work(tx: Transaction) -> None:
            await leases.check(tx, self.account.no, self.live.epoch)
            await accounts.set_first_sync(tx, self.account.no, "done", None, self.store.clock())
            await account_news.set_state(tx, self.account.no, AccountState.CONNECTED, None, self.store.clock())
            if self.account.type in account_news.TELLS_OF_SYNC:
                await account_news.tell(tx, "sync_success", self.account, self.store.clock())

        await self.store.db.write(work)
        self.wakes.wake(JOURNAL)
        self.wakes.wake(account_name(self.account.no))

    async def _step(self, row: SyncRow) -> None:
        """One page of one chat."""
        chat = await chats.by_no(self.store.db, row.chat_no)
        session = self.live.session
        if chat is None or chat.removed or not isinstance(session, ReadsHistory):
            await self._finish(row, "error", "the chat no longer exists")
            return
        try:
            page = await session.history(chat.provider_id, row.cursor, self.options.history_page)
        except Throttled as error:
            wait = error.retry_after_ms or self.options.backoff_base_ms
            self.live.held_until["reads of history"] = self.store.clock() + wait
            await asyncio.sleep(wait / 1000)
            return
        except (AccountError, NetworkError):
            raise
        except TrunklineError as error:
            await self._finish(row, "error", error.text)
            return
        await self._store(row, page.messages, page.cursor)

    async def _store(self, row: SyncRow, found: tuple[MessageArrived, ...], cursor: str | None) -> None:
        enough = not row.whole and row.messages + len(found) >= self.options.first_sync_messages
        ends = cursor is None or enough

        async def progress(tx: Transaction) -> None:
            await syncs.advance(tx, row.chat_no, cursor, len(found))
            if ends:
                await marks.place_marks(tx, row.chat_no)
                await syncs.finish(tx, row.chat_no, "done", None, self.store.clock())
                if not row.whole:
                    await syncs.forget(tx, row.chat_no)

        history = [msgspec.structs.replace(event, live=False) for event in found]
        for call_no in await take_in(self.store, self.account, self.live.epoch, history, progress):
            self.wakes.wake(call_name(call_no))

    async def _finish(self, row: SyncRow, state: syncs.SyncState, detail: str) -> None:
        async def work(tx: Transaction) -> None:
            await syncs.finish(tx, row.chat_no, state, detail, self.store.clock())
            if not row.whole:
                await syncs.forget(tx, row.chat_no)

        await self.store.db.write(work)


_LISTED = "\x1flisted"
"""Stands in the account's overview once all chats were listed; no network's cursor begins so."""
