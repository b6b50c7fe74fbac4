"""What a connection may touch at its Unipile API. The ids there are not ours: whose one is must be looked up.

The key reaches a whole subscription, a narrowed connection only some of its accounts or chats. So before anything is done
with an id its owner is looked up, and remembered; lists are cut down after they were fetched. What is outside answers exactly
as what does not exist. A connection with neither limit looks nothing up.
"""

from dataclasses import dataclass
from typing import Any

from trunkline.model.errors import NotAllowed, NotFound
from trunkline.model.message import Message
from trunkline.operations.attendees import GetAttendeeById
from trunkline.operations.chats import GetChat
from trunkline.operations.declaration import Operation
from trunkline.operations.messages import GetMessage
from trunkline.operations.missing import OVER_REST, not_found
from trunkline.operations.own import ListConnections
from trunkline.operations.parameter import parameters_of
from trunkline.operations.schema import tool_name
from trunkline.unipile.line import Line, Owner


@dataclass(frozen=True)
class Reach:
    """The limits of one line."""

    line: Line

    @property
    def is_narrow(self) -> bool:
        """Whether it reaches less than the key does."""
        return self.line.scope.accounts is not None or self.line.scope.chats is not None

    def check(self, operation: Operation[Any]) -> None:
        """What the parameters alone tell. Raises NotAllowed for what names no chat, NotFound for an account outside."""
        names = parameters_of(type(operation)).keys()
        if self.line.scope.chats is not None and not names & {"chat_id", "message_id"}:
            raise NotAllowed(
                "This connection reaches single chats of a Unipile subscription, so that only what names a chat or a message"
                f" can be asked. {tool_name(ListConnections)}{OVER_REST} shows their ids."
            )
        account_id = getattr(operation, "account_id", None)
        allowed = self.line.scope.accounts
        if account_id is not None and allowed is not None and not allowed >= {each.strip() for each in account_id.split(",")}:
            raise not_found("account_id", account_id)

    def has(self, owner: Owner) -> bool:
        """Whether a thing of this owner is within reach."""
        accounts, chats = self.line.scope.accounts, self.line.scope.chats
        return (accounts is None or owner.account_id in accounts) and (chats is None or owner.chat_id in chats)

    def takes(self, item: Any) -> bool:
        """Whether an item of a list is within reach: a chat, a message, an attendee. Remembers whose it is."""
        if not self.is_narrow:
            return True
        owner = owner_of(item)
        self._note(type(item).__name__, item.id, owner)
        return self.has(owner)

    async def chat(self, chat_id: str, parameter: str = "chat_id", account_id: str | None = None) -> Owner:
        """Whose chat it is. Raises NotFound alike for a chat outside and one that is not there."""
        owner = self._known("Chat", chat_id)
        if owner is None:
            try:
                owner = owner_of(await self.line.read(GetChat(chat_id=chat_id, account_id=account_id)))
            except NotFound:
                raise not_found(parameter, chat_id) from None
            self._note("Chat", chat_id, owner)
        return self._checked(owner, parameter, chat_id)

    async def message(self, message_id: str, parameter: str = "message_id") -> Owner:
        """Whose message it is. Raises NotFound alike for one outside and one that is not there."""
        return self._known("Message", message_id) or owner_of(await self.whole_message(message_id, parameter))

    async def whole_message(self, message_id: str, parameter: str = "message_id") -> Message:
        """A message within reach, as it stands now. Raises NotFound."""
        try:
            message: Message = await self.line.read(GetMessage(message_id=message_id))
        except NotFound:
            raise not_found(parameter, message_id) from None
        owner = owner_of(message)
        self._note("Message", message_id, owner)
        self._checked(owner, parameter, message_id)
        return message

    async def person_or_chat(self, public_id: str) -> None:
        """Check an id that names a person, or a group chat for its picture. Raises NotFound."""
        try:
            found = await self.line.read(GetAttendeeById(id=public_id))
        except NotFound:
            await self.chat(public_id, "id")
        else:
            self._checked(owner_of(found), "id", public_id)

    async def has_person(self, person: str) -> bool:
        """Whether an attendee id or a provider id names somebody in an account within reach."""
        accounts = sorted(self.line.scope.accounts or ())
        for account_id in (None, *accounts):
            try:
                found = await self.line.read(GetAttendeeById(id=person, account_id=account_id))
            except NotFound:
                continue
            if self.has(owner_of(found)):
                return True
        return False

    def _known(self, kind: str, public_id: str) -> Owner | None:
        owner = self.line.owners.of(self.line.connection, kind, public_id)
        return owner if owner is not None and self.has(owner) else None

    def _note(self, kind: str, public_id: str, owner: Owner) -> None:
        self.line.owners.note(self.line.connection, kind, public_id, owner)

    def _checked(self, owner: Owner, parameter: str, value: str) -> Owner:
        if not self.has(owner):
            raise not_found(parameter, value)
        return owner


def owner_of(item: Any) -> Owner:
    """Whose an object of the wire is."""
    kind = type(item).__name__
    chat_id = item.chat_id if kind == "Message" else item.id if kind in ("Chat", "ChatDetail") else None
    return Owner(item.account_id, chat_id)
