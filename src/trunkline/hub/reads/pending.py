"""A message of ours that the network has not confirmed: shown from the outbox, under the id that is reserved for it."""

import msgspec

from trunkline.contract.commands import ForwardMessage, SendMessage, StartChat
from trunkline.hub.asked import Asked
from trunkline.hub.plans import HubPlan, read_plan
from trunkline.hub.reach import Reach
from trunkline.model.attachment import Document
from trunkline.model.message import Message
from trunkline.model.times import to_wire
from trunkline.operations.backend import Answer
from trunkline.operations.messages import GetMessage
from trunkline.store import attendees, chats
from trunkline.store.outbox import OutboxRow


async def message_of(asked: Asked[GetMessage], row: OutboxRow) -> HubPlan:
    """The plan that shows it."""

    async def run() -> Answer:
        message, chat_id = await _message(asked.reach, row)
        return Answer(msgspec.json.encode(message), frozenset({chat_id} if chat_id else ()))

    return read_plan(asked.operation, run)


async def _message(reach: Reach, row: OutboxRow) -> tuple[Message, str]:
    account = reach.account_of(row.account_no)
    chat = None if row.chat_no is None else await chats.by_no(reach.store.db, row.chat_no)
    own = await attendees.by_provider_id(reach.store.db, account.no, account.identity)
    command = row.decoded()
    text: str | None = None
    files: tuple[Document, ...] = ()
    if isinstance(command, SendMessage | StartChat):
        text = command.text
        files = tuple(
            Document(id=f"{row.public_id}-{number}", file_name=file.file_name, mimetype=file.media_type, file_size=file.size)
            for number, file in enumerate(command.files)
        )
    chat_id = "" if chat is None else chat.id
    target = command.to_chat if isinstance(command, ForwardMessage) else ("" if chat is None else chat.provider_id)
    message = Message(
        id=row.public_id or "",
        account_id=account.id,
        chat_id=chat_id,
        chat_provider_id=target,
        provider_id=row.provider_id or "",
        sender_id=account.identity,
        sender_attendee_id=own.id if own else account.id,
        text=text,
        attachments=files,
        timestamp=to_wire(row.created_at),
        is_sender=1,
        send_state=row.send_state,
    )
    return message, chat_id
