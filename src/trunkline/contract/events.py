"""What a network hands up. One of the two shapes of a message (the other is the wire's, in model/); ingest translates.

In every info struct UNSET means "unknown, leave as it is" and None means "there is none". Times are milliseconds, UTC. Ids are
the network's own, opaque to everybody else; a message id is unique inside its chat.
"""

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from trunkline.model.attachment import AttachmentType
from trunkline.model.chat import ChatType


class FileInfo(Struct, frozen=True, kw_only=True):
    """A file on a message. `ref` is all the session needs to fetch the bytes later (opaque text); None: not to be had."""

    type: AttachmentType
    ref: str | None
    media_type: str | None = None
    file_name: str | None = None
    size: int | None = None
    """Bytes."""
    width: int = 0
    height: int = 0
    seconds: float | None = None
    sticker: bool = False
    gif: bool = False
    voice_note: bool = False
    starts_at_ms: int | None = None
    expires_at_ms: int | None = None


class PersonInfo(Struct, frozen=True, kw_only=True):
    """A person as the account sees them. `also` are further ids of the same person (a phone id beside a LID)."""

    provider_id: str
    name: str | None | UnsetType = UNSET
    is_self: bool = False
    also: tuple[str, ...] = ()
    public_identifier: str | UnsetType = UNSET
    profile_url: str | UnsetType = UNSET
    picture: str | None | UnsetType = UNSET
    """A ref for `fetch_picture`."""
    specifics: dict[str, Any] | UnsetType = UNSET


class ChatInfo(Struct, frozen=True, kw_only=True):
    """A chat as the account sees it. `members` is the whole set when given; `peer` the other side of a 1:1 chat."""

    provider_id: str
    type: ChatType | UnsetType = UNSET
    name: str | None | UnsetType = UNSET
    members: tuple[PersonInfo, ...] | UnsetType = UNSET
    peer: str | UnsetType = UNSET
    unread_count: int | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    muted_until_ms: int | None | UnsetType = UNSET
    """None: not muted; -1: without end."""
    read_only: bool | UnsetType = UNSET
    pinned: bool | UnsetType = UNSET
    picture: str | None | UnsetType = UNSET
    labels: tuple[str, ...] | UnsetType = UNSET
    subject: str | UnsetType = UNSET
    content_type: str | UnsetType = UNSET
    folder: tuple[str, ...] | UnsetType = UNSET
    disabled_features: tuple[Literal["reactions", "reply"], ...] | UnsetType = UNSET
    organization_id: str | UnsetType = UNSET
    mailbox_id: str | UnsetType = UNSET
    active_at_ms: int | UnsetType = UNSET
    """Last activity where the network knows it without its messages."""


class QuoteInfo(Struct, frozen=True, kw_only=True):
    """The quoted message as the network shows it."""

    provider_id: str
    sender: str
    text: str | None
    files: tuple[FileInfo, ...] = ()


class ReactionInfo(Struct, frozen=True, kw_only=True):
    """One person's emoji on a message (native emoji)."""

    value: str
    sender: str


class MessageArrived(Struct, frozen=True, kw_only=True, tag=True):
    """A message, new or seen again (a repeat updates nothing that is already newer).

    order: the network's own order inside the chat (message id, sequence or timestamp as a number); it decides between
    messages of one millisecond. token: ours, where the network echoes it; where one send becomes several messages the last of
    them has it, and the others have it with a blank and their number behind. raw: the network's payload as JSON text.
    live: False for history, which raises no journal row.
    """

    chat: str
    provider_id: str
    at_ms: int
    order: int
    sender: PersonInfo
    is_own: bool
    text: str | None = None
    files: tuple[FileInfo, ...] = ()
    quote: QuoteInfo | None = None
    reactions: tuple[ReactionInfo, ...] = ()
    thread: str | None = None
    """Provider id of the thread's first message."""
    is_counted: bool = True
    """Whether the thread's first message counts it as a reply; False where a thread is a part of a chat that is made apart."""
    replies: int | None = None
    """How many reply in the thread that this one begins, as the network counts at the time; what comes and goes live is counted
    by the hub. None: not said, or none."""
    reply_by: tuple[str, ...] = ()
    """Who, as far as the network says."""
    edited: bool = False
    edited_at_ms: int | None = None
    """When it was last edited, where the network tells: then history shows edits that nobody heard of."""
    deleted: bool = False
    hidden: bool = False
    event_type: int | None = None
    """unipile-v1 5.3; None for what a person said."""
    silent: bool = False
    is_forwarded: bool | None = None
    subject: str | None | UnsetType = UNSET
    message_type: str | None = None
    attendee_type: str | None = None
    attendee_distance: int | None = None
    sender_urn: str | None = None
    token: str | None = None
    raw: str | None = None
    live: bool = True


class MessageChanged(Struct, frozen=True, kw_only=True, tag=True):
    """A message's text was edited. `at_ms` is the edit's time: of two edits the later one stays."""

    chat: str
    provider_id: str
    at_ms: int
    text: str | None


