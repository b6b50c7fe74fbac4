"""send, start, forward."""

import asyncio
import json
from typing import Any

from telethon import functions, types

from trunkline.contract.commands import Done, ForwardMessage, OutgoingFile, SendMessage, StartChat
from trunkline.contract.events import Event, MessageArrived
from trunkline.model.errors import (
    EmptyMessage,
    InvalidRecipient,
    MediaRefused,
    NotPossible,
    TooLong,
)
from trunkline.networks.telegram.convert.ids import entity_id, is_id, message_id, message_number, peer_id
from trunkline.networks.telegram.convert.messages import topic_number
from trunkline.networks.telegram.user.desk import Desk
from trunkline.networks.telegram.user.refusals import NOBODY
from trunkline.networks.telegram.user.session import BaseSession
from trunkline.networks.telegram.user.short import SendText
from trunkline.networks.telegram.user.uploads import Way, media_request, ways_of

_STARTS_MOST = 50
_CLOCKS_APART_MS = 60_000
_NOTHING: tuple[Event, ...] = ()


class Sends(BaseSession):
    """send"""

    async def send(self, command: SendMessage, token: str) -> Done:
        """Send. Several files go as one album: a message each, the text with the first; the answer names the first."""
        desk = self._desk
        text = command.text or ""
        if not text.strip() and not command.files:
            raise EmptyMessage
        self._check(text, command.files)
        peer = await desk.peer(command.chat)
        reply = await _reply(desk, command)
        if command.typing_ms:
            await desk.call(functions.messages.SetTypingRequest(peer, types.SendMessageTypingAction()))
            await asyncio.sleep(command.typing_ms / 1000)
        random_id = desk.random_id(token)
        if not command.files:
            return await done(desk, SendText(peer, text, reply_to=reply, random_id=random_id))
        ways = await ways_of(desk, command.files)
        try:
            return await done(desk, await media_request(desk, command, ways, token, reply))
        except MediaRefused:
            if not {Way.PHOTO, Way.VIDEO}.intersection(ways):
                raise
        # A refusal is certain, so the same random_id is still free.
        ways = (Way.FILE,) * len(command.files)
        return await done(desk, await media_request(desk, command, ways, token, reply))

    def _check(self, text: str, files: tuple[OutgoingFile, ...]) -> None:
        """What Telegram would do silently or by halves is refused before."""
        sheet = self.capabilities.send
        assert sheet is not None
        allowed = sheet.attachments.caption if files and sheet.attachments else sheet.text
        if allowed and allowed.max_length and len(text.encode("utf-16-le")) // 2 > allowed.max_length.value:
            raise TooLong
        if sheet.max_attachments is not None and len(files) > sheet.max_attachments.value:
            raise MediaRefused(f"An album has at most {sheet.max_attachments.value} files. Nothing was sent.")
        if len(files) > 1 and any(file.role != "attachment" for file in files):
            raise MediaRefused(
                "Telegram takes a voice note or a round video only as a message of its own. Nothing was sent; send it apart"
                " from the other files."
            )


class Forwards(BaseSession):
    """forward"""

    async def forward(self, command: ForwardMessage, token: str) -> Done:
        """Forward, marked as forwarded."""
        desk = self._desk
        source, target = await desk.peer(command.chat), await desk.peer(command.to_chat)
        number = message_number(command.chat, command.message)
        return await done(
            desk, functions.messages.ForwardMessagesRequest(source, [number], target, random_id=[desk.random_id(token)])
        )


