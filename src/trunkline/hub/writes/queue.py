"""From a checked command to its outcome: on the books and in the outbox in one transaction, then waiting for the sender.

The answer is always read from the call's row: a wake only says that it is worth looking.
"""

import base64
from dataclasses import dataclass

from trunkline.contract.commands import Command
from trunkline.hub.asked import Parts
from trunkline.hub.lives import trouble_of
from trunkline.hub.outcomes import never_began, out_of_time
from trunkline.hub.wakes import call_name, outbox_name
from trunkline.model.errors import NoSession, StoreUnavailable, TrunklineError
from trunkline.operations.backend import Answer, Call
from trunkline.store import answers, calls, outbox
from trunkline.store.accounts import AccountRow
from trunkline.store.calls import Begun
from trunkline.store.engine import Transaction
from trunkline.store.outbox import NewRow


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
    return await outcome_of(parts, begun.no, call.deadline_ms, replayed=begun.earlier is not None)


async def outcome_of(parts: Parts, call_no: int, deadline_ms: int, *, replayed: bool) -> Answer:
    """The outcome of a call that is on the books. Raises its error, or OutcomeUnknown at the deadline."""
    store = parts.store
    with parts.wakes.expect(call_name(call_no)) as expectation:
        while True:
            row = await calls.by_no(store.db, call_no)
            if row is not None and row.answer is not None:
                return Answer(_read(row.answer, call_no, replayed=replayed), call=call_no, replayed=replayed)
            left = deadline_ms - store.clock()
            if left <= 0 and (error := await _out_of_time(parts, call_no)) is not None:
                raise error
            await expectation.wait(min(left, parts.options.look_ms))


def _read(answer: bytes, call_no: int, *, replayed: bool) -> bytes:
    """The result of a call. Raises its error, which carries the call's number as an answer does."""
    try:
        return answers.read(answer)
    except TrunklineError as error:
        error.call, error.replayed = call_no, replayed
        raise


async def _out_of_time(parts: Parts, call_no: int) -> TrunklineError | None:
    """The caller's time is over: what has not begun is withdrawn for certain, what is under way may still go out.

    None when the answer came in this very moment.
    """
    error = never_began()
    error.call = call_no

    async def withdraw(tx: Transaction) -> bool:
        if not await outbox.withdraw(tx, call_no, parts.store.clock()):
            return False
        await calls.finish(tx, call_no, "failed", answers.of_error(error))
        return True

    try:
        if await parts.store.db.write(withdraw):
            return error
    except StoreUnavailable:
        # The disk says no to this as well; what was queued before may be on its way all the same.
        pass
    row = await calls.by_no(parts.store.db, call_no)
    if row is not None and row.answer is not None:
        return None
    sending = await outbox.by_call(parts.store.db, call_no)
    return out_of_time(None if sending is None else sending.public_id)
