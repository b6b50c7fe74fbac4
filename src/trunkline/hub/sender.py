"""Emptying one account's outbox: claim the heads of its queues, carry them, settle what came of it.

    claimed → Done                     its facts are ingested, the row is `sent`, the call answered: one transaction
            → Throttled                queued again if the wait fits the caller's time, else `failed`: nothing leaves later
            → NetworkRefusal           `failed`: certain, nothing was done
            → NotReached               queued again while the caller waits, else `failed`
            → anything else            `unknown`: settle.py finds out, nothing is sent blindly again

A row whose caller has stopped waiting is never begun. Before each claim the lease's epoch is checked in the same statement.
"""

import asyncio
import logging
from dataclasses import dataclass

from trunkline.contract.commands import Done
from trunkline.hub import answers
from trunkline.hub.acknowledged import acknowledgement_of
from trunkline.hub.carry import MAKES_MESSAGE, carry
from trunkline.hub.facts import facts_of
from trunkline.hub.ingest.apply import apply
from trunkline.hub.ingest.batch import Batch
from trunkline.hub.ingest.settled import result_of
from trunkline.hub.lives import Live
from trunkline.hub.options import HubOptions
from trunkline.hub.settle import Settler
from trunkline.hub.wakes import Wakes, call_name, outbox_name
from trunkline.model.errors import (
    AccountError,
    CallerError,
    NetworkRefusal,
    NotReached,
    Throttled,
    TrunklineError,
)
from trunkline.store import calls, leases, outbox
from trunkline.store.accounts import AccountRow
from trunkline.store.engine import Transaction
from trunkline.store.outbox import OutboxRow
from trunkline.store.store import Store

log = logging.getLogger(__name__)

RETRY_MS = 500
"""The pause before a send that did not reach the network is tried again."""


@dataclass(frozen=True)
class Sender:
    """The sender of one connected account."""

    store: Store
    wakes: Wakes
    options: HubOptions
    account: AccountRow
    live: Live
    settler: Settler

    async def run(self) -> None:
        """Send until cancelled. What is under way when that happens ends as unknown, to be settled later."""
        flying: set[int] = set()
        async with asyncio.TaskGroup() as group:
            with self.wakes.expect(outbox_name(self.account.no)) as expectation:
                while True:
                    now = self.store.clock()
                    room = self.options.parallel_sends - len(flying)
                    for row in await outbox.ready(self.store.db, self.account.no, now, max(room, 0)):
                        if row.no not in flying:
                            flying.add(row.no)
                            task = group.create_task(self._send(row))
                            task.add_done_callback(lambda _task, number=row.no: flying.discard(number))  # type: ignore[misc]
                    due = await outbox.next_due(self.store.db, self.account.no, now)
                    await expectation.wait(None if due is None else max(due - now, 1))

    async def _send(self, head: OutboxRow) -> None:
        try:
            if self.store.clock() > head.deadline_at:
                await self._end(head, _too_late())
                return
            row = await self.store.db.write(_Claim(head.no, self.live.epoch, self.store.clock()))
            if row is not None:
                await self._carry(row)
        finally:
            self.wakes.wake(outbox_name(self.account.no))

    async def _carry(self, row: OutboxRow) -> None:
        command = row.decoded()
        try:
            async with asyncio.timeout(self.options.network_call_ms / 1000):
                done = await carry(self.live.session, command, row.token)
        except Throttled as error:
            await self._throttled(row, error)
        except (NetworkRefusal, CallerError, AccountError) as error:
            await self._end(row, error)
        except NotReached as error:
            await self._not_reached(row, error)
        except asyncio.CancelledError:
            await asyncio.shield(self._unknown(row))
            raise
        except Exception as error:
            if not isinstance(error, TrunklineError | TimeoutError):
                log.warning("a %s of account %s ended in %s", type(command).__name__, self.account.id, type(error).__name__)
            await self._unknown(row)
            await self.settler.settle(row)
        else:
            await self._done(row, done)

    async def _done(self, row: OutboxRow, done: Done) -> None:
        batch: Batch | None = None

        async def work(tx: Transaction) -> None:
            nonlocal batch
            await leases.check(tx, self.account.no, self.live.epoch)
            batch = Batch(self.store, tx, self.account)
            command = row.decoded()
            if done.provider_id is not None:
                await outbox.set_provider_id(tx, row.no, done.provider_id)
            await apply(batch, facts_of(command, done, self.account.identity, batch.now))
            if isinstance(command, MAKES_MESSAGE):
                answer = answers.of_result(await result_of(batch, row, done.chat))
                settled = done.provider_id is not None or row.public_id is None
            else:
                answer, settled = answers.of_result(acknowledgement_of(command, done)), True
            if settled:
                await outbox.settle(tx, row.no, "sent", batch.now, provider_id=done.provider_id)
            await calls.finish(tx, row.call_no, "done", answer)

        await self.store.db.write(work)
        assert batch is not None
        for call_no in {row.call_no, *batch.settled_calls}:
            self.wakes.wake(call_name(call_no))

    async def _throttled(self, row: OutboxRow, error: Throttled) -> None:
        wait = error.retry_after_ms or self.options.backoff_base_ms
        again = self.store.clock() + wait
        if again > row.deadline_at:
            seconds = -(-wait // 1000)
            text = f"The network asks us to wait {seconds} s. Nothing was sent. Repeat the same call after that."
            await self._end(row, Throttled(text, retry_after_ms=wait))
            return
        await self._again(row, again)

    async def _not_reached(self, row: OutboxRow, error: NotReached) -> None:
        again = self.store.clock() + RETRY_MS
        if again > row.deadline_at:
            await self._end(row, error)
            return
        await self._again(row, again)

    async def _again(self, row: OutboxRow, not_before: int) -> None:
        async def work(tx: Transaction) -> None:
            await leases.check(tx, self.account.no, self.live.epoch)
            await outbox.requeue(tx, row.no, not_before)

        await self.store.db.write(work)

    async def _unknown(self, row: OutboxRow) -> None:
        async def work(tx: Transaction) -> None:
            await outbox.set_unknown(tx, row.no)

        await self.store.db.write(work)

    async def _end(self, row: OutboxRow, error: TrunklineError) -> None:
        async def work(tx: Transaction) -> None:
            await leases.check(tx, self.account.no, self.live.epoch)
            await outbox.settle(tx, row.no, "failed", self.store.clock())
            await calls.finish(tx, row.call_no, "failed", answers.of_error(error))

        await self.store.db.write(work)
        self.wakes.wake(call_name(row.call_no))


def _too_late() -> TrunklineError:
    return NotReached("The account was not connected while the call waited. Nothing was sent; repeat the call later.")


class _Claim:
    def __init__(self, no: int, epoch: int, now: int):
        self._no, self._epoch, self._now = no, epoch, now

    async def __call__(self, tx: Transaction) -> OutboxRow | None:
        return await outbox.claim(tx, self._no, self._epoch, self._now)