class Starts(Sends):
    """start"""

    async def start(self, command: StartChat, token: str) -> Done:
        """Say the first message in a 1:1 chat, or in a group made for it.

        A group that a lost answer left behind is found again.
        """
        desk = self._desk
        people = [await self._person(name) for name in command.people]
        if len(people) == 1 and command.title is None:
            chat, events = command_chat(people[0]), _NOTHING
        else:
            chat, events = await self._group(command, people, token)
        if not command.text and not command.files:
            return Done(chat=chat, events=events)
        said = await self.send(SendMessage(chat=chat, text=command.text, files=command.files), token)
        desk.introduced.add(chat)
        return Done(provider_id=said.provider_id, chat=chat, events=(*events, *said.events))

    async def _person(self, name: str) -> Any:
        """The InputPeer of an id, a user name or a phone number. Raises InvalidRecipient."""
        desk = self._desk
        found = desk.peers.peer(name)
        if found is None and is_id(name) and not name.startswith("-"):
            try:
                return await desk.peer(name)
            except NotPossible:
                raise InvalidRecipient(NOBODY) from None
        if found is not None:
            return found
        plain = name.removeprefix("@")
        if name.startswith("+"):
            answer = await desk.call(functions.contacts.ResolvePhoneRequest(name[1:]))
        elif plain.isascii() and plain.replace("_", "").isalnum():
            answer = await desk.call(functions.contacts.ResolveUsernameRequest(plain))
        else:
            raise InvalidRecipient(NOBODY)
        found = next((desk.peers.peer(entity_id(each)) for each in answer.users), None)
        if found is None:
            raise InvalidRecipient(NOBODY)
        return found

    async def _group(self, command: StartChat, people: list[Any], token: str) -> tuple[str, tuple[Event, ...]]:
        desk = self._desk
        started = json.loads(await desk.keeper.get("starts") or b"{}")
        noted = started.get(token)
        if isinstance(noted, str):
            return noted, ()
        title = command.title or ", ".join(desk.known.person(name).name or name for name in command.people)[:255]
        if noted is not None and (found := await self._left_behind(title, noted)) is not None:
            chat, events = found, _NOTHING
        else:
            await _keep_start(desk, started, token, desk.clock())
            users = [types.InputUser(each.user_id, each.access_hash) for each in people if hasattr(each, "user_id")]
            answer = await desk.call(functions.messages.CreateChatRequest(users, title))
            updates = answer.updates
            chat, events = entity_id(updates.chats[0]), await desk.told(updates)
        await _keep_start(desk, started, token, chat)
        return chat, tuple(event for event in events if not isinstance(event, MessageArrived) or event.event_type is not None)

    async def _left_behind(self, title: str, began_ms: int) -> str | None:
        """The group that an attempt made whose answer was lost: of this title, ours, and not older than the attempt."""
        answer = await self._desk.call(functions.messages.GetDialogsRequest(None, 0, types.InputPeerEmpty(), limit=100, hash=0))
        for each in answer.chats:
            is_it = type(each).__name__ == "Chat" and each.creator and each.title == title
            if is_it and each.date.timestamp() * 1000 >= began_ms - _CLOCKS_APART_MS:
                return entity_id(each)
        return None


def command_chat(peer: Any) -> str:
    """The chat with a person: it has the person's id."""
    if not isinstance(peer, types.InputPeerUser):
        raise InvalidRecipient
    return str(peer.user_id)


async def done(desk: Desk, request: Any) -> Done:
    """Send and tell the facts. The number of the (first) message is where Telegram puts our random_id."""
    answer = await desk.call(request)
    events = await desk.told(answer)
    own = [event for event in events if isinstance(event, MessageArrived)]
    first = next((event for event in own if event.token is not None), own[0] if own else None)
    return Done(provider_id=None if first is None else first.provider_id, events=events)


async def _reply(desk: Desk, command: SendMessage) -> Any:
    """What it answers, and in which topic it stands. Source: core.telegram.org/constructor/inputReplyToMessage, 2026-11-23."""
    topic = None if command.thread is None else await _topic(desk, command.chat, command.thread)
    if command.quote is None:
        return None if topic is None else types.InputReplyToMessage(reply_to_msg_id=topic)
    number = message_number(command.chat, command.quote)
    seen = desk.known.message(command.chat, number)
    if seen is None or not seen.sender:
        quoted_topic = topic_number(await desk.message(command.chat, message_id(command.chat, number)))
    else:
        quoted_topic = seen.topic
    if topic is not None and topic not in (quoted_topic, number):
        raise NotPossible("The quoted message stands in another topic. Nothing was sent. Leave thread_id or quote_id out.")
    return types.InputReplyToMessage(reply_to_msg_id=number, top_msg_id=None if quoted_topic == number else quoted_topic)


async def _topic(desk: Desk, chat: str, thread: str) -> int:
    """The number of a topic's first message. Raises NotPossible where it names no topic."""
    number = message_number(chat, thread)
    if (chat, number) in desk.topics:
        return number
    (found,) = await desk.messages(chat, [number])
    if type(getattr(found, "action", None)).__name__ != "MessageActionTopicCreate" or peer_id(found.peer_id) != chat:
        raise NotPossible(
            "thread_id names no topic: in Telegram it is the first message of a topic, in a group that has topics. Nothing was"
            " sent. Leave thread_id out; quote_id may serve."
        )
    desk.topics.add((chat, number))
    return number


async def _keep_start(desk: Desk, started: dict[str, Any], token: str, value: Any) -> None:
    started[token] = value
    for oldest in list(started)[:-_STARTS_MOST]:
        del started[oldest]
    await desk.keeper.put("starts", json.dumps(started).encode())
