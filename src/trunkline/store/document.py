"""A message's own document: everything of the wire's Message that is the message's own, as ready JSON.

Account, chat, `seen`, `delivered`, `seen_by` and `original` are spliced on when it is read (store/render.py), so that marks
on a thousand messages rewrite none of them.
"""

import msgspec
from msgspec import UNSET, Struct, UnsetType

from trunkline.model.attachment import Attachment
from trunkline.model.message import Flag, Quoted, Reaction


class Document(Struct, frozen=True, kw_only=True):
    """Fields as in model/message.py."""

    id: str
    provider_id: str
    sender_id: str
    sender_attendee_id: str
    text: str | None
    attachments: tuple[Attachment, ...] = ()
    timestamp: str
    is_sender: Flag
    reactions: tuple[Reaction, ...] = ()
    hidden: Flag = 0
    deleted: Flag = 0
    edited: Flag = 0
    is_event: Flag = 0
    behavior: int | None = None
    quoted: Quoted | UnsetType = UNSET
    event_type: int | UnsetType = UNSET
    replies: int | UnsetType = UNSET
    reply_by: tuple[str, ...] | UnsetType = UNSET
    parent: str | UnsetType = UNSET
    subject: str | None | UnsetType = UNSET
    message_type: str | UnsetType = UNSET
    attendee_type: str | UnsetType = UNSET
    attendee_distance: int | UnsetType = UNSET
    sender_urn: str | UnsetType = UNSET
    is_forwarded: bool | UnsetType = UNSET


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Document)


def encode(document: Document) -> bytes:
    """The ready bytes: the JSON without its opening brace, so that what is the chat's own can be put before it."""
    return _encoder.encode(document)[1:]


def decode(tail: bytes) -> Document:
    """The document of ready bytes."""
    return _decoder.decode(b"{" + tail)
