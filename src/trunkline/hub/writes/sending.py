"""Sending a message in a chat, and forwarding one."""

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.commands import ForwardMessage as ForwardCommand
from trunkline.contract.commands import OutgoingFile, SendMessage
from trunkline.contract.session import FetchesFiles
from trunkline.hub import bounds
from trunkline.hub.asked import Asked
from trunkline.hub.lives import sheet_of
from trunkline.hub.plans import HubPlan, write_plan
from trunkline.hub.writes.files import keep
from trunkline.hub.writes.parts import check_words, said_in
from trunkline.hub.writes.queue import Order, carry_out, chat_queue
from trunkline.model.attachment import Image, Size, Video
from trunkline.model.errors import InvalidArgument, NotPossible, ReadOnlyChat, Unsupported, WrongAccount
from trunkline.operations.backend import Answer, Call
from trunkline.operations.chats import SendMessageInChat
from trunkline.operations.messages import ForwardMessage
from trunkline.operations.missing import not_found
from trunkline.store import attachments, chats, marks, messages
from trunkline.store.chats import ChatRow
from trunkline.store.document import decode
from trunkline.store.messages import StoredMessage

FORWARD_MOST_BYTES = 100 * 1024 * 1024
"""The largest file that is fetched to be sent again where a network cannot forward."""


async def send_message_in_chat(asked: Asked[SendMessageInChat]) -> HubPlan:
    """Send a message."""
    operation, reach = asked.operation, asked.reach
    chat = await reach.chat(operation.chat_id)
    account = reach.account_of(chat.account_no)
    if operation.account_id is not None and reach.account(operation.account_id).no != account.no:
        raise WrongAccount(f"The chat belongs to another account than account_id names ({account.id}). Nothing was sent.")
    sheet = sheet_of(account)
    if sheet.send is None:
        raise bounds.unsupported("send messages", sheet, ability="send")
    if chat.read_only:
        raise ReadOnlyChat
    said = said_in(operation, sheet.send, sheet)
    quote = await _message_in(asked, chat, operation.quote_id, "quote_id") if operation.quote_id else None
    if quote is not None and sheet.send.quote is None:
        raise bounds.unsupported("quote messages", sheet, "Leave quote_id out.")
    if quote is not None and "reply" in chat.disabled_features:
        raise NotPossible("Replies are switched off in this chat. Nothing was sent. Leave quote_id out.")
    if operation.thread_id is not None and sheet.send.thread is None:
        raise Unsupported(
            f"{bounds.title_of(sheet)} has no threads. Nothing was sent. Leave thread_id out; quote_id may serve."
        )
    thread = await _thread(asked, chat)
    if operation.typing_ms and sheet.send.typing is None:
        raise bounds.unsupported("show typing", sheet, "Leave typing_duration out.")
    command = SendMessage(
        chat=chat.provider_id,
        text=said.text,
        files=said.files,
        quote=None if quote is None else quote.provider_id,
        thread=thread,
        typing_ms=operation.typing_ms,
    )

    async def run(call: Call) -> Answer:
        await keep(asked.parts, said.inputs)
        return await carry_out(asked.parts, Order(account, chat.no, chat_queue(chat.no), command, makes_message=True), call)

    return write_plan(operation, run, target=chat.id)


async def _thread(asked: Asked[SendMessageInChat], chat: ChatRow) -> str | None:
    """The provider id of the thread's first message; thread_id names any message in it, by public or provider id."""
    thread_id = asked.operation.thread_id
    if thread_id is None:
        return None
    known = await asked.reach.known_message(thread_id)
    known = known or await messages.by_provider_id(asked.store.db, chat.no, thread_id)
    return await _first_of_thread(asked, chat, _of_chat(asked, chat, known, thread_id, "thread_id"))


async def _first_of_thread(asked: Asked[SendMessageInChat], chat: ChatRow, message: StoredMessage) -> str:
    """A thread does not begin at a reply: what is said to one stands beside it. Also where the first message is not stored."""
    parent = decode(message.document).parent
    if isinstance(parent, str):
        first = await asked.reach.known_message(parent)
        return message.provider_id if first is None else first.provider_id
    return (await marks.awaited_parents(asked.store.db, chat.no)).get(message.id, message.provider_id)


