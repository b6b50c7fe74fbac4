"""Finding out what became of a command whose outcome nobody knows (security.md 6.3). Nothing is ever sent again blindly.

    token     sent again under the same token while the network remembers it, else as history
    history   after the settle time our own messages of that chat since the attempt are read: found → sent, absent → queued
    none      a moment's wait for the echo, then it stays unknown and is shown; a later echo settles it all the same

A command that makes no message ends the same however often it is carried: it is queued again. An unknown row holds its queue
while this goes on; then it is `finished` and lets the next one pass. A network that cannot be asked now is asked again later.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import msgspec

from trunkline.contract.commands import Done
from trunkline.contract.session import ReadsHistory
from trunkline.hub.acknowledged import acknowledgement_of
from trunkline.hub.backoff import delay_ms
from trunkline.hub.carry import MAKES_MESSAGE
from trunkline.hub.ingest.apply import apply
from trunkline.hub.ingest.batch import Batch
from trunkline.hub.lives import Live
from trunkline.hub.look import Found, Lookout, PartlyFound
from trunkline.hub.options import HubOptions
from trunkline.hub.outcomes import cannot_be_told
from trunkline.hub.wakes import JOURNAL, Wakes, call_name, outbox_name
from trunkline.hub.wished import is_so
from trunkline.model.errors import AccountError, NetworkError, StoreUnavailable, Throttled, TrunklineError
from trunkline.store import answers, calls, leases, outbox
from trunkline.store.accounts import AccountRow
from trunkline.store.engine import Transaction
from trunkline.store.outbox import OutboxRow
from trunkline.store.store import Store

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Unknown rows of an account that are looked for at the same time."""


