"""What a webhook is told, as the wire has it: one flat object for all events of messages, one for accounts.

Source: unipile-v1 11.3, 11.4. `webhook_name`, which differs from endpoint to endpoint, is added when it is sent.
"""

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from trunkline.model.message import Flag, MessageType, Quoted
from trunkline.model.networks import AccountType

MessageEvent = Literal[
    "message_received", "message_read", "message_reaction", "message_edited", "message_deleted", "message_delivered"
]
AccountEvent = Literal[
    "creation_success",
    "creation_fail",
    "deleted",
    "reconnected",
    "sync_success",
    "stopped",
    "ok",
    "connecting",
    "error",
    "credentials",
    "permissions",
]
Feature = Literal["organization", "sales_navigator", "recruiter", "classic"]


class AccountInfo(Struct, frozen=True, kw_only=True):
    """The account that heard of it; `user_id` is its own provider id."""

    type: AccountType
    feature: Feature = "classic"
    user_id: str
    phone_number: str | UnsetType = UNSET
    """WhatsApp."""


class WebhookAttendee(Struct, frozen=True, kw_only=True):
    """A person."""

    attendee_id: str
    attendee_name: str
    attendee_provider_id: str
    attendee_profile_url: str = ""
    attendee_public_identifier: str | UnsetType = UNSET
    attendee_specifics: dict[str, Any] | UnsetType = UNSET


class MessageHappened(Struct, frozen=True, kw_only=True):
    """Something happened to a message. `timestamp` is the message's own, `message` its text as it is now."""

    event: MessageEvent
    account_id: str
    account_type: AccountType
    account_info: AccountInfo
    chat_id: str
    message_id: str
    timestamp: str
    message: str | None
    is_sender: bool
    is_event: Flag
    is_group: bool
    sender: WebhookAttendee
    attendees: tuple[WebhookAttendee, ...]
    """The others in the chat, at most 100 of them."""
    attachments: tuple[dict[str, Any], ...] = ()
    provider_chat_id: str
    provider_message_id: str
    subject: str | None = None
    quoted: Quoted | None = None
    chat_content_type: str | None = None
    message_type: MessageType | str | UnsetType = UNSET
    folder: tuple[str, ...] | UnsetType = UNSET
    reaction: str | UnsetType = UNSET
    """message_reaction: the emoji; empty when one was taken back."""
    reaction_removed: str | UnsetType = UNSET
    """message_reaction: the emoji that was taken back (Trunkline's own field)."""
    reaction_sender: WebhookAttendee | UnsetType = UNSET


class StatusNow(Struct, frozen=True, kw_only=True):
    """Where an account stands now; `message` is the event in capitals."""

    account_id: str
    account_type: AccountType
    message: str


class AccountHappened(Struct, frozen=True, kw_only=True):
    """Something happened to an account."""

    AccountStatus: StatusNow  # spelt so on the wire
