"""The live side of one account, and what it may be able to do.

A session is required to do what `Session` says and nothing more. Everything else is one of the abilities below: a session has
the method exactly when its capabilities declare it (`check_declared`, run at each first open and by a test per network).

Every method raises only errors of model/errors.py: a NetworkRefusal or NotReached is certain (nothing was done), any other
NetworkError means that the outcome of a write is not known, an AccountError that a person must act. From a write an
AccountError is certain too: where an account is lost while a write is under way, that is NetworkFailed.
"""

from collections.abc import AsyncIterator
from typing import Protocol, runtime_checkable

from msgspec import Struct

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.commands import (
    ChangeMember,
    DeleteChat,
    DeleteMessage,
    Done,
    EditMessage,
    ForwardMessage,
    GetInviteLink,
    LabelChat,
    React,
    SendMessage,
    SetChat,
    StartChat,
)
from trunkline.contract.events import ChatPage, HistoryPage, MessageArrived, PersonInfo, Update


class Session(Protocol):
    """One account, opened by a connector. Opening does no I/O."""

    async def connect(self) -> PersonInfo:
        """Reach the network and say who we are there. Called once, before anything else; may take seconds.

        After it `capabilities` holds the account's narrowed sheet. Raises AccountError when a person must log in again.
        """
        ...

    @property
    def capabilities(self) -> Capabilities:
        """The account's sheet. No I/O."""
        ...

    def listen(self, position: str | None) -> AsyncIterator[Update]:
        """What happens from `position` on (None: from now on), until an error ends it.

        Called once, after connect. What happened while nobody listened comes first; what cannot be had again comes as
        GapFound. An update counts as taken only when the next one is asked for.
        """
        ...

    async def chats(self, cursor: str | None) -> ChatPage:
        """The account's chats, for the first sync. Marks nothing read."""
        ...

    async def close(self) -> None:
        """Let go of sockets and tasks. Safe to call twice, and after an error."""
        ...


@runtime_checkable
class ReadsHistory(Protocol):
    """history"""

    async def history(self, chat: str, cursor: str | None, count: int) -> HistoryPage:
        """Messages going backwards from `cursor` (None: the newest). Marks nothing read."""
        ...


@runtime_checkable
class SendsMessages(Protocol):
    """send"""

    async def send(self, command: SendMessage, token: str) -> Done:
        """Send. `token` travels as the network's own de-duplication id where it has one."""
        ...


@runtime_checkable
class StartsChats(Protocol):
    """start"""

    async def start(self, command: StartChat, token: str) -> Done:
        """Start a chat, or find the 1:1 chat that exists, and say the first message."""
        ...


@runtime_checkable
class EditsMessages(Protocol):
    """edit"""

    async def edit(self, command: EditMessage) -> Done:
        """Edit."""
        ...


@runtime_checkable
class DeletesMessages(Protocol):
    """delete"""

    async def delete(self, command: DeleteMessage) -> Done:
        """Delete for everybody."""
        ...


@runtime_checkable
class Reacts(Protocol):
    """react"""

    async def react(self, command: React) -> Done:
        """Put or take off an emoji. A repeat is no error."""
        ...


@runtime_checkable
class ForwardsMessages(Protocol):
    """forward, way native"""

    async def forward(self, command: ForwardMessage, token: str) -> Done:
        """Forward by the network's own means."""
        ...


@runtime_checkable
class DeletesChats(Protocol):
    """delete_chat"""

    async def delete_chat(self, command: DeleteChat) -> Done:
        """Delete the chat from the account."""
        ...


@runtime_checkable
class SetsChats(Protocol):
    """read, mute, archive, pin"""

    async def set_chat(self, command: SetChat) -> Done:
        """Switch a state of the chat. Only switches that are declared are asked for."""
        ...


@runtime_checkable
class ChangesMembers(Protocol):
    """add_participant, remove_participant"""

    async def change_member(self, command: ChangeMember) -> Done:
        """Add or remove a person."""
        ...


@runtime_checkable
class LabelsChats(Protocol):
    """label"""

    async def label_chat(self, command: LabelChat) -> Done:
        """Label the chat."""
        ...


@runtime_checkable
class GivesInviteLinks(Protocol):
    """invite_link"""

    async def invite_link(self, command: GetInviteLink) -> Done:
        """The link, in Done.invite_link."""
        ...


@runtime_checkable
class FetchesFiles(Protocol):
    """files"""

    def fetch_file(self, ref: str) -> AsyncIterator[bytes]:
        """The bytes of a FileInfo.ref. Raises NotFound when the network has them no more."""
        ...


@runtime_checkable
class FetchesPictures(Protocol):
    """pictures"""

    def fetch_picture(self, ref: str) -> AsyncIterator[bytes]:
        """The bytes of a person's or a group's picture."""
        ...


@runtime_checkable
class ReadsThreads(Protocol):
    """Beside history, where the replies of a thread stand with its first message: how an unclear reply is looked for."""

    async def thread(self, chat: str, thread: str) -> tuple[MessageArrived, ...]:
        """All replies of a thread, newest first. Marks nothing read."""
        ...


@runtime_checkable
class ShowsTexts(Protocol):
    """Where a text comes back otherwise than it was sent (codes that become emoji): how an unclear send is recognised."""

    async def shown(self, text: str) -> str:
        """What the network will show of a text of ours."""
        ...


class Concern(Struct, frozen=True, kw_only=True):
    """What a person should know of an account that works, and what to do about it: a sentence or two each."""

    text: str
    next_step: str


@runtime_checkable
class RaisesConcern(Protocol):
    """Where something is wrong that ends no listening and fails no call, so that the account's state cannot tell it."""

    def concern(self) -> Concern | None:
        """What stands now; None where all is well. No I/O. It is shown as a warning, and stops nothing."""
        ...
