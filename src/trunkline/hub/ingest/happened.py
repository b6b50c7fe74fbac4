"""What a webhook will be told of an event, frozen while it is taken in. Source: unipile-v1 11.3.

So it says how things were when it happened, however late it is delivered and whatever was deleted meanwhile.
"""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from trunkline.hub.ingest.batch import Batch
from trunkline.model.webhook_payload import AccountInfo, Feature, MessageEvent, MessageHappened, WebhookAttendee
from trunkline.store import attendees
from trunkline.store.accounts import AccountRow
from trunkline.store.attendees import AttendeeRow
from trunkline.store.chats import ChatRow
from trunkline.store.document import Document

MOST_ATTENDEES = 100
"""The others in a chat that one payload names: a body stays below 20 kB (security.md 6.7)."""

_FEATURES: dict[str, Feature] = {
    "INBOX_LINKEDIN_RECRUITER": "recruiter",
    "INBOX_LINKEDIN_SALES_NAVIGATOR": "sales_navigator",
    "INBOX_LINKEDIN_ORGANIZATION": "organization",
}


async def tell_of_message(
    batch: Batch,
    event: MessageEvent,
    chat: ChatRow,
    document: Document,
    *,
    reaction: str | UnsetType = UNSET,
    reaction_removed: str | UnsetType = UNSET,
    reaction_sender: AttendeeRow | None = None,
) -> None:
    """Write the journal row of an event of a message, with all that its payload needs."""
    extra: dict[str, Any] = msgspec.json.decode(chat.extra)
    sender = await _person(batch, document.sender_id)
    others = await _others(batch, chat, sender)
    happened = MessageHappened(
        event=event,
        account_id=batch.account.id,
        account_type=batch.account.type,
        account_info=_account_info(batch.account, extra.get("folder", ())),
        chat_id=chat.id,
        message_id=document.id,
        timestamp=document.timestamp,
        message=document.text,
        is_sender=bool(document.is_sender),
        is_event=document.is_event,
        is_group=chat.type != 0,
        sender=_shown(sender) if sender is not None else _unknown(document),
        attendees=tuple(_shown(each) for each in others[:MOST_ATTENDEES]),
        attachments=tuple(_attachment(msgspec.to_builtins(each)) for each in document.attachments),
        provider_chat_id=chat.provider_id,
        provider_message_id=document.provider_id,
        subject=None if document.subject is UNSET else document.subject,
        quoted=None if document.quoted is UNSET else document.quoted,
        chat_content_type=extra.get("content_type"),
        message_type=document.message_type,
        folder=extra.get("folder", UNSET),
        reaction=reaction,
        reaction_removed=reaction_removed,
        reaction_sender=UNSET if reaction_sender is None else _shown(reaction_sender),
    )
    await batch.tell(event, chat_no=chat.no, object_id=document.id, payload=msgspec.json.encode(happened))


async def _person(batch: Batch, provider_id: str) -> AttendeeRow | None:
    return await attendees.by_provider_id(batch.tx, batch.account.no, provider_id)


async def _others(batch: Batch, chat: ChatRow, sender: AttendeeRow | None) -> list[AttendeeRow]:
    """Who is in the chat beside the sender. In a 1:1 chat that is the other side, or the account's own user."""
    known = await attendees.some_members(batch.tx, chat.no, MOST_ATTENDEES + 1)
    if chat.type == 0 and len(known) < 2:
        known = [each for each in (await _peer(batch, chat), await _person(batch, batch.account.identity)) if each is not None]
    return [each for each in known if sender is None or each.no != sender.no]


async def _peer(batch: Batch, chat: ChatRow) -> AttendeeRow | None:
    return None if chat.peer_no is None else await attendees.by_no(batch.tx, chat.peer_no)


def _account_info(account: AccountRow, folders: Iterable[str]) -> AccountInfo:
    feature = next((_FEATURES[each] for each in folders if each in _FEATURES), "classic")
    number = msgspec.json.decode(account.params).get("im", {}).get("phone_number", UNSET)
    return AccountInfo(
        type=account.type,
        feature=feature,  # type: ignore[arg-type]  # the words of _FEATURES, or the common one
        user_id=account.identity,
        phone_number=number if account.type == "WHATSAPP" else UNSET,
    )


def _shown(person: AttendeeRow) -> WebhookAttendee:
    extra: dict[str, Any] = msgspec.json.decode(person.extra)
    return WebhookAttendee(
        attendee_id=person.id,
        attendee_name=person.name or person.provider_id,
        attendee_provider_id=person.provider_id,
        attendee_profile_url=extra.get("profile_url", ""),
        attendee_public_identifier=extra.get("public_identifier", UNSET),
        attendee_specifics=extra.get("specifics", UNSET),
    )


def _unknown(document: Document) -> WebhookAttendee:
    return WebhookAttendee(
        attendee_id=document.sender_attendee_id,
        attendee_name=document.sender_id,
        attendee_provider_id=document.sender_id,
    )


def _attachment(shown: dict[str, Any]) -> dict[str, Any]:
    """As in a message, and under the names that other servers use (unipile-v1 11.3)."""
    return shown | {"attachment_id": shown["id"], "attachment_type": shown["type"]}
