"""Emptying one account's outbox: claim the heads of its queues, carry them, settle what came of it.

    claimed → Done                     its facts are ingested, the row is `sent`, the call answered: one transaction
            → Throttled                queued again if the wait fits the caller's time, else `failed`: nothing leaves later
            → NetworkRefusal           `failed`: certain, nothing was done
            → NotReached               queued again while the caller waits, else `failed`
            → anything else            `unknown`: settle.py finds out, nothing is sent blindly again

A row whose caller has stopped waiting is never begun. A row that may have gone out in an earlier attempt is never `failed` by
a later one: it is carried again whoever waits, and what refuses it then says nothing of the first. The lease's epoch is checked
in the transaction of each claim and of each outcome.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from trunkline.contract.commands import Done
from trunkline.contract.events import Event
from trunkline.hub.acknowledged import acknowledgement_of
from trunkline.hub.carry import MAKES_MESSAGE, carry
from trunkline.hub.facts import facts_of
from trunkline.hub.ingest.apply import apply
from trunkline.hub.ingest.batch import Batch
from trunkline.hub.ingest.settled import result_of
from trunkline.hub.lives import Live
from trunkline.hub.look import CLOCK_SLACK_MS
from trunkline.hub.options import HubOptions
from trunkline.hub.outcomes import never_began
from trunkline.hub.settle import Settler
from trunkline.hub.wakes import JOURNAL, Wakes, call_name, outbox_name
from trunkline.model.errors import (
    AccountError,
    CallerError,
    NetworkRefusal,
    NotAllowed,
    NotReached,
    OutcomeUnknown,
    Throttled,
    TrunklineError,
)
from trunkline.store import answers, calls, leases, messages, outbox
from trunkline.store.accounts import AccountRow
from trunkline.store.engine import Transaction
from trunkline.store.order import first_key
from trunkline.store.outbox import Attempt, OutboxRow
from trunkline.store.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sender:
    """The sender of one connected account. flying: numbers of the rows that are under way in this life."""

    store: Store
    wakes: Wakes
    options: HubOptions
    account: AccountRow
    live: Live
    settler: Settler
    flying: set[int] = field(default_factory=set)

    async def run(self) -> None:
        """Send until cancelled. What is under way when that happens ends as unknown, to be settled later."""
        async with asyncio.TaskGroup() as group:
            with self.wakes.expect(outbox_name(self.account.no)) as expectation:
                while True:
                    await expectation.wait(await self._begin(group))

    async def _begin(self, group: asyncio.TaskGroup) -> int:
        """Begin what may go now; gives for how many milliseconds nothing else is due."""
        now = self.store.clock()
        room = self.options.parallel_sends - len(self.flying)
        if room > 0:
            # Those that fly may still be queued in the eyes of this read: they take no room from the others.
            for row in await outbox.ready(self.store.db, self.account.no, now, room + len(self.flying)):
                if row.no not in self.flying and len(self.flying) < self.options.parallel_sends:
                    self.flying.add(row.no)
                    group.create_task(self._send(row))
        due = await outbox.next_due(self.store.db, self.account.no, now)
        return self.options.look_ms if due is None else min(max(due - now, 1), self.options.look_ms)

    async def _send(self, head: OutboxRow) -> None:
        try:
            row = await self.store.db.write(_Claim(head, self.live, self.store.clock()))
        except NotAllowed as error:
            await self._stopped(head, error)
        else:
            if row is None:
                await self._pass_by(head)
            elif self.settler.may_carry(row):
                await self._carry(row)
            else:
                await self._unknown(row)
                await self.settler.settle(row)
        finally:
            self.flying.discard(head.no)
            self.wakes.wake(outbox_name(self.account.no))

    async def _carry(self, row: OutboxRow) -> None:
        command = row.decoded()
        try:
            async with asyncio.timeout(self.options.network_call_ms / 1000):
                done = await carry(self.live.session, command, row.token)
        except Throttled as error:
            wait = error.retry_after_ms or self.options.backoff_base_ms
            self.live.held_until["sends and changes"] = self.store.clock() + wait
            await self._later(row, wait, _to_wait(error, wait))
        except NotReached as error:
            await self._later(row, self.options.retry_ms, error)
        except AccountError as error:
            # The next life settles what is unclear: until a person has acted nobody can.
            await (self._unknown(row) if row.unclear else self._fail(row, error))
        except (NetworkRefusal, CallerError) as error:
            await self._refused(row, error)
        except Exception as error:
            if not isinstance(error, TrunklineError | TimeoutError):
                log.exception("a %s of account %s ended in a bug", type(command).__name__, self.account.id)
            await self._unknown(row)
            await self.settler.settle(row)
        else:
            await self._done(row, done)

    async def _done(self, row: OutboxRow, done: Done) -> None:
        reacting = self.live.session.capabilities.react
        several = reacting is not None and reacting.several
        facts = facts_of(row.decoded(), done, self.account.identity, self.live.now(), several=several)
        try:
            settled = await self.store.db.write(_Outcome(self, row, done, facts))
        except TrunklineError:
            raise
        except Exception:
            # It was sent, whatever is wrong with what the session told of it: that may not be done again.
            log.exception("account %s: what followed from a command could not be taken in", self.account.id)
            settled = await self.store.db.write(_Outcome(self, row, msgspec.structs.replace(done, events=()), ()))
        for call_no in settled:
            self.wakes.wake(call_name(call_no))
        self.wakes.wake(JOURNAL)

    async def _later(self, row: OutboxRow, wait_ms: int, error: TrunklineError) -> None:
        """Again after a while, when the caller still waits then; an unclear one in any case."""
        again = self.store.clock() + wait_ms
        if again > row.deadline_at and not row.unclear:
            await self._fail(row, error)
            return

        async def work(tx: Transaction) -> None:
            await leases.check(tx, self.account.no, self.live.epoch)
            await outbox.requeue(tx, row.no, again)

        await self.store.db.write(work)

    async def _refused(self, row: OutboxRow, error: TrunklineError) -> None:
        if not row.unclear:
            await self._fail(row, error)
            return
        await self._unknown(row)
        await self.settler.refused(row, error)

    async def _unknown(self, row: OutboxRow) -> None:
        async def work(tx: Transaction) -> None:
            await leases.check(tx, self.account.no, self.live.epoch)
            await outbox.set_unknown(tx, row.no, self.store.clock())

        await self.store.db.write(work)

    async def _fail(self, row: OutboxRow, error: TrunklineError) -> None:
        async def work(tx: Transaction) -> None:
            await leases.check(tx, self.account.no, self.live.epoch)
            if await outbox.set_failed(tx, row.no, self.store.clock()):
                await calls.finish(tx, row.call_no, "failed", answers.of_error(error))

        await self.store.db.write(work)
        self.wakes.wake(call_name(row.call_no))

    async def _stopped(self, head: OutboxRow, error: NotAllowed) -> None:
        """The kill switch was thrown while it waited: nothing leaves any more. What may have gone out before is held."""

        async def work(tx: Transaction) -> None:
            if await outbox.set_failed(tx, head.no, self.store.clock()):
                await calls.finish(tx, head.call_no, "failed", answers.of_error(error))
                return
            await outbox.hold(tx, head.no, self.store.clock())
            unknown = OutcomeUnknown(
                "It was stopped while it waited to be tried again, and may have been sent before: look, do not repeat.",
                message_id=head.public_id,
            )
            await calls.finish(tx, head.call_no, "unknown", answers.of_error(unknown))

        await self.store.db.write(work)
        self.wakes.wake(call_name(head.call_no))

    async def _pass_by(self, head: OutboxRow) -> None:
        """Nobody waits for it any more, or it is not there to be sent: who took it back has answered its call."""

        async def work(tx: Transaction) -> None:
            if await outbox.withdraw(tx, head.call_no, self.store.clock()):
                await calls.finish(tx, head.call_no, "failed", answers.of_error(never_began()))

        await self.store.db.write(work)
        self.wakes.wake(call_name(head.call_no))


def _to_wait(error: Throttled, wait_ms: int) -> Throttled:
    """What the road says of it, which may be a rule of its own and not the network's, and when to repeat the call."""
    seconds = -(-wait_ms // 1000)
    if error.text == Throttled().text:
        text = f"The network asks us to wait {seconds} s. Nothing was sent. Repeat the same call after that."
    elif "repeat" in error.text:
        text = error.text
    else:
        text = f"{error.text} Repeat the same call in {seconds} s."
    return Throttled(text, retry_after_ms=wait_ms)


class _Claim:
    """Takes a head for sending, noting what has to be known to find out later what became of it."""

    def __init__(self, head: OutboxRow, live: Live, now: int):
        self._head, self._live, self._now = head, live, now

    async def __call__(self, tx: Transaction) -> OutboxRow | None:
        await leases.check(tx, self._live.account_no, self._live.epoch)
        await calls.check_grant(tx, self._head.call_no)
        network_now = self._live.now()
        known: list[str] = []
        if self._head.public_id is not None and self._head.chat_no is not None:
            known = await messages.own_since(tx, self._head.chat_no, first_key(max(network_now - CLOCK_SLACK_MS, 0)))
        attempt = Attempt(epoch=self._live.epoch, now=self._now, network_now=network_now, known=msgspec.json.encode(known))
        return await outbox.claim(tx, self._head.no, attempt)


class _Outcome:
    """The network said yes: its facts, the row's end and the call's answer. Gives the calls that are settled by it."""

    def __init__(self, sender: Sender, row: OutboxRow, done: Done, facts: Sequence[Event]):
        self._sender, self._row, self._done, self._facts = sender, row, done, facts

    async def __call__(self, tx: Transaction) -> set[int]:
        sender, row, done = self._sender, self._row, self._done
        await leases.check(tx, sender.account.no, sender.live.epoch)
        batch = Batch(sender.store, tx, sender.account)
        command = row.decoded()
        chat_no = row.chat_no
        if done.chat is not None:
            chat_no = (await batch.chat(done.chat)).no
            await outbox.set_chat(tx, row.no, chat_no)
        if chat_no is not None and done.provider_id is not None and row.public_id is not None:
            await outbox.set_place(tx, row.no, chat_no, done.provider_id)
        await apply(batch, self._facts)
        await outbox.set_sent(tx, row.no, batch.now, done.provider_id)
        if row.call_no not in batch.settled_calls:
            if isinstance(command, MAKES_MESSAGE):
                answer = answers.of_result(await result_of(batch, row, chat_no, done.provider_id))
            else:
                answer = answers.of_result(acknowledgement_of(command, done))
            await calls.finish(tx, row.call_no, "done", answer)
        return {row.call_no, *batch.settled_calls}
