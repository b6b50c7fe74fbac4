"""A message arrives: live, as history, as the echo of our own send, or once more."""

from typing import NamedTuple

import msgspec
from msgspec import UNSET

from trunkline.contract.events import FileInfo, MessageArrived
from trunkline.hub.ingest import message_facts, settled
from trunkline.hub.ingest.attached import attachment_of, row_of
from trunkline.hub.ingest.batch import Batch
from trunkline.hub.ingest.happened import tell_of_message
from trunkline.model.attachment import Attachment
from trunkline.model.message import Quoted
from trunkline.model.times import to_wire
from trunkline.model.webhook_payload import MessageEvent
from trunkline.store import amendments, attachments, foretold, marks, messages, outbox, reactions
from trunkline.store.attendees import AttendeeRow
from trunkline.store.chats import ChatRow
from trunkline.store.document import Document, decode
from trunkline.store.foretold import Foretold
from trunkline.store.messages import NewMessage, StoredMessage
from trunkline.store.outbox import OutboxRow
from trunkline.store.reactions import ReactionMade
from trunkline.store.spreading import moved_marks


class _Arrival(NamedTuple):
    """A message on its way into the store."""

    event: MessageArrived
    chat: ChatRow
    sender: AttendeeRow
    public_id: str
    foretold: Foretold


async def take(batch: Batch, event: MessageArrived) -> None:
    """Store the message once; a repeat only adds what is newer."""
    chat = await batch.chat(event.chat)
    await _note_reactions(batch, chat, event)
    known = await messages.by_provider_id(batch.tx, chat.no, event.provider_id)
    if known is not None:
        await _take_again(batch, chat, known, event)
        return
    if event.deleted:
        await amendments.note_removal(batch.tx, chat.no, event.provider_id, event.at_ms)
    elif event.edited:
        await amendments.note_edit(batch.tx, chat.no, event.provider_id, _edited_at(event), event.text)
    sending = await _our_send(batch, chat, event)
    arrival = _Arrival(
        event=event,
        chat=chat,
        sender=await batch.person(event.sender),
        public_id=sending.public_id if sending and sending.public_id else batch.new_id(event.at_ms),
        foretold=await foretold.of_message(batch.tx, chat.no, event.provider_id),
    )
    document, key = await _write(batch, arrival)
    _note_thread(batch, chat, event, document)
    await _place_in_chat(batch, event, key, counts=_counts(event, document))
    if event.live:
        await tell_of_message(batch, "message_received", await batch.chat(event.chat), document)
    if arrival.foretold.awaited:
        await _meet_waiting(batch, chat, event, arrival.public_id)
    if sending is not None:
        await settled.note_sent(batch, sending, event.provider_id, event.chat)


async def _write(batch: Batch, arrival: _Arrival) -> tuple[Document, int]:
    event, chat, public_id = arrival.event, arrival.chat, arrival.public_id
    known = arrival.foretold
    amendment = await amendments.of_message(batch.tx, chat.no, event.provider_id) if known.amended else None
    removed = amendment is not None and amendment.removed_at is not None
    files = [] if removed else [(batch.new_id(event.at_ms), file) for file in event.files]
    document = message_facts.amended(await _document(batch, arrival, files), amendment)
    placed = await messages.insert(
        batch.tx,
        NewMessage(
            chat_no=chat.no,
            account_no=batch.account.no,
            sender_no=arrival.sender.no,
            is_own=event.is_own,
            at_ms=event.at_ms,
            rank=event.order,
            counts=_counts(event, document),
            document=document,
            thread=_thread(event),
        ),
    )
    for attachment_id, file in files:
        await attachments.add(batch.tx, row_of(attachment_id, public_id, file))
    if event.raw is not None and not removed:
        await messages.put_raw(batch.tx, public_id, event.raw.encode())
    if placed.moved:
        fresh = await batch.chat(event.chat)
        batch.change(fresh, **moved_marks(fresh, placed.moved))
    return document, placed.key


