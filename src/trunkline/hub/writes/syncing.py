"""Asking for a chat's whole history: a task that runs on by itself, and where it stands (unipile-v1 7.9).

idle → (call) SYNC_STARTED → running → calls say SYNC_RUNNING → finished → the next call says SYNC_DONE or SYNC_ERROR → idle
"""

import msgspec
from msgspec import UNSET

from trunkline.hub import bounds
from trunkline.hub.asked import Asked
from trunkline.hub.lives import sheet_of
from trunkline.hub.plans import HubPlan, read_plan
from trunkline.hub.wakes import sync_name
from trunkline.model.acknowledgements import ChatHistorySync, SyncStatus
from trunkline.operations.backend import Answer
from trunkline.operations.chats import SyncChatHistory
from trunkline.store import syncs
from trunkline.store.engine import Transaction
from trunkline.store.syncs import SyncRow

_TOLD: dict[str, SyncStatus] = {"done": "SYNC_DONE", "error": "SYNC_ERROR", "running": "SYNC_RUNNING"}


async def sync_chat_history(asked: Asked[SyncChatHistory]) -> HubPlan:
    """Begin to fetch a chat's history, or tell where that stands."""
    chat = await asked.reach.chat(asked.operation.chat_id)
    account = asked.reach.account_of(chat.account_no)
    sheet = sheet_of(account)
    if sheet.history is None:
        raise bounds.unsupported("give a chat's history", sheet, "What arrives from now on is kept.", ability="history")

    async def work(tx: Transaction) -> tuple[SyncStatus, SyncRow | None]:
        row = await syncs.of_chat(tx, chat.no)
        if row is None or (row.state == "running" and not row.whole):
            await syncs.begin(tx, chat.no, asked.store.clock(), whole=True)
            return "SYNC_STARTED", None
        if row.state != "running":
            await syncs.forget(tx, chat.no)
        return _TOLD[row.state], row

    async def run() -> Answer:
        status, row = await asked.store.db.write(work)
        asked.parts.wakes.wake(sync_name(account.no))
        told = ChatHistorySync(
            chat_id=chat.id,
            status=status,
            messages=UNSET if row is None else row.messages,
            detail=UNSET if row is None or row.detail is None else row.detail,
        )
        return Answer(msgspec.json.encode(told))

    return read_plan(asked.operation, run, chat.id)
