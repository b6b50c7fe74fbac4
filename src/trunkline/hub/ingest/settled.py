"""A message of ours turned up on the network, or never will: its send is settled, and the call that asked for it answered."""

from trunkline.contract.events import SendFailed
from trunkline.hub.ingest.batch import Batch
from trunkline.model.acknowledgements import ChatStarted, MessageForwarded, MessageSent
from trunkline.model.errors import NotPossible
from trunkline.operations.chats import StartNewChat
from trunkline.operations.declaration import name_of
from trunkline.operations.messages import ForwardMessage
from trunkline.store import answers, calls, chats, messages, outbox
from trunkline.store.outbox import OutboxRow


async def note_sent(batch: Batch, row: OutboxRow, provider_id: str, chat: str) -> None:
    """The row's message is on the network under this id, in this chat. Does nothing when that was known."""
    if row.state == "sent" and row.provider_id is not None:
        return
    place = await batch.chat(chat)
    await outbox.set_chat(batch.tx, row.no, place.no)
    await outbox.set_sent(batch.tx, row.no, batch.now, provider_id)
    if row.state == "sent":
        # The network had said yes, and the caller knows: only the message's name was missing.
        return
    await calls.finish(batch.tx, row.call_no, "done", answers.of_result(await result_of(batch, row, place.no, provider_id)))
    batch.settled_calls.append(row.call_no)


async def take_failure(batch: Batch, event: SendFailed) -> None:
    """Nothing came of the send with this token, the network says. What was sent, or answered already, stays as it is."""
    row = await outbox.by_token(batch.tx, event.token)
    if row is None or row.account_no != batch.account.no or not await outbox.set_undone(batch.tx, row.no, batch.now):
        return
    await calls.finish(batch.tx, row.call_no, "failed", answers.of_error(NotPossible(event.reason)))
    batch.settled_calls.append(row.call_no)


async def result_of(
    batch: Batch, row: OutboxRow, chat_no: int | None, provider_id: str | None
) -> MessageSent | MessageForwarded | ChatStarted:
    """What the caller of a send is told, by what was asked for: a start may have been said in a chat that existed."""
    message_id = await _message_id(batch, row, chat_no, provider_id)
    operation = await calls.operation_of(batch.tx, row.call_no)
    if operation == name_of(StartNewChat):
        chat = None if chat_no is None else await chats.by_no(batch.tx, chat_no)
        return ChatStarted(chat_id=None if chat is None else chat.id, message_id=message_id)
    if operation == name_of(ForwardMessage):
        return MessageForwarded(message_id=message_id)
    return MessageSent(message_id=message_id)


async def _message_id(batch: Batch, row: OutboxRow, chat_no: int | None, provider_id: str | None) -> str | None:
    """The reserved id, unless the message was stored before anybody could know it for this row's."""
    if row.public_id is None or chat_no is None or provider_id is None:
        return row.public_id
    known = await messages.by_provider_id(batch.tx, chat_no, provider_id)
    return row.public_id if known is None else known.id
