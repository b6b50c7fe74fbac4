"""A message of ours turned up on the network: the send it belongs to is settled, and the call that asked for it answered."""

from trunkline.contract.commands import ForwardMessage, SendMessage, StartChat
from trunkline.hub import answers
from trunkline.hub.ingest.batch import Batch
from trunkline.model.acknowledgements import ChatStarted, MessageForwarded, MessageSent
from trunkline.store import calls, chats, outbox
from trunkline.store.outbox import OutboxRow


async def note_sent(batch: Batch, row: OutboxRow, provider_id: str, chat: str) -> None:
    """The row's message is on the network under this id, in this chat. Does nothing when that was known."""
    if row.state == "sent" and row.finished_at is not None:
        return
    await outbox.settle(batch.tx, row.no, "sent", batch.now, provider_id=provider_id)
    await calls.finish(batch.tx, row.call_no, "done", answers.of_result(await result_of(batch, row, chat)))
    batch.settled_calls.append(row.call_no)


async def result_of(batch: Batch, row: OutboxRow, chat: str | None = None) -> MessageSent | MessageForwarded | ChatStarted:
    """What the caller of a send is told. chat: the network's id of the chat it went to, where the row does not know."""
    command = row.decoded()
    if isinstance(command, StartChat):
        known = None if chat is None else await chats.by_provider_id(batch.tx, batch.account.no, chat)
        return ChatStarted(chat_id=None if known is None else known.id, message_id=row.public_id)
    if isinstance(command, ForwardMessage):
        return MessageForwarded(message_id=row.public_id)
    assert isinstance(command, SendMessage)
    return MessageSent(message_id=row.public_id)
