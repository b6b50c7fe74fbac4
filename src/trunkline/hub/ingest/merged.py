"""Two people, or two chats, turn out to be one."""

from trunkline.contract.events import ChatMerged, PeopleMerged
from trunkline.hub.ingest.batch import Batch
from trunkline.store import attendees, chats, merging


async def take_people(batch: Batch, event: PeopleMerged) -> None:
    """The other id leads to the same person from now on."""
    gone = await attendees.by_provider_id(batch.tx, batch.account.no, event.gone)
    if gone is None:
        return
    into = await batch.person(event.into)
    if gone.no != into.no:
        await merging.merge_people(batch.tx, batch.account.no, gone, into)
    await batch.forget()


async def take_chats(batch: Batch, event: ChatMerged) -> None:
    """Messages of both lie in one chat; the other is gone."""
    known = await chats.by_provider_id(batch.tx, batch.account.no, event.gone)
    if known is None or known.removed:
        return
    into = await batch.chat(event.into)
    await batch.forget()
    gone, kept = await chats.by_no(batch.tx, known.no), await chats.by_no(batch.tx, into.no)
    assert gone is not None
    assert kept is not None
    await merging.merge_chats(batch.tx, gone, kept)
    await batch.tell("chat_removed", chat_no=gone.no, object_id=gone.id)
    await batch.tell("chat_changed", chat_no=kept.no, object_id=kept.id)
