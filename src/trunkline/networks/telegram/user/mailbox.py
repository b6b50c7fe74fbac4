"""What arrives on a line, in Telegram's order, without gaps, with the position after it.

Telethon's MessageBox knows Telegram's sequences (pts per account and per channel, seq): it withholds what comes too early and
says what to fetch. Here it is driven, so that a position can be stored with the events it stands after, and so that our own
sends, which Telethon would swallow, come up like everybody else's.

Source: core.telegram.org/api/updates, 2026-11-22; telethon/client/updates.py of 1.45.0.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from telethon._updates import ChannelState, Entity, EntityCache, EntityType, GapError, MessageBox, SessionState
from telethon._updates.messagebox import ENTRY_ACCOUNT, PrematureEndReason, PtsInfo
from telethon.tl import functions, types

from trunkline.contract.events import Event
from trunkline.model.errors import AccountError, NetworkFailed, NetworkRefusal, NotReached, Throttled
from trunkline.networks.telegram.convert.ids import channel_id, channel_number
from trunkline.networks.telegram.user.client import Ended, Line, Silent, Unread, Unreadable
from trunkline.networks.telegram.user.peers import Peers
from trunkline.networks.telegram.user.short import spelled_out


@dataclass(frozen=True)
class Lost:
    """What Telegram can no longer give: everything from a time on, in one chat or (None) in all without their own order.

    after: the number of the last message that is known there, 0 where none is. latest: the newest messages, as far as Telegram
    gave them, newest first.
    """

    chat: str | None
    from_ms: int
    reason: str
    after: int = 0
    latest: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Note:
    """Something this session did that Telegram does not tell back."""

    events: tuple[Event, ...]


@dataclass(frozen=True)
class Delivery:
    """What came together."""

    updates: list[Any] = field(default_factory=list)
    entities: list[Any] = field(default_factory=list)
    notes: tuple[Event, ...] = ()
    lost: tuple[Lost, ...] = ()
    unread: Unread | None = None


class Mailbox:
    """The order of one line's arrivals."""

    def __init__(self, line: Line, peers: Peers) -> None:
        self._line = line
        self._peers = peers
        self._box = MessageBox(Silent("telethon"))
        self._hashes = EntityCache()
        self._last: dict[int, int] = {}
        """The number of the last message that was delivered: by channel, and under 0 for all chats without their own order."""
        for number, access_hash in peers.channels():
            self._hashes.put(Entity(EntityType.CHANNEL, number, access_hash))

    async def begin(self, position: str | None) -> None:
        """Go on from a stored position, or (None) from now."""
        if position is None:
            state = await self._line.call(functions.updates.GetStateRequest())
            self._load(state.pts, state.qts, int(state.date.timestamp()), state.seq, {})
            return
        try:
            pts, qts, date, seq, channels, *last = json.loads(position)
            self._load(pts, qts, date, seq, {int(number): value for number, value in channels.items()})
            self._last = {int(number): int(value) for number, value in last[0].items()} if last else {}
        except (ValueError, TypeError, AttributeError):
            raise NetworkFailed("The stored position is none of Telegram's.") from None
        self._box.try_begin_get_diff(ENTRY_ACCOUNT, "a new connection")

    @property
    def position(self) -> str:
        """After everything that was delivered."""
        state, channels = self._box.session_state()
        return json.dumps([state["pts"], state["qts"], int(state["date"].timestamp()), state["seq"], channels, self._last])

    async def deliveries(self) -> AsyncIterator[Delivery]:
        """What happens, until the line ends by an error of the model."""
        async for delivery in self._in_order():
            self.note(delivery)
            yield delivery

    def note(self, delivery: Delivery) -> None:
        """Remember the last message of each chat: from there on history is read again after a gap."""
        for update in delivery.updates:
            message: Any = getattr(update, "message", None)
            if isinstance(update, types.UpdateNewMessage | types.UpdateNewChannelMessage) and hasattr(message, "peer_id"):
                number = getattr(message.peer_id, "channel_id", 0)
                self._last[number] = max(self._last.get(number, 0), message.id)

    async def _in_order(self) -> AsyncIterator[Delivery]:
        while True:
            request = self._box.get_difference()
            if request is not None:
                yield await self._difference(request)
                continue
            request = self._box.get_channel_difference(self._hashes)
            if request is not None:
                yield await self._channel_difference(request)
                continue
            wait_s = self._box.check_deadlines() - asyncio.get_running_loop().time()
            if wait_s <= 0:
                continue
            arrival = await self._next(wait_s)
            if arrival is not None:
                delivery = self._take(arrival)
                if delivery is not None:
                    yield delivery

    def know_channel(self, number: int, pts: int, last: int = 0) -> None:
        """A channel's place in its own order, where none was known: what comes after it is missed from now on.

        last: the number of its last message there.
        """
        peer = self._peers.peer(channel_id(number))
        if peer is not None:
            self._hashes.put(Entity(EntityType.CHANNEL, number, peer.access_hash))
        if number not in self._box.map:
            self._last.setdefault(number, last)
        self._box.try_set_channel_state(number, pts)

    def follow(self, number: int) -> bool:
        """Ask a channel next what happened there. False where its place in its own order is not known."""
        self._box.try_begin_get_diff(number, "something else was missed")
        return number in self._box.map

    def last_known(self, chat: str) -> int:
        """The number of the last message that was delivered there, or before it; 0 where none was."""
        return self._last.get(channel_number(chat) or 0, 0)

    def _is_from_a_stranger(self, arrival: Any) -> bool:
        match arrival:
            case types.UpdateShortMessage():
                return not self._peers.has(str(arrival.user_id))
            case types.UpdateShortChatMessage():
                return not self._peers.has(str(arrival.from_id))
        return False

    def _load(self, pts: int, qts: int, date: int, seq: int, channels: dict[int, int]) -> None:
        state = SessionState(0, 0, False, pts, qts, date, seq, None)
        self._box.load(state, [ChannelState(number, value) for number, value in channels.items()])

    async def _next(self, wait_s: float) -> Any:
        try:
            async with asyncio.timeout(wait_s):
                return await self._line.arrivals.get()
        except TimeoutError:
            return None

    def _take(self, arrival: Any) -> Delivery | None:
        if isinstance(arrival, Ended):
            raise arrival.error
        if isinstance(arrival, Unread):
            return Delivery(unread=arrival)
        if isinstance(arrival, Note):
            return Delivery(notes=arrival.events)
        if self._is_from_a_stranger(arrival):
            self._box.try_begin_get_diff(ENTRY_ACCOUNT, "the short form of a message names nobody")
            return None
        arrival = spelled_out(arrival)
        arrival._self_outgoing = False  # ours come up as well
        processed: list[Any] = []
        try:
            users, chats = self._box.process_updates(arrival, self._hashes, processed)
        except GapError:
            return None
        self._hashes.extend(users, chats)
        return Delivery(updates=processed, entities=[*users, *chats])

    async def _difference(self, request: Any) -> Delivery:
        since = self._box.date
        since_ms = int(since.timestamp()) * 1000
        try:
            difference = await self._line.call(request)
        except Throttled as error:
            await asyncio.sleep((error.retry_after_ms or 1_000) / 1000)
            return Delivery()
        except Unreadable:
            return await self._skip(since_ms, "something in it is of a kind this version of the protocol has no word for")
        except NetworkRefusal as error:
            return await self._skip(since_ms, error.text)
        is_lost = isinstance(difference, types.updates.DifferenceTooLong)
        lost = [self._lost(None, since_ms, "Telegram keeps no more of what happened in between.")] if is_lost else []
        lost += self._unplaced(difference)
        updates, users, chats = self._box.apply_difference(difference, self._hashes)
        updates = [*updates, *_withheld(difference, updates, ENTRY_ACCOUNT)]
        if isinstance(difference, types.updates.DifferenceSlice):
            self._box.date = since  # by this date the last part tells in which channels something has happened meanwhile
        if is_lost and difference.pts > request.pts:
            self._box.try_begin_get_diff(ENTRY_ACCOUNT, "it goes on from a later state")
        return Delivery(updates=updates, entities=[*users, *chats], lost=tuple(lost))

    async def _skip(self, since_ms: int, reason: str) -> Delivery:
        """Go on from now where what lies between cannot be had: one thing that cannot be read must not block all others."""
        state = await self._line.call(functions.updates.GetStateRequest())
        self._box.apply_difference(types.updates.DifferenceTooLong(state.pts), self._hashes)
        self._box.date, self._box.seq = state.date, state.seq
        return Delivery(lost=(self._lost(None, since_ms, f"What happened in between could not be fetched: {reason}."),))

    def _lost(self, chat: str | None, since_ms: int, reason: str, latest: tuple[Any, ...] = ()) -> Lost:
        return Lost(chat, since_ms, reason, after=self._last.get((chat and channel_number(chat)) or 0, 0), latest=latest)

    def _unplaced(self, difference: Any) -> list[Lost]:
        """Channels where something happened and whose place in the order nobody knew: from here on it is known."""
        found = []
        for each in getattr(difference, "other_updates", ()):
            if isinstance(each, types.UpdateChannelTooLong) and each.channel_id not in self._box.map and each.pts:
                self.know_channel(each.channel_id, each.pts)
                found.append(
                    self._lost(
                        channel_id(each.channel_id), self._since_ms(), "This chat's place in Telegram's order was not known."
                    )
                )
        return found

    async def _channel_difference(self, request: Any) -> Delivery:
        number = request.channel.channel_id
        try:
            difference = await self._line.call(request)
        except (AccountError, NotReached):
            raise
        except NetworkRefusal as error:
            is_private = "CHANNEL" in error.text or "read-only" in error.text
            reason = PrematureEndReason.BANNED if is_private else PrematureEndReason.TEMPORARY_SERVER_ISSUES
            self._box.end_channel_difference(request, reason, self._hashes)
            return Delivery()
        except Unreadable:
            self._box.end_channel_difference(request, PrematureEndReason.BANNED, self._hashes)
            return Delivery(lost=(self._lost(channel_id(number), self._since_ms(), "Something in it could not be read."),))
        lost: tuple[Lost, ...] = ()
        if isinstance(difference, types.updates.ChannelDifferenceTooLong):
            reason = "Telegram gives only the latest of what happened there."
            lost = (self._lost(channel_id(number), self._since_ms(), reason, tuple(difference.messages)),)
        updates, users, chats = self._box.apply_channel_difference(request, difference, self._hashes)
        updates = [*updates, *_withheld(difference, updates, number)]
        if lost:
            users, chats = difference.users, difference.chats
        return Delivery(updates=updates, entities=[*users, *chats], lost=lost)

    def _since_ms(self) -> int:
        date = self._box.date
        return int(date.timestamp()) * 1000 if date > datetime(1971, 1, 1, tzinfo=UTC) else 0


def _withheld(difference: Any, taken: list[Any], entry: Any) -> list[Any]:
    """What a difference tells of edits, deletions and read marks, which Telethon 1.45.0 drops.

    Its MessageBox takes them for updates of the socket that are older than the state, which it has moved on before, or that
    come while the difference is fetched. A difference begins where our state was, so that none of them is known.
    """
    found = []
    for each in getattr(difference, "other_updates", ()):
        place = PtsInfo.from_update(each)
        if place is not None and place.entry == entry and not any(each is one for one in taken):
            found.append(each)
    return found
