"""Somebody has read, something has arrived."""

from trunkline.contract.events import DeliveredUpTo, ReadUpTo
from trunkline.hub.ingest.batch import Batch
from trunkline.hub.ingest.happened import tell_of_message
from trunkline.store import marks, messages
from trunkline.store.document import decode


async def take_read(batch: Batch, event: ReadUpTo) -> None:
    """A read mark moves, or waits for its message."""
    chat = await batch.chat(event.chat)
    is_own = event.person is None or event.person == batch.account.identity
    known = await messages.by_provider_id(batch.tx, chat.no, event.provider_id)
    if known is None:
        reason: marks.Reason = "read_own" if is_own else "read_peer"
        await marks.wait_for(batch.tx, chat.no, event.provider_id, reason=reason, subject=event.person or "", at=event.at_ms)
        return
    await batch.settle_chat(chat)
    if is_own:
        moved = await marks.move_own(batch.tx, chat, known.key, event.at_ms)
    else:
        moved = await marks.move_peer(batch.tx, chat, event.person or "", known.key, event.at_ms)
    if moved:
        await tell_of_message(batch, "message_read", await batch.chat(event.chat), decode(known.document))


async def take_delivered(batch: Batch, event: DeliveredUpTo) -> None:
    """Our messages arrived, up to one."""
    chat = await batch.chat(event.chat)
    known = await messages.by_provider_id(batch.tx, chat.no, event.provider_id)
    if known is None:
        await marks.wait_for(batch.tx, chat.no, event.provider_id, reason="delivered", subject="", at=event.at_ms)
        return
    await batch.settle_chat(chat)
    if await marks.move_delivered(batch.tx, chat, known.key):
        await tell_of_message(batch, "message_delivered", await batch.chat(event.chat), decode(known.document))
