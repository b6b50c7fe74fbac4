"""What all abilities of one account work with: the line, whom it can address, what is remembered, and how answers are told."""

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from msgspec import Struct
from telethon import functions, types

from trunkline.contract.connector import Keeper, Media
from trunkline.contract.events import Event
from trunkline.model.errors import Disconnected, NetworkRefusal, NotPossible, NotReached, Throttled
from trunkline.model.times import Clock
from trunkline.networks.telegram.convert.ids import entity_id, is_id, message_number, peer_id
from trunkline.networks.telegram.convert.known import Known, Remembered
from trunkline.networks.telegram.convert.messages import arrived_anyhow, quoted_number, tokens_of, topic_number
from trunkline.networks.telegram.convert.updates import Scene, events_of
from trunkline.networks.telegram.options import App
from trunkline.networks.telegram.user.client import Line
from trunkline.networks.telegram.user.mailbox import Note
from trunkline.networks.telegram.user.peers import Peers
from trunkline.networks.telegram.user.waits import Waits

_TOKENS_MOST = 1_000
_DIALOG_PAGES = 10


class Credentials(Struct, frozen=True):
    """What a login leaves: Telethon's session string and the application it was made with."""

    session: str
    api_id: int
    api_hash: str

    def __repr__(self) -> str:
        return "Credentials(...)"


def write_credentials(session: str, app: App) -> bytes:
    """As the keeper holds them."""
    return json.dumps([session, app.api_id, app.api_hash]).encode()


def read_credentials(kept: bytes | None) -> Credentials:
    """Raises Disconnected when there are none."""
    try:
        session, api_id, api_hash = json.loads(kept or b"")
        return Credentials(session=session, api_id=api_id, api_hash=api_hash)
    except (ValueError, TypeError):
        raise Disconnected("This account has no login that can be read. Connect it again.") from None


