"""What no network has confirmed yet, of one's own accounts and through one's connections to Unipile servers."""

import msgspec

from trunkline.hub.asked import Asked
from trunkline.hub.plans import HubPlan, read_plan
from trunkline.hub.reads.pages import next_position
from trunkline.model.status import PendingSend
from trunkline.model.times import to_wire
from trunkline.operations.administration import ListPending
from trunkline.operations.backend import Answer, Page
from trunkline.store import chats, outbox, remote_writes
from trunkline.store.outbox import OutboxRow
from trunkline.store.remote_writes import PendingWrite
from trunkline.store.render import array


async def list_pending(asked: Asked[ListPending]) -> HubPlan:
    """The writes that the networks have not confirmed, oldest first. Each is told by the number of its call."""

    async def run() -> Answer:
        after, most = int(asked.position or "0", 16), asked.limit + 1
        found = [*await _through_unipile(asked, after, most), *await _of_accounts(asked, after, most)]
        found.sort(key=lambda send: send.id)
        items = [msgspec.json.encode(send) for send in found[: asked.limit]]
        return Answer(Page("PendingList", array(items), next_position(found, asked.limit, lambda send: f"{send.id:x}")))

    return read_plan(asked.operation, run)


async def _of_accounts(asked: Asked[ListPending], after: int, most: int) -> list[PendingSend]:
    reach = asked.reach
    rows: list[OutboxRow] = []
    for account in reach.accounts.values():
        rows += await outbox.pending(reach.store.db, account.no, after, most)
    named = await chats.by_numbers(reach.store.db, {row.chat_no for row in rows if row.chat_no is not None})
    ids = {no: chat.id for no, chat in named.items()}
    return [_of_account(row, reach.account_of(row.account_no).id, ids.get(row.chat_no or 0)) for row in rows]


async def _through_unipile(asked: Asked[ListPending], after: int, most: int) -> list[PendingSend]:
    owner = asked.reach.scope.owner
    return [_of_unipile(write) for write in await remote_writes.pending_of(asked.store.db, owner, after, most)]


def _of_account(row: OutboxRow, account_id: str, chat_id: str | None) -> PendingSend:
    return PendingSend(
        id=row.call_no,
        message_id=row.public_id,
        account_id=account_id,
        chat_id=chat_id,
        command=type(row.decoded()).__name__,
        state=row.send_state,
        attempts=row.attempt,
        created_at=to_wire(row.created_at),
        not_before=to_wire(row.not_before) if row.not_before else None,
    )


def _of_unipile(write: PendingWrite) -> PendingSend:
    return PendingSend(
        id=write.call_no,
        message_id=None,
        account_id=write.account_id,
        chat_id=write.chat_id,
        command="".join(word.capitalize() for word in write.operation.split("_")),
        state="unknown" if write.is_unclear else "sending",
        attempts=1,
        created_at=to_wire(write.at),
        pcid=write.pcid,
    )
