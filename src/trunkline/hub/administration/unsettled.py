"""Settling by hand what no network has confirmed: after a person has looked, and without ever sending anything."""

import msgspec

from trunkline.hub.asked import Asked
from trunkline.hub.plans import HubPlan, read_plan
from trunkline.model.errors import NotPossible
from trunkline.model.status import PendingSettled
from trunkline.operations.administration import SettlePending
from trunkline.operations.backend import Answer
from trunkline.operations.missing import not_found
from trunkline.store import outbox, remote_writes
from trunkline.store.engine import Transaction


async def settle_pending(asked: Asked[SettlePending]) -> HubPlan:
    """Note what a person found. A later echo of the network still tells better. Raises NotFound, NotPossible."""
    operation, store = asked.operation, asked.store
    wanted = operation.pending_id
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else 0
    row = await outbox.by_call(store.db, number)
    if row is not None and row.account_no not in {account.no for account in asked.reach.accounts.values()}:
        raise not_found("pending_id", wanted)
    if row is None and not await remote_writes.is_of(store.db, number, asked.reach.scope.owner):
        raise not_found("pending_id", wanted)

    async def work(tx: Transaction) -> bool:
        if row is None:
            return await remote_writes.settle_by_hand(tx, number)
        return await outbox.settle_by_hand(tx, row.no, store.clock(), sent=operation.outcome == "sent")

    async def run() -> Answer:
        if not await store.db.write(work):
            raise NotPossible(
                "This write is settled already, or is still on its way or being looked for. Look at the pending list again."
            )
        return Answer(msgspec.json.encode(PendingSettled(id=number, outcome=operation.outcome)))

    return read_plan(operation, run)