class Desk:
    """One connected account, as its abilities see it."""

    def __init__(
        self, line: Line, peers: Peers, known: Known, *, keeper: Keeper, media: Media, clock: Clock, waits: Waits
    ) -> None:
        self.line = line
        self.peers = peers
        self.known = known
        self.keeper = keeper
        self.media = media
        self.clock = clock
        self.waits = waits
        self.introduced: set[str] = set()
        self.topics: set[tuple[str, int]] = set()
        """Topics whose first message was handed up: chat, and its number."""
        self.labels: dict[str, list[str]] | None = None
        """Titles of the chat folders by chat, as they were read last; None before."""
        self.sent: OrderedDict[int, str] = OrderedDict()
        """Our tokens by random_id, of the latest sends."""
        self._has_looked = False
        self._looking = asyncio.Lock()

    def __repr__(self) -> str:
        return "<Desk>"

    async def call(self, request: Any) -> Any:
        """Ask Telegram, and meet whoever comes with the answer. Raises Throttled as long as Telegram wants us to wait."""
        self.waits.check(request)
        try:
            answer = await self.line.call(request)
        except Throttled as error:
            self.waits.note(request, error)
            raise
        await self.meet([*(getattr(answer, "users", None) or ()), *(getattr(answer, "chats", None) or ())])
        return answer

    async def meet(self, entities: Iterable[Any]) -> None:
        """Keep whom we met, before anything about them is handed up."""
        met = list(entities)
        await self.peers.learn(met)
        self.known.meet(met)

    async def peer(self, chat: str) -> Any:
        """The InputPeer of a chat. Raises NotPossible when the account has none of this id."""
        found = self.peers.peer(chat)
        if found is None and is_id(chat):
            await self._look_around()
            found = self.peers.peer(chat)
        if found is None:
            raise NotPossible(f"The account has no chat {chat}. Nothing was done.")
        return found

    async def channel(self, chat: str) -> Any:
        """The InputChannel of a channel or supergroup; None for other chats. Raises NotPossible."""
        peer = await self.peer(chat)
        return types.InputChannel(peer.channel_id, peer.access_hash) if isinstance(peer, types.InputPeerChannel) else None

    async def message(self, chat: str, message: str) -> Any:
        """A Message as Telegram has it now. Raises NotPossible when there is none."""
        (found,) = await self.messages(chat, [message_number(chat, message)])
        if type(found).__name__ != "Message" or peer_id(found.peer_id) != chat:
            raise NotPossible("There is no such message in this chat. Nothing was done.")
        return found

    async def messages(self, chat: str, numbers: list[int]) -> list[Any]:
        """Messages by number; MessageEmpty for those that are gone."""
        channel = await self.channel(chat)
        wanted = [types.InputMessageID(number) for number in numbers]
        request = (
            functions.channels.GetMessagesRequest(channel, wanted) if channel else functions.messages.GetMessagesRequest(wanted)
        )
        return list((await self.call(request)).messages)

    async def remember_quoted(self, messages: Iterable[Any]) -> None:
        """Fetch what messages quote and nobody remembers, so that it can be shown."""
        wanted: dict[str, set[int]] = {}
        with_them = {(peer_id(each.peer_id), each.id): each for each in messages if type(each).__name__ == "Message"}
        for (chat, _), each in with_them.items():
            number = quoted_number(each)
            if number is None or self.known.message(chat, number) is not None:
                continue
            if (chat, number) in with_them:
                arrived_anyhow(with_them[chat, number], self.known)
            else:
                wanted.setdefault(chat, set()).add(number)
        for chat, numbers in wanted.items():
            await self._fetch_quoted(chat, sorted(numbers))

    async def first_of_topics(self, messages: Iterable[Any]) -> tuple[Event, ...]:
        """The first messages of the topics that these stand in, once in a session: who answers there names them."""
        wanted: dict[str, set[int]] = {}
        for each in messages:
            number = topic_number(each)
            chat = peer_id(each.peer_id)
            if number is not None and (chat, number) not in self.topics:
                wanted.setdefault(chat, set()).add(number)
        events: list[Event] = []
        for chat, numbers in wanted.items():
            self.topics.update((chat, number) for number in numbers)
            try:
                found = await self.messages(chat, sorted(numbers))
            except NetworkRefusal:
                continue
            events += [arrived_anyhow(each, self.known) for each in found if type(each).__name__ != "MessageEmpty"]
        return tuple(events)

    async def _fetch_quoted(self, chat: str, numbers: list[int]) -> None:
        try:
            found = await self.messages(chat, numbers)
        except NetworkRefusal:
            return
        for number in numbers:
            self.known.note(chat, number, Remembered(sender="", text=None))
        for each in found:
            if type(each).__name__ == "Message":
                arrived_anyhow(each, self.known)

    def scene(self, updates: list[Any], entities: Iterable[Any]) -> Scene:
        """What updates are read with."""
        return Scene(
            known=self.known,
            entities={entity_id(entity): entity for entity in entities},
            tokens=tokens_of(updates, self.sent),
            now_ms=self.clock(),
            introduced=self.introduced,
            titles=self.labels,
        )

    async def told(self, answer: Any) -> tuple[Event, ...]:
        """The facts in an answer of type Updates."""
        updates = list(answer.updates)
        await self.meet([*answer.users, *answer.chats])
        await self.remember_quoted(
            each.message for each in updates if hasattr(each, "message") and hasattr(each.message, "peer_id")
        )
        scene = self.scene(updates, [*answer.users, *answer.chats])
        return tuple(event for update in updates for event in events_of(update, scene))

    def note(self, *events: Event) -> tuple[Event, ...]:
        """Facts that Telegram does not tell back to the session that made them: they come up by `listen` too."""
        self.line.arrivals.put_nowait(Note(events))
        return events

    def random_id(self, token: str, part: int = 0) -> int:
        """The number by which Telegram knows a repeated send, from our token. Remembered, for the echo."""
        digest = hashlib.sha256(f"{part}:{token}".encode()).digest()
        number = int.from_bytes(digest[:8], "big", signed=True) or 1
        if part == 0:
            self.sent[number] = token
            if len(self.sent) > _TOKENS_MOST:
                self.sent.popitem(last=False)
        return number

    async def _look_around(self) -> None:
        """Meet all contacts and the people and groups of the most recent chats; once in a session."""
        async with self._looking:
            if self._has_looked:
                return
            await self.call(functions.contacts.GetContactsRequest(hash=0))
            date, number, peer = None, 0, types.InputPeerEmpty()
            for _ in range(_DIALOG_PAGES):
                answer = await self.call(functions.messages.GetDialogsRequest(date, number, peer, limit=100, hash=0))
                if type(answer).__name__ != "DialogsSlice" or not answer.messages:
                    break
                last = answer.messages[-1]
                date, number, peer = last.date, last.id, self.peers.peer(peer_id(last.peer_id)) or types.InputPeerEmpty()
            self._has_looked = True


def not_connected() -> NotReached:
    """What an ability says before `connect`."""
    return NotReached("The session is not connected yet. Nothing was done.")
