"""What goes down to a network: frozen, complete, in the network's own ids. The outbox stores exactly these.

Every command answers `Done`: the facts that follow from it (the hub ingests them like any event) and what the network named.
"""

from typing import Literal

from msgspec import Struct

from trunkline.contract.events import Event


class OutgoingFile(Struct, frozen=True, kw_only=True):
    """A file to send. `content` names its bytes in the media store (SHA-256, hex); `size` is in bytes.

    width and height: pixels of a picture, 0 where its header does not tell.
    """

    content: str
    file_name: str
    media_type: str
    size: int
    role: Literal["attachment", "voice", "video"] = "attachment"
    width: int = 0
    height: int = 0


class SendMessage(Struct, frozen=True, kw_only=True, tag=True):
    """Send a message in a chat. `quote` and `thread` are provider ids of messages; `typing_ms` milliseconds."""

    chat: str
    text: str | None = None
    files: tuple[OutgoingFile, ...] = ()
    quote: str | None = None
    thread: str | None = None
    typing_ms: int = 0


class StartChat(Struct, frozen=True, kw_only=True, tag=True):
    """Start a chat with people (provider ids): one makes a 1:1 chat or finds it, several a group."""

    people: tuple[str, ...]
    text: str | None = None
    files: tuple[OutgoingFile, ...] = ()
    title: str | None = None
    options: dict[str, object] = {}
    """Options of one network only (LinkedIn's products), as the caller gave them."""


class EditMessage(Struct, frozen=True, kw_only=True, tag=True):
    """Replace the text of an own message."""

    chat: str
    message: str
    text: str


class DeleteMessage(Struct, frozen=True, kw_only=True, tag=True):
    """Delete an own message for everybody."""

    chat: str
    message: str


class React(Struct, frozen=True, kw_only=True, tag=True):
    """Put a native emoji on a message; an empty one removes ours."""

    chat: str
    message: str
    value: str


class ForwardMessage(Struct, frozen=True, kw_only=True, tag=True):
    """Forward a message, marked as forwarded, by the network's own means."""

    chat: str
    message: str
    to_chat: str


class DeleteChat(Struct, frozen=True, kw_only=True, tag=True):
    """Delete a chat from the account."""

    chat: str


ChatSwitch = Literal["read", "mute", "archive", "pin"]


class SetChat(Struct, frozen=True, kw_only=True, tag=True):
    """Switch a chat's read, mute, archive or pin state."""

    chat: str
    switch: ChatSwitch
    on: bool


class ChangeMember(Struct, frozen=True, kw_only=True, tag=True):
    """Add or remove a person of a group, in the network's own naming (id, user name or phone number)."""

    chat: str
    person: str
    change: Literal["add", "remove"]


class LabelChat(Struct, frozen=True, kw_only=True, tag=True):
    """Put a label on a chat, making the label where it does not exist."""

    chat: str
    label: str


class GetInviteLink(Struct, frozen=True, kw_only=True, tag=True):
    """Give the group's invite link, making one where there is none."""

    chat: str


Command = (
    SendMessage
    | StartChat
    | EditMessage
    | DeleteMessage
    | React
    | ForwardMessage
    | DeleteChat
    | SetChat
    | ChangeMember
    | LabelChat
    | GetInviteLink
)


class Done(Struct, frozen=True, kw_only=True):
    """The network said yes.

    provider_id: of the message that was made, None where the network only echoes it later. chat: provider id of the chat
    a StartChat made or found. events: facts to ingest at once.
    """

    provider_id: str | None = None
    chat: str | None = None
    invite_link: str | None = None
    events: tuple[Event, ...] = ()
