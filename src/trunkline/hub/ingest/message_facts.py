"""Something happens to a message: it is edited, deleted, reacted to. Each may come before the message itself."""

import msgspec
from msgspec import UNSET

from trunkline.contract.events import MessageChanged, MessageRemoved, ReactionChanged
from trunkline.hub.ingest.batch import Batch
from trunkline.hub.ingest.happened import tell_of_message
from trunkline.model.webhook_payload import MessageEvent
from trunkline.store import amendments, messages, reactions
from trunkline.store.amendments import Amendment
from trunkline.store.chats import ChatRow
from trunkline.store.document import Document, decode
from trunkline.store.messages import StoredMessage
from trunkline.store.reactions import ReactionMade


def amended(document: Document, amendment: Amendment | None) -> Document:
    """The document with what is known to have happened to it."""
    if amendment is None:
        return document
    if amendment.removed_at is not None:
        subject = UNSET if document.subject is UNSET else None
        return msgspec.structs.replace(
            document, text=None, subject=subject, attachments=(), reactions=(), deleted=1, edited=0, quoted=UNSET
        )
    return msgspec.structs.replace(document, text=amendment.text, edited=1)


async def take_edit(batch: Batch, event: MessageChanged) -> None:
    """The text changed; of two edits the later stays."""
    chat = await batch.chat(event.chat)
    known = await messages.by_provider_id(batch.tx, chat.no, event.provider_id)
    if known is None:
        await amendments.note_edit(batch.tx, chat.no, event.provider_id, event.at_ms, event.text)
        return
    await edit(batch, chat, known, event.at_ms, event.text)


async def edit(batch: Batch, chat: ChatRow, known: StoredMessage, at_ms: int, text: str | None) -> None:
    """Edit a stored message, unless something newer is known of it."""
    await amendments.note_edit(batch.tx, chat.no, known.provider_id, at_ms, text)
    await _rewrite(batch, chat, known, "message_edited")


async def take_removal(batch: Batch, event: MessageRemoved) -> None:
    """The message is deleted for everybody, for good."""
    place = event.chat or await messages.place_of(batch.tx, batch.account.no, event.provider_id)
    if place is None:
        return
    chat = await batch.chat(place)
    known = await messages.by_provider_id(batch.tx, chat.no, event.provider_id)
    if known is None:
        await amendments.note_removal(batch.tx, chat.no, event.provider_id, event.at_ms)
        return
    await remove(batch, chat, known, event.at_ms)


async def remove(batch: Batch, chat: ChatRow, known: StoredMessage, at_ms: int) -> None:
    """Delete a stored message: the row stays, what it said goes."""
    if known.deleted:
        return
    await amendments.note_removal(batch.tx, chat.no, known.provider_id, at_ms)
    await _rewrite(batch, chat, known, "message_deleted")
    if known.thread is not None:
        batch.threads.remove(chat.no, known.thread)
    await batch.tx.run("DELETE FROM message_raw WHERE message_id = $1", known.id)
    await batch.tx.run("DELETE FROM attachment WHERE message_id = $1", known.id)
    if known.counts and known.key > chat.read_own and chat.unread_count > 0:
        batch.change(chat, unread_count=chat.unread_count - 1)


async def take_reaction(batch: Batch, event: ReactionChanged) -> None:
    """Somebody reacted, or took it back."""
    chat = await batch.chat(event.chat)
    person = await batch.person(event.sender)
    is_own = person.is_self or event.sender.provider_id == batch.account.identity
    made = ReactionMade(
        chat_no=chat.no,
        provider_id=event.provider_id,
        sender=event.sender.provider_id,
        value=event.value,
        at=event.at_ms,
        removed=event.removed,
        is_own=is_own,
    )
    changed = await reactions.note(batch.tx, made, several=event.several)
    known = await messages.by_provider_id(batch.tx, chat.no, event.provider_id)
    if changed and known is not None and not known.deleted:
        await refresh(batch, chat, known)
        await tell_of_message(
            batch,
            "message_reaction",
            chat,
            decode(known.document),
            reaction="" if event.removed else event.value,
            reaction_removed=event.value if event.removed and event.value else UNSET,
            reaction_sender=person,
        )


async def refresh(batch: Batch, chat: ChatRow, known: StoredMessage) -> None:
    """Write the reactions that stand into the document."""
    document = before = decode(known.document)
    if document.deleted:
        return
    document = msgspec.structs.replace(document, reactions=await reactions.of_message(batch.tx, chat.no, known.provider_id))
    if document != before:
        await messages.rewrite(batch.tx, known, document)


async def _rewrite(batch: Batch, chat: ChatRow, known: StoredMessage, kind: MessageEvent) -> None:
    if known.deleted:
        return
    amendment = await amendments.of_message(batch.tx, chat.no, known.provider_id)
    before = decode(known.document)
    document = amended(before, amendment)
    if document == before:
        return
    await messages.rewrite(batch.tx, known, document)
    await tell_of_message(batch, kind, chat, document)
