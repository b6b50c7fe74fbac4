"""A call with its ids looked up, not yet run."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from trunkline.model.errors import NotFound
from trunkline.operations.attendees import GetAttendeeProfilePicture
from trunkline.operations.backend import Act, Answer, Call
from trunkline.operations.chats import GetChat, SendMessageInChat, StartNewChat
from trunkline.operations.declaration import Operation, route_of
from trunkline.operations.effects import Effect, Kind
from trunkline.operations.messages import ForwardMessage, GetMessage
from trunkline.operations.missing import no_such_chat, not_found
from trunkline.operations.nature import nature_of
from trunkline.unipile.line import Line, Owner
from trunkline.unipile.reach import Reach, owner_of

Run = Callable[[Call | None], Awaitable[Answer]]


@dataclass(frozen=True)
class RemotePlan:
    """What would happen, and how to make it happen."""

    act: Act
    answer: Run

    async def run(self, call: Call | None) -> Answer:
        """Do it."""
        return await self.answer(call)


@dataclass(frozen=True)
class Aim:
    """What a call is about: the chat it touches, and what it carries there."""

    target: str | None = None
    carries: frozenset[str] = frozenset()
    text: str | None = None
    """The text that the message to be made will have."""
    files: int = 0
    """How many files it will have."""


async def aim_of(line: Line, operation: Operation[Any]) -> Aim:
    """Look up what the call is about, inside the connection's reach. Raises NotFound alike for what is outside or missing."""
    reach = Reach(line)
    reach.check(operation)
    if isinstance(operation, ForwardMessage):
        return await _forward(reach, operation)
    if isinstance(operation, SendMessageInChat):
        return await _sending(reach, operation)
    if isinstance(operation, StartNewChat):
        return Aim(text=operation.text, files=files_of(operation))
    names = route_of(type(operation)).path_names
    if "chat_id" in names:
        return await _chat(reach, operation)
    if "message_id" in names and reach.is_narrow and not isinstance(operation, GetMessage):
        return Aim((await reach.message(operation.message_id)).chat_id)  # type: ignore[attr-defined]
    if isinstance(operation, GetAttendeeProfilePicture) and reach.is_narrow:
        await reach.person_or_chat(operation.id)
    return Aim()


def act_of(operation: Operation[Any], aim: Aim) -> Act:
    """What the judge looks at."""
    nature = nature_of(operation)
    return Act(
        kind=nature.kind,
        effect=Effect(route_of(type(operation)).effect),
        target=aim.target,
        carries=aim.carries,
        new_people=len(operation.attendees_ids) if isinstance(operation, StartNewChat) else 0,
        access=nature.access,
        bits=nature.bits,
    )


def is_read(operation: Operation[Any]) -> bool:
    """Whether it is answered without a call on the books."""
    return nature_of(operation).kind is Kind.READ


def files_of(operation: SendMessageInChat | StartNewChat) -> int:
    """How many files a message will have."""
    return len(operation.attachments) + sum(file is not None for file in (operation.voice_message, operation.video_message))


async def _chat(reach: Reach, operation: Any) -> Aim:
    """A chat by its id; `get_chat` takes a provider id too, and its own answer says whose it is."""
    chat_id: str = operation.chat_id
    if not reach.is_narrow:
        return Aim(chat_id)
    if not isinstance(operation, GetChat):
        return Aim((await reach.chat(chat_id)).chat_id)
    try:
        return Aim((await reach.chat(chat_id, account_id=operation.account_id)).chat_id)
    except NotFound:
        raise no_such_chat(operation) from None


async def _sending(reach: Reach, operation: SendMessageInChat) -> Aim:
    chat_id = operation.chat_id
    if reach.is_narrow:
        await reach.chat(chat_id)
        for parameter in ("quote_id", "thread_id"):
            other = getattr(operation, parameter)
            if other is not None and (await reach.message(other, parameter)).chat_id != chat_id:
                raise not_found(parameter, other)
    return Aim(chat_id, text=operation.text, files=files_of(operation))


async def _forward(reach: Reach, operation: ForwardMessage) -> Aim:
    """The message is read whatever the reach: what is sent must be known, to find it should the answer be lost."""
    message = await reach.whole_message(operation.message_id)
    if reach.is_narrow:
        await reach.chat(operation.chat_id)
    carried: Owner = owner_of(message)
    return Aim(
        operation.chat_id,
        carries=frozenset({carried.chat_id} if carried.chat_id else ()),
        text=message.text,
        files=len(message.attachments),
    )