def _thread(event: MessageArrived) -> str | None:
    """The first message of the thread in which this one counts as a reply."""
    return event.thread if event.is_counted and event.thread != event.provider_id else None


def _note_thread(batch: Batch, chat: ChatRow, event: MessageArrived, document: Document) -> None:
    """A reply is to be counted, unless it was deleted before it came: the network may have counted it."""
    thread = _thread(event)
    if thread is not None:
        note = batch.threads.remove if document.deleted else batch.threads.touch
        note(chat.no, thread)
    batch.threads.tell(chat.no, event)


def _edited_at(event: MessageArrived) -> int:
    """When the text became what it is. A network that does not say so cannot contradict an edit that did."""
    return event.at_ms if event.edited_at_ms is None else event.edited_at_ms


def _counts(event: MessageArrived, document: Document) -> bool:
    """Whether it counts as unread while it lies beyond our read mark."""
    return not (event.is_own or event.event_type is not None or document.hidden or document.deleted)


async def _document(batch: Batch, arrival: _Arrival, files: list[tuple[str, FileInfo]]) -> Document:
    event, chat, public_id = arrival.event, arrival.chat, arrival.public_id
    shown: tuple[Attachment, ...] = tuple(attachment_of(attachment_id, file) for attachment_id, file in files)
    return Document(
        id=public_id,
        provider_id=event.provider_id,
        sender_id=event.sender.provider_id,
        sender_attendee_id=arrival.sender.id,
        text=event.text,
        attachments=shown,
        timestamp=to_wire(event.at_ms),
        is_sender=1 if event.is_own else 0,
        reactions=await reactions.of_message(batch.tx, chat.no, event.provider_id) if arrival.foretold.reacted else (),
        hidden=1 if event.hidden else 0,
        edited=1 if event.edited else 0,
        is_event=0 if event.event_type is None else 1,
        behavior=0 if event.silent else None,
        quoted=await _quoted(batch, chat, event, public_id),
        event_type=UNSET if event.event_type is None else event.event_type,
        replies=UNSET if event.replies is None else event.replies,
        reply_by=event.reply_by or UNSET,
        parent=await _parent(batch, chat, event, public_id),
        subject=event.subject,
        message_type=event.message_type or UNSET,
        attendee_type=event.attendee_type or UNSET,
        attendee_distance=UNSET if event.attendee_distance is None else event.attendee_distance,
        sender_urn=event.sender_urn or UNSET,
        is_forwarded=UNSET if event.is_forwarded is None else event.is_forwarded,
    )


async def _quoted(batch: Batch, chat: ChatRow, event: MessageArrived, public_id: str) -> Quoted | msgspec.UnsetType:
    quote = event.quote
    if quote is None:
        return UNSET
    known = await messages.by_provider_id(batch.tx, chat.no, quote.provider_id)
    if known is None:
        await marks.wait_for(batch.tx, chat.no, quote.provider_id, reason="quote", subject=public_id, at=event.at_ms)
    return Quoted(
        provider_id=quote.provider_id,
        sender_id=quote.sender,
        text=quote.text,
        attachments=tuple(attachment_of(batch.new_id(event.at_ms), file) for file in quote.files),
        message_id=UNSET if known is None else known.id,
    )


async def _parent(batch: Batch, chat: ChatRow, event: MessageArrived, public_id: str) -> str | msgspec.UnsetType:
    if event.thread is None or event.thread == event.provider_id:
        return UNSET
    known = await messages.by_provider_id(batch.tx, chat.no, event.thread)
    if known is None:
        await marks.wait_for(batch.tx, chat.no, event.thread, reason="parent", subject=public_id, at=event.at_ms)
        return UNSET
    return known.id


async def _our_send(batch: Batch, chat: ChatRow, event: MessageArrived) -> OutboxRow | None:
    """The send of ours that this message is the echo of. A token that comes back under a second name is a second message."""
    if not event.is_own:
        return None
    row = await outbox.by_token(batch.tx, event.token) if event.token else None
    if row is not None and row.account_no == batch.account.no and row.provider_id in (None, event.provider_id):
        return row
    return await outbox.by_provider_id(batch.tx, batch.account.no, chat.no, event.provider_id)


