"""Finding out what became of a send whose outcome nobody knows (security.md 6.3). Nothing is ever sent again blindly.

    token     sent again under the same token while the network remembers it, else as history
    history   after the settle time our own messages of that chat since the attempt are read: found → sent, absent → queued
    none      stays unknown, shown; a later echo settles it

A command that makes no message ends the same however often it is carried: it is queued again. An unknown row holds its queue
while this goes on; then it is `finished` and lets the next one pass.
"""

import asyncio
import logging
from dataclasses import dataclass

from trunkline.contract.commands import ForwardMessage, SendMessage, StartChat
from trunkline.contract.events import MessageArrived
from trunkline.contract.session import ReadsHistory
from trunkline.hub import answers
from trunkline.hub.carry import MAKES_MESSAGE
from trunkline.hub.ingest.apply import apply
from trunkline.hub.ingest.batch import Batch
from trunkline.hub.lives import Live
from trunkline.hub.options import HubOptions
from trunkline.hub.wakes import Wakes, call_name, outbox_name
from trunkline.model.errors import NetworkError, OutcomeUnknown, TrunklineError
from trunkline.store import calls, chats, leases, messages, outbox
from trunkline.store.accounts import AccountRow
from trunkline.store.engine import Transaction
from trunkline.store.outbox import OutboxRow
from trunkline.store.store import Store

log = logging.getLogger(__name__)

CLOCK_SLACK_MS = 5_000
"""How far the network's clock may lag behind ours when messages since an attempt are read."""
HISTORY_PAGES_MOST = 20


@dataclass(frozen=True)
class Settler:
    """Settles the unknown rows of one connected account."""

    store: Store
    wakes: Wakes
    options: HubOptions
    account: AccountRow
    live: Live

    async def settle_all(self) -> None:
        """After a start: what was being sent when the last process ended is unknown; find out, oldest first."""
        for row in await outbox.in_state(self.store.db, self.account.no, "sending"):

            async def work(tx: Transaction, number: int = row.no) -> None:
                await outbox.set_unknown(tx, number)

            await self.store.db.write(work)
        for row in await outbox.in_state(self.store.db, self.account.no, "unknown"):
            await self.settle(row)

    async def settle(self, row: OutboxRow) -> None:
        """Find out what became of one row; when the network cannot be asked now it stays unknown for the next start."""
        command = row.decoded()
        dedupe = self.live.session.capabilities.dedupe
        age = self.store.clock() - (row.started_at or row.created_at)
        if not isinstance(command, MAKES_MESSAGE):
            await self._requeue(row) if row.attempt < self.options.token_tries else await self._give_up(row)
        elif dedupe.kind == "token" and age < dedupe.memory_ms and row.attempt < self.options.token_tries:
            await self._requeue(row)
        elif dedupe.kind == "none" or isinstance(command, StartChat) or not isinstance(self.live.session, ReadsHistory):
            await self._give_up(row)
        else:
            try:
                await self._by_history(row, command, dedupe.settle_ms)
            except (NetworkError, TimeoutError) as error:
                log.info("account %s: an unclear send could not be settled yet (%s)", self.account.id, type(error).__name__)
            except TrunklineError:
                await self._give_up(row)

    async def _by_history(self, row: OutboxRow, command: SendMessage | ForwardMessage, settle_ms: int) -> None:
        started = row.started_at or row.created_at
        wait = started + settle_ms - self.store.clock()
        if wait > 0:
            await asyncio.sleep(wait / 1000)
        if await self._is_settled(row):
            return
        target = command.to_chat if isinstance(command, ForwardMessage) else command.chat
        found = await self._find(row, command, target, started - CLOCK_SLACK_MS)
        if found is None:
            await self._requeue(row)
            return

        async def work(tx: Transaction) -> list[int]:
            await leases.check(tx, self.account.no, self.live.epoch)
            batch = Batch(self.store, tx, self.account)
            await outbox.set_provider_id(tx, row.no, found.provider_id)
            await apply(batch, [found])
            return batch.settled_calls

        for call_no in await self.store.db.write(work):
            self.wakes.wake(call_name(call_no))

    async def _find(
        self, row: OutboxRow, command: SendMessage | ForwardMessage, target: str, since_ms: int
    ) -> MessageArrived | None:
        """Our own message of this send among those since the attempt, not claimed by another row: the oldest that fits."""
        session = self.live.session
        assert isinstance(session, ReadsHistory)
        chat = await chats.by_provider_id(self.store.db, self.account.no, target)
        cursor: str | None = None
        fitting: list[MessageArrived] = []
        for _ in range(HISTORY_PAGES_MOST):
            async with asyncio.timeout(self.options.network_call_ms / 1000):
                page = await session.history(target, cursor, self.options.history_page)
            fitting += [event for event in page.messages if event.at_ms >= since_ms and _fits(event, command, row.token)]
            cursor = page.cursor
            if cursor is None or (page.messages and page.messages[-1].at_ms < since_ms):
                break
        for event in reversed(fitting):
            if event.token == row.token or not await self._is_claimed(chat.no if chat else 0, event.provider_id):
                return event
        return None

    async def _is_claimed(self, chat_no: int, provider_id: str) -> bool:
        """Whether another send of ours, or a message that was stored before this one was asked for, has this id."""
        if await outbox.by_provider_id(self.store.db, self.account.no, chat_no, provider_id) is not None:
            return True
        return await messages.by_provider_id(self.store.db, chat_no, provider_id) is not None

    async def _is_settled(self, row: OutboxRow) -> bool:
        fresh = await outbox.by_no(self.store.db, row.no)
        return fresh is None or fresh.state != "unknown"

    async def _requeue(self, row: OutboxRow) -> None:
        async def work(tx: Transaction) -> None:
            await leases.check(tx, self.account.no, self.live.epoch)
            await outbox.requeue(tx, row.no, self.store.clock())

        await self.store.db.write(work)
        self.wakes.wake(outbox_name(self.account.no))

    async def _give_up(self, row: OutboxRow) -> None:
        """It stays unknown and is shown; its queue goes on."""
        error = OutcomeUnknown(
            "It may have been sent; this network cannot tell. Look with get_message or list_chat_messages, do not repeat.",
            message_id=row.public_id,
        )

        async def work(tx: Transaction) -> None:
            await leases.check(tx, self.account.no, self.live.epoch)
            await outbox.settle(tx, row.no, "unknown", self.store.clock())
            await calls.finish(tx, row.call_no, "unknown", answers.of_error(error))

        await self.store.db.write(work)
        self.wakes.wake(call_name(row.call_no))
        self.wakes.wake(outbox_name(self.account.no))


def _fits(event: MessageArrived, command: SendMessage | ForwardMessage, token: str) -> bool:
    if not event.is_own:
        return False
    if event.token is not None:
        return event.token == token
    if isinstance(command, ForwardMessage):
        return bool(event.is_forwarded)
    same_text = (event.text or "").strip() == (command.text or "").strip()
    return same_text and len(event.files) == len(command.files)
