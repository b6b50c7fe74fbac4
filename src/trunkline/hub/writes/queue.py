"""From a checked command to its outcome: on the books and in the outbox in one transaction, then waiting for the sender.

The answer is always read from the call's row: a wake only says that it is worth looking.
"""

import base64
from dataclasses import dataclass

from trunkline.contract.commands import Command
from trunkline.hub.asked import Parts
from trunkline.hub.lives import trouble_of
from trunkline.hub.outcomes import ended_before, never_began, out_of_time
from trunkline.hub.wakes import call_name, outbox_name
from trunkline.model.errors import NoSession, StoreUnavailable, TrunklineError
from trunkline.operations.backend import Answer, Call
from trunkline.store import answers, calls, outbox
from trunkline.store.accounts import AccountRow
from trunkline.store.calls import Begun
from trunkline.store.engine import Transaction
from trunkline.store.outbox import NewRow

FOREVER = 2**62


@dataclass(frozen=True)
class Order:
    """A command, and where it queues. chat_no None: the chat is still to be made."""

    account: AccountRow
    chat_no: int | None
    queue: str
    command: Command
    makes_message: bool = False


def chat_queue(chat_no: int) -> str:
    """The queue of a chat: what is asked for in one chat goes out in that order."""
    return f"chat:{chat_no}"


async def carry_out(parts: Parts, order: Order, call: Call) -> Answer:
    """Queue a command and wait for its outcome, until the call's deadline."""
    trouble = trouble_of(order.account)
    if trouble is not None:
        raise trouble
    if order.account.road not in parts.lives.connectors:
        raise NoSession(f"The road '{order.account.road}' is not installed here. Nothing was done.")
    store = parts.store
    token = base64.b32encode(store.entropy(20)).decode().rstrip("=")
    public_id = store.new_id() if order.makes_message else None

    async def work(tx: Transaction) -> Begun:
        begun = await calls.begin(tx, call)
        if begun.earlier is None:
            new = NewRow(
                call_no=begun.no,
                account_no=order.account.no,
                chat_no=order.chat_no,
                queue=order.queue,
                public_id=public_id,
                command=order.command,
                token=token,
                created_at=call.at_ms,
                deadline_at=call.deadline_ms,
            )
            await outbox.put(tx, new)
        elif begun.earlier.state == "running":
            await outbox.extend(tx, begun.no, call.deadline_ms)
        return begun

    begun = await store.db.write(work)
    parts.wakes.wake(outbox_name(order.account.no))
    return await _outcome(parts, order.account.no, Waiting(begun.no, call.deadline_ms, begun.earlier is not None))


@dataclass(frozen=True)
class Waiting:
    """A caller who waits for a call's outcome."""

    call_no: int
    deadline_ms: int
    replayed: bool


async def _outcome(parts: Parts, account_no: int, caller: Waiting) -> Answer:
    """The outcome of a call that is on the books. Raises its error, or OutcomeUnknown when the caller's time is over.

    That is at its deadline, or sooner where the server ends. What has not begun by then is withdrawn for certain. What is
    under way gets a last moment: most of it ends in that.
    """
    store, call_no = parts.store, caller.call_no
    with parts.wakes.expect(call_name(call_no)) as expectation:
        while True:
            row = await calls.by_no(store.db, call_no)
            if row is not None and row.answer is not None:
                return Answer(_read(row.answer, caller), call=call_no, replayed=caller.replayed)
            ends_at = parts.wakes.ends_at
            is_ending = ends_at is not None and ends_at < caller.deadline_ms
            left = (caller.deadline_ms if ends_at is None else min(caller.deadline_ms, ends_at)) - store.clock()
            if left > 0:
                await expectation.wait(min(left, parts.options.look_ms))
            elif await _withdraw(parts, account_no, call_no, is_ending=is_ending):
                continue
            elif left > -parts.options.grace_ms:
                await expectation.wait(left + parts.options.grace_ms)
            else:
                sending = await outbox.by_call(store.db, call_no)
                raise out_of_time(None if sending is None else sending.public_id, is_ending=is_ending)


def _read(answer: bytes, caller: Waiting) -> bytes:
    """The result of a call. Raises its error, which carries the call's number as an answer does."""
    try:
        return answers.read(answer)
    except TrunklineError as error:
        error.call, error.replayed = caller.call_no, caller.replayed
        raise


async def _withdraw(parts: Parts, account_no: int, call_no: int, *, is_ending: bool) -> bool:
    """Take back what has not begun; gives whether it was taken back. is_ending: whoever may still wait for it."""
    error = ended_before() if is_ending else never_began()

    async def work(tx: Transaction) -> bool:
        if not await outbox.withdraw(tx, call_no, parts.store.clock(), FOREVER if is_ending else None):
            return False
        await calls.finish(tx, call_no, "failed", answers.of_error(error))
        return True

    try:
        withdrawn = await parts.store.db.write(work)
    except StoreUnavailable:
        # The disk says no to this as well; what was queued before may be on its way all the same.
        return False
    if withdrawn:
        parts.wakes.wake(outbox_name(account_no))
    return withdrawn