@dataclass(frozen=True)
class Settler:
    """Settles the unknown rows of one connected account."""

    store: Store
    wakes: Wakes
    options: HubOptions
    account: AccountRow
    live: Live

    async def settle_all(self) -> None:
        """After a connect: what an earlier life left unknown, oldest first."""
        limit = asyncio.Semaphore(AT_ONCE)

        async def one(row: OutboxRow) -> None:
            async with limit:
                await self.settle(row)

        async with asyncio.TaskGroup() as group:
            for row in await outbox.in_state(self.store.db, self.account.no, "unknown"):
                group.create_task(one(row))

    async def settle(self, row: OutboxRow) -> None:
        """Find out what became of a row that is unknown. While a person must act first it stays so, for the next life."""
        await self._until_known(row, self._settle)

    async def refused(self, row: OutboxRow, refusal: TrunklineError) -> None:
        """A repeat was refused, for certain; an earlier attempt may have gone out all the same. The row is unknown."""

        async def work(row: OutboxRow) -> None:
            if not isinstance(row.decoded(), MAKES_MESSAGE):
                await self._by_state(row)
            elif self._can_look():
                await self._by_history(row, refusal)
            else:
                await self._by_echo(row)

        await self._until_known(row, work)

    def may_carry(self, row: OutboxRow) -> bool:
        """Whether a claimed row can be carried: not when it may have gone out and the network would do it a second time."""
        return not row.unclear or self._may_repeat(row)

    async def _until_known(self, row: OutboxRow, work: Callable[[OutboxRow], Awaitable[None]]) -> None:
        failures = 0
        while True:
            try:
                await work(row)
                return
            except StoreUnavailable:
                raise
            except AccountError:
                return
            except (NetworkError, Throttled, TimeoutError) as error:
                failures += 1
                log.info("account %s: an unclear send is looked for again later (%s)", self.account.id, type(error).__name__)
                wait = getattr(error, "retry_after_ms", None) or delay_ms(self.options, failures)
                await asyncio.sleep(wait / 1000)
            except TrunklineError:
                await self._give_up(row)
                return

    async def _settle(self, row: OutboxRow) -> None:
        if self._may_repeat(row) and row.attempt < self.options.token_tries:
            # The first repeat goes at once; what fails again and again may have a reason that passes.
            await self._again(row, self.store.clock() + (row.attempt - 1) * self.options.retry_ms, is_clear=False)
        elif not isinstance(row.decoded(), MAKES_MESSAGE):
            await self._by_state(row)
        elif self._can_look():
            await self._by_history(row, None)
        else:
            await self._by_echo(row)

    def _may_repeat(self, row: OutboxRow) -> bool:
        """Whether doing it again is doing it once: always where no message is made, else while the network knows the token."""
        if not isinstance(row.decoded(), MAKES_MESSAGE):
            return True
        assert row.first_at is not None
        assert row.network_at is not None
        dedupe = self.live.session.capabilities.dedupe
        # On either clock: the network's may have been moved, ours set.
        age = max(self.store.clock() - row.first_at, self.live.now() - row.network_at)
        return dedupe.kind == "token" and age < dedupe.memory_ms

    def _can_look(self) -> bool:
        session = self.live.session
        return session.capabilities.dedupe.kind != "none" and isinstance(session, ReadsHistory)

    async def _by_echo(self, row: OutboxRow) -> None:
        if not await self._settles_within(row, self.options.echo_ms):
            await self._give_up(row)

    async def _by_history(self, row: OutboxRow, refusal: TrunklineError | None) -> None:
        """refusal: what to answer when nothing is found; None: then it is sent."""
        fresh = await outbox.by_no(self.store.db, row.no)
        if fresh is None or fresh.unclear_at is None:
            return
        # From when the attempt ended: it may have lasted long, and what it sent may be on its way still.
        wait = fresh.unclear_at + self.live.session.capabilities.dedupe.settle_ms - self.store.clock()
        if await self._settles_within(row, wait):
            return
        async with asyncio.timeout(self.options.network_call_ms / 1000):
            found = await self._looked_for(row, refusal)
        if found is not None:
            await self._note_found(row, found)
        elif refusal is None:
            await self._again(row, self.store.clock(), is_clear=True)
        else:
            await self._fail(row, refusal)

    async def _looked_for(self, row: OutboxRow, refusal: TrunklineError | None) -> Found | None:
        try:
            return await Lookout(self.store, self.options, self.account, self.live.session).find(row)
        except PartlyFound:
            if refusal is None:
                raise
            return None  # the refusal says what is there

    async def _by_state(self, row: OutboxRow) -> None:
        """A command that makes no message: whether what it asks for is so, once the network has had time to say it."""
        command = row.decoded()
        ends = self.store.clock() + self.options.echo_ms
        while not await is_so(self.store.db, self.account.no, command):
            left = ends - self.store.clock()
            if left <= 0:
                await self._give_up(row)
                return
            await asyncio.sleep(min(left, self.options.retry_ms) / 1000)

        async def work(tx: Transaction) -> None:
            await leases.check(tx, self.account.no, self.live.epoch)
            await outbox.set_sent(tx, row.no, self.store.clock(), None)
            await calls.finish(tx, row.call_no, "done", answers.of_result(acknowledgement_of(command, Done())))

        await self._write(row, work)

    async def _settles_within(self, row: OutboxRow, wait_ms: int) -> bool:
        """Whether an echo settles the row within this time, or has done so."""
        ends = self.store.clock() + wait_ms
        with self.wakes.expect(call_name(row.call_no)) as expectation:
            while True:
                fresh = await outbox.by_no(self.store.db, row.no)
                if fresh is None or fresh.state != "unknown":
                    return True
                left = ends - self.store.clock()
                if left <= 0:
                    return False
                await expectation.wait(left)

    async def _note_found(self, row: OutboxRow, found: Found) -> None:
        message = msgspec.structs.replace(found.message, live=True)

        async def work(tx: Transaction) -> None:
            await leases.check(tx, self.account.no, self.live.epoch)
            batch = Batch(self.store, tx, self.account)
            await apply(batch, found.before)
            chat = await batch.chat(message.chat)
            await outbox.set_place(tx, row.no, chat.no, message.provider_id)
            await apply(batch, [message])

        await self._write(row, work)

    async def _again(self, row: OutboxRow, not_before: int, *, is_clear: bool) -> None:
        async def work(tx: Transaction) -> None:
            await leases.check(tx, self.account.no, self.live.epoch)
            if is_clear:
                await outbox.clear(tx, row.no)
            await outbox.requeue(tx, row.no, not_before)

        await self._write(row, work)

    async def _fail(self, row: OutboxRow, refusal: TrunklineError) -> None:
        async def work(tx: Transaction) -> None:
            await leases.check(tx, self.account.no, self.live.epoch)
            await outbox.clear(tx, row.no)
            if await outbox.set_failed(tx, row.no, self.store.clock()):
                await calls.finish(tx, row.call_no, "failed", answers.of_error(refusal))

        await self._write(row, work)

    async def _give_up(self, row: OutboxRow) -> None:
        """It stays unknown and is shown; its queue goes on."""

        async def work(tx: Transaction) -> None:
            await leases.check(tx, self.account.no, self.live.epoch)
            if await outbox.give_up(tx, row.no, self.store.clock()):
                await calls.finish(tx, row.call_no, "unknown", answers.of_error(cannot_be_told(row)))

        await self._write(row, work)

    async def _write(self, row: OutboxRow, work: Callable[[Transaction], Awaitable[None]]) -> None:
        await self.store.db.write(work)
        self.wakes.wake(JOURNAL)
        self.wakes.wake(call_name(row.call_no))
        self.wakes.wake(outbox_name(self.account.no))