class MessageRemoved(Struct, frozen=True, kw_only=True, tag=True):
    """A message was deleted for everybody. Nothing brings it back.

    chat: None where the network does not say; then no two messages of the account may have this id. One that is not stored
    stays unknown.
    """

    chat: str | None
    provider_id: str
    at_ms: int


class SendFailed(Struct, frozen=True, kw_only=True, tag=True):
    """A send of ours came to nothing, for certain: nobody has the message, and nobody will get it from any attempt so far.

    For a network that tells so after its answer was lost, by our token. It settles what would stay unknown; a send that was
    answered is not changed by it, and one that the session still has to answer must not be told so: there the error says it.
    reason: why, in words for whoever asked for it, with what to do next; nothing that the message said.
    """

    token: str
    reason: str


class ReactionChanged(Struct, frozen=True, kw_only=True, tag=True):
    """A person put an emoji on a message (`value`) or took it off (`removed`). `several`: beside their others."""

    chat: str
    provider_id: str
    at_ms: int
    sender: PersonInfo
    value: str
    removed: bool = False
    several: bool = False


class ReadUpTo(Struct, frozen=True, kw_only=True, tag=True):
    """Somebody has read the chat up to a message; `person` None: our own user, here or on another device."""

    chat: str
    provider_id: str
    at_ms: int
    person: str | None


class DeliveredUpTo(Struct, frozen=True, kw_only=True, tag=True):
    """Our messages have reached the other side up to this one."""

    chat: str
    provider_id: str
    at_ms: int


class ChatChanged(Struct, frozen=True, kw_only=True, tag=True):
    """A chat is new or something about it changed."""

    info: ChatInfo
    live: bool = True


class ChatRemoved(Struct, frozen=True, kw_only=True, tag=True):
    """The chat is gone from the account."""

    chat: str


class PersonChanged(Struct, frozen=True, kw_only=True, tag=True):
    """Something about a person changed, or a second id of theirs became known."""

    info: PersonInfo


class PeopleMerged(Struct, frozen=True, kw_only=True, tag=True):
    """Two people that were handed up apart are one: `gone` (a provider id) is `into`, who keeps both ids."""

    into: PersonInfo
    gone: str


class ChatMerged(Struct, frozen=True, kw_only=True, tag=True):
    """Two chats that were handed up apart are one: all messages of `gone` lie in `into` from now on, and it is no more."""

    into: str
    gone: str


class GapFound(Struct, frozen=True, kw_only=True, tag=True):
    """The network could not give what happened between two times; kept and shown, never silent."""

    chat: str | None
    from_ms: int
    to_ms: int
    reason: str


class ShownMessage(Struct, frozen=True, kw_only=True):
    """A message that a chat's history holds.

    reactions: all that stand on it; None: the network does not show them all. with_replies: whether the replies to it are
    among the messages shown too, as far as they are of the time that is shown.
    """

    provider_id: str
    reactions: tuple[ReactionInfo, ...] | None = None
    with_replies: bool = True


class HistoryShown(Struct, frozen=True, kw_only=True, tag=True):
    """All that a chat's history holds between two times, both included: what to hand up where a network does not tell
    afterwards what was deleted, or taken off, while nobody listened.

    What is stored of that time and is not among the messages was deleted. Their reactions are what stands now. Whoever hands
    it up has read that time to its end, and leaves out what is so new that the network may not show it yet. It makes no
    message: those come as MessageArrived, after it. at_ms: when it was so, by the network's clock; what is known to have
    happened later stays.
    """

    chat: str
    from_ms: int
    to_ms: int
    at_ms: int
    messages: tuple[ShownMessage, ...]


class UnknownHappened(Struct, frozen=True, kw_only=True, tag=True):
    """Something we have no word for; kept with its raw JSON."""

    kind: str
    raw: str
    chat: str | None = None


Event = (
    MessageArrived
    | MessageChanged
    | MessageRemoved
    | SendFailed
    | ReactionChanged
    | ReadUpTo
    | DeliveredUpTo
    | ChatChanged
    | ChatRemoved
    | PersonChanged
    | PeopleMerged
    | ChatMerged
    | GapFound
    | HistoryShown
    | UnknownHappened
)


class Update(Struct, frozen=True, kw_only=True):
    """Events that happened together and the source's position after them.

    The hub stores both in one transaction; `listen(position)` goes on from there. None: no position to keep.
    """

    events: tuple[Event, ...]
    position: str | None = None


class ChatPage(Struct, frozen=True, kw_only=True):
    """Part of the account's chats, most recently active first; `cursor` None on the last part."""

    chats: tuple[ChatInfo, ...]
    cursor: str | None = None


class HistoryPage(Struct, frozen=True, kw_only=True):
    """Messages of one chat going backwards, newest first; `cursor` None when the beginning was reached."""

    messages: tuple[MessageArrived, ...]
    cursor: str | None = None