async def _message_in(asked: Asked[SendMessageInChat], chat: ChatRow, message_id: str, parameter: str) -> StoredMessage:
    return _of_chat(asked, chat, await asked.reach.known_message(message_id), message_id, parameter)


def _of_chat(
    asked: Asked[SendMessageInChat], chat: ChatRow, known: StoredMessage | None, message_id: str, parameter: str
) -> StoredMessage:
    """The message, when it is of this chat."""
    if known is None or not asked.reach.may_see(known.chat_no):
        raise not_found(parameter, message_id)
    if known.chat_no != chat.no:
        raise InvalidArgument(f"{parameter} names a message of another chat. Nothing was sent. Name one of this chat.")
    return known


async def forward_message(asked: Asked[ForwardMessage]) -> HubPlan:
    """Forward a message, by the network's own means or by sending it again."""
    operation, reach = asked.operation, asked.reach
    source = await reach.message(operation.message_id)
    target = await reach.chat(operation.chat_id)
    account = reach.account_of(source.account_no)
    if target.account_no != account.no:
        raise WrongAccount(
            "chat_id names a chat of another account; a message is forwarded within its account. Nothing was sent."
        )
    sheet = sheet_of(account)
    if sheet.forward is None:
        raise bounds.unsupported("forward messages", sheet, "Send the text as a new message instead.", ability="forward")
    if source.deleted:
        raise NotPossible("The message was deleted; there is nothing to forward.")
    if target.read_only:
        raise ReadOnlyChat
    source_chat = await chats.by_no(reach.store.db, source.chat_no)
    assert source_chat is not None

    async def run(call: Call) -> Answer:
        if sheet.forward is not None and sheet.forward.way == "native":
            command: ForwardCommand | SendMessage = ForwardCommand(
                chat=source_chat.provider_id, message=source.provider_id, to_chat=target.provider_id
            )
        else:
            command = await _sent_again(asked, source, target, sheet)
        return await carry_out(asked.parts, Order(account, target.no, chat_queue(target.no), command, makes_message=True), call)

    return write_plan(operation, run, target=target.id, carries=frozenset({source_chat.id}))


async def _sent_again(asked: Asked[ForwardMessage], source: StoredMessage, target: ChatRow, sheet: Capabilities) -> SendMessage:
    """The message as a new one: its text and its files."""
    document = decode(source.document)
    files = []
    for shown in document.attachments:
        row = await attachments.find(asked.store.db, source.id, shown.id)
        if row is None or row.ref is None:
            raise NotPossible("A file of the message cannot be had from the network any more. Nothing was sent.")
        session = asked.parts.lives.session_of(asked.reach.account_of(source.account_no))
        if not isinstance(session, FetchesFiles):
            raise Unsupported("This network gives no files. Nothing was sent.")
        content, size = await asked.store.media.put_stream(session.fetch_file(row.ref), FORWARD_MOST_BYTES)
        name = row.file_name or "file"
        pixels = shown.size if isinstance(shown, Image | Video) else Size()
        files.append(
            OutgoingFile(
                content=content,
                file_name=name,
                media_type=row.media_type,
                size=size,
                width=pixels.width,
                height=pixels.height,
            )
        )
    if not document.text and not files:
        raise NotPossible("The message holds nothing that can be sent again. Nothing was sent.")
    _check_again(document.text, files, sheet)
    return SendMessage(chat=target.provider_id, text=document.text, files=tuple(files))


def _check_again(text: str | None, files: list[OutgoingFile], sheet: Capabilities) -> None:
    """What others may send is not always what we may."""
    if sheet.send is None:
        raise bounds.unsupported("send messages", sheet, ability="send")
    for file in files:
        bounds.check_file(file, sheet.send.attachments, "attachments", sheet)
    bounds.check_count(files, sheet.send.max_attachments, sheet)
    check_words(text, files, sheet.send, sheet)
