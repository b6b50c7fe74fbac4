"""A message as the wire shows it. Source: unipile-v1 5.2, 5.3. Flags are the numbers 0 and 1 there."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from trunkline.model.attachment import Attachment

Flag = Literal[0, 1]

MessageType = Literal["MESSAGE", "INVITATION", "INMAIL", "INMAIL_DECLINE", "INMAIL_REPLY", "INMAIL_ACCEPT"]
AttendeeType = Literal["MEMBER", "ORGANIZATION", "OTHER"]
SendState = Literal["queued", "sending", "unknown", "held"]


class Reaction(Struct, frozen=True, kw_only=True):
    """One person's emoji on a message; `sender_id` is a provider id."""

    value: str
    sender_id: str
    is_sender: bool


class Quoted(Struct, frozen=True, kw_only=True):
    """The message that a message answers."""

    provider_id: str
    sender_id: str
    text: str | None
    attachments: tuple[Attachment, ...] = ()
    message_id: str | UnsetType = UNSET


class Message(Struct, frozen=True, kw_only=True):
    """One message, complete. Lists carry `original` as "{}"; `get_message` carries the network's own payload."""

    object: Literal["Message"] = "Message"
    id: str
    account_id: str
    chat_id: str
    chat_provider_id: str
    provider_id: str
    sender_id: str
    sender_attendee_id: str
    text: str | None
    attachments: tuple[Attachment, ...] = ()
    timestamp: str
    is_sender: Flag
    reactions: tuple[Reaction, ...] = ()
    seen: Flag = 0
    seen_by: dict[str, bool | str] = {}
    hidden: Flag = 0
    deleted: Flag = 0
    edited: Flag = 0
    is_event: Flag = 0
    delivered: Flag = 0
    behavior: Literal[0] | None = None
    original: str = "{}"
    quoted: Quoted | UnsetType = UNSET
    event_type: int | UnsetType = UNSET
    replies: int | UnsetType = UNSET
    reply_by: tuple[str, ...] | UnsetType = UNSET
    parent: str | UnsetType = UNSET
    subject: str | None | UnsetType = UNSET
    message_type: MessageType | str | UnsetType = UNSET
    attendee_type: AttendeeType | str | UnsetType = UNSET
    attendee_distance: int | UnsetType = UNSET
    sender_urn: str | UnsetType = UNSET
    is_forwarded: bool | UnsetType = UNSET
    sender_name: str | UnsetType = UNSET
    """What the sender is called, the provider id where no name is known (Trunkline's own field)."""
    send_state: SendState | UnsetType = UNSET
    """Only on a message of ours that the network has not confirmed yet (Trunkline's own field)."""