async def _place_in_chat(batch: Batch, event: MessageArrived, key: int, *, counts: bool) -> None:
    """Move the chat's activity and its unread count. Until our read mark is known the network's own count includes history."""
    chat = await batch.chat(event.chat)
    changes: dict[str, int] = {}
    if key > chat.activity:
        changes["activity"] = key
    if key > chat.last_key:
        changes["last_key"] = key
    if counts and key > chat.read_own and (event.live or chat.read_own):
        changes["unread_count"] = chat.unread_count + 1
    if chat.peer_no is None and chat.type == 0 and not event.is_own and event.event_type is None:
        changes["peer_no"] = (await batch.person(event.sender)).no
    if changes:
        batch.change(chat, **changes)


async def _meet_waiting(batch: Batch, chat: ChatRow, event: MessageArrived, public_id: str) -> None:
    """Do what waited for this message: marks move, messages that quote or answer it learn its id."""
    waiting = await marks.take_waiting(batch.tx, chat.no, event.provider_id)
    moves: list[tuple[MessageEvent, Document]] = []
    for reason, subject, at in waiting:
        if reason == "parent":
            batch.threads.touch(chat.no, event.provider_id)
        if reason in ("quote", "parent"):
            await _point_to(batch, subject, public_id, is_quote=reason == "quote")
            continue
        known = await messages.by_provider_id(batch.tx, chat.no, event.provider_id)
        assert known is not None
        fresh = await batch.chat(event.chat)
        await batch.settle_chat(fresh)
        if reason == "read_own":
            moved = await marks.move_own(batch.tx, fresh, known.key, at)
        elif reason == "read_peer":
            moved = await marks.move_peer(batch.tx, fresh, subject, known.key, at)
        else:
            moved = await marks.move_delivered(batch.tx, fresh, known.key)
        if moved and event.live:
            kind: MessageEvent = "message_delivered" if reason == "delivered" else "message_read"
            moves.append((kind, decode(known.document)))
    for kind, document in moves:
        await tell_of_message(batch, kind, await batch.chat(event.chat), document)


async def _point_to(batch: Batch, pointing_id: str, public_id: str, *, is_quote: bool) -> None:
    known = await messages.find(batch.tx, [batch.account.no], pointing_id)
    if known is None:
        return
    document = decode(known.document)
    if not is_quote:
        document = msgspec.structs.replace(document, parent=public_id)
    elif document.quoted is not UNSET:
        quoted = msgspec.structs.replace(document.quoted, message_id=public_id)
        document = msgspec.structs.replace(document, quoted=quoted)
    await messages.rewrite(batch.tx, known, document)


async def _note_reactions(batch: Batch, chat: ChatRow, event: MessageArrived) -> None:
    for reaction in event.reactions:
        made = ReactionMade(
            chat_no=chat.no,
            provider_id=event.provider_id,
            sender=reaction.sender,
            value=reaction.value,
            at=event.at_ms,
            removed=False,
            is_own=reaction.sender == batch.account.identity,
        )
        await reactions.note(batch.tx, made, several=True)


async def _take_again(batch: Batch, chat: ChatRow, known: StoredMessage, event: MessageArrived) -> None:
    """A repeat: it may still be the echo that settles a send, or show what we missed."""
    sending = await _our_send(batch, chat, event)
    if sending is not None:
        await settled.note_sent(batch, sending, event.provider_id, event.chat)
    if event.deleted:
        await message_facts.remove(batch, chat, known, event.at_ms)
        return
    if event.edited:
        await message_facts.edit(batch, chat, known, _edited_at(event), event.text)
    if event.reactions:
        fresh = await messages.by_provider_id(batch.tx, chat.no, event.provider_id)
        assert fresh is not None
        await message_facts.refresh(batch, chat, fresh)
    if known.thread is None and (thread := _thread(event)) is not None:
        await messages.set_thread(batch.tx, known, thread)
        batch.threads.touch(chat.no, thread)
    batch.threads.tell(chat.no, event)
