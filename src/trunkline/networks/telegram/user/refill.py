"""After a gap that Telegram keeps no more of: the chats concerned are read again, back to the last message that is known.

So no new message is lost. What was edited, deleted or reacted to in between cannot be had; the gap stays noted and says so.
Up to a bound: beyond it the rest is a gap of its own, which `sync_chat_history` fills.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from telethon import functions, types

from trunkline.contract.events import GapFound
from trunkline.model.errors import NetworkRefusal, Throttled
from trunkline.networks.telegram.convert.ids import channel_number, peer_id
from trunkline.networks.telegram.convert.messages import ms_of
from trunkline.networks.telegram.user.client import Unreadable
from trunkline.networks.telegram.user.desk import Desk
from trunkline.networks.telegram.user.mailbox import Delivery, Lost, Mailbox

CHAT_MOST = 2_000
"""Messages read again in one chat."""
IN_ALL_MOST = 20_000
"""Messages read again in all chats together."""
_AT_ONCE = 100
"""Messages, and chats, in one answer of Telegram's."""
_DIALOG_PAGES = 20
_IN_PART = 300
"""Messages handed up together."""
_WAIT_MOST_MS = 60_000
"""A longer FLOOD_WAIT is not waited for: it would hold up everything that is new."""
_CLOCKS_APART_MS = 60_000
"""Where only the time of the last message is known: how much earlier one may be that was not seen."""
_UNKNOWN = "New messages were read again from the history; what was edited, deleted or reacted to in between is not known."
_REST = "sync_chat_history reads the rest."


@dataclass
class _Read:
    """What was read of one chat, newest first. gap: why something is missing, in words."""

    messages: list[Any] = field(default_factory=list)
    entities: list[Any] = field(default_factory=list)
    gap: str | None = None


class Refill:
    """Reads one account's histories again."""

    def __init__(self, desk: Desk, mailbox: Mailbox) -> None:
        self._desk = desk
        self._mailbox = mailbox

    async def after(self, lost: Lost) -> AsyncIterator[Delivery]:
        """The gap as it remains, then what was missed, chat by chat, each oldest first."""
        if lost.chat is not None:
            read = await self._read(lost, CHAT_MOST)
            yield Delivery(notes=(self._gap(lost, read) or self._noted(lost),))
            for part in _parts(read):
                yield part
            return
        left = IN_ALL_MOST
        try:
            concerned = await self._concerned(lost)
        except NetworkRefusal as error:
            yield Delivery(notes=(self._noted(lost, error.text),))
            return
        yield Delivery(notes=(self._noted(lost),))
        for chat in concerned:
            read = await self._read(chat, min(CHAT_MOST, left))
            left -= len(read.messages)
            gap = self._gap(chat, read)
            if gap is not None:
                yield Delivery(notes=(gap,))
            for part in _parts(read):
                yield part

    def _noted(self, lost: Lost, why: str = _UNKNOWN) -> GapFound:
        now_ms = self._desk.clock()
        return GapFound(chat=lost.chat, from_ms=min(lost.from_ms, now_ms), to_ms=now_ms, reason=f"{lost.reason} {why}")

    def _gap(self, lost: Lost, read: _Read) -> GapFound | None:
        if read.gap is None:
            return None
        now_ms = self._desk.clock()
        oldest_ms = ms_of(read.messages[-1].date) if read.messages else now_ms
        reason = f"{lost.reason} {read.gap} {_REST}"
        return GapFound(
            chat=lost.chat, from_ms=min(lost.from_ms, oldest_ms, now_ms), to_ms=min(oldest_ms, now_ms), reason=reason
        )

    async def _concerned(self, lost: Lost) -> list[Lost]:
        """The chats where something was said since. Channels whose place is known are left to their own differences."""
        found: list[Lost] = []
        date, number, peer = None, 0, types.InputPeerEmpty()
        for _ in range(_DIALOG_PAGES):
            request = functions.messages.GetDialogsRequest(date, number, peer, limit=_AT_ONCE, hash=0)
            answer = await self._patiently(request)
            times = {(peer_id(each.peer_id), each.id): ms_of(each.date) for each in answer.messages if hasattr(each, "date")}
            for dialog in answer.dialogs:
                chat = peer_id(dialog.peer)
                if times.get((chat, dialog.top_message), 0) < lost.from_ms - _CLOCKS_APART_MS:
                    if not getattr(dialog, "pinned", False):
                        return found
                elif self._is_read_here(chat, dialog):
                    after = self._mailbox.last_known(chat)
                    found.append(Lost(chat, lost.from_ms, lost.reason, after=after))
            if type(answer).__name__ != "DialogsSlice" or not answer.messages:
                break
            last = answer.messages[-1]
            date, number, peer = last.date, last.id, self._desk.peers.peer(peer_id(last.peer_id)) or types.InputPeerEmpty()
        return found

    def _is_read_here(self, chat: str, dialog: Any) -> bool:
        channel = channel_number(chat)
        if channel is None:
            return bool(dialog.top_message > self._mailbox.last_known(chat))
        if self._mailbox.follow(channel):
            return False
        self._mailbox.know_channel(channel, dialog.pts or 1)
        return True

    async def _read(self, lost: Lost, most: int) -> _Read:
        """A chat, newest first, until a message that is known."""
        assert lost.chat is not None
        read = _Read()
        offset = 0
        try:
            peer = await self._desk.peer(lost.chat)
            while len(read.messages) < most:
                request = functions.messages.GetHistoryRequest(
                    peer, offset_id=offset, offset_date=None, add_offset=0, limit=_AT_ONCE, max_id=0, min_id=lost.after, hash=0
                )
                answer = await self._patiently(request)
                read.entities += [*answer.users, *answer.chats]
                there = [each for each in answer.messages if type(each).__name__ != "MessageEmpty"]
                fresh = [each for each in there if not _is_known(each, lost)]
                read.messages += fresh
                if len(fresh) < len(there) or len(answer.messages) < _AT_ONCE:
                    return read
                offset = answer.messages[-1].id
        except (NetworkRefusal, Unreadable) as error:
            read.messages = read.messages or list(lost.latest)
            read.gap = f"Not all of it could be read again: {error.text}"
            return read
        read.gap = f"Only the latest {len(read.messages)} messages since then were read again."
        return read

    async def _patiently(self, request: Any) -> Any:
        while True:
            try:
                return await self._desk.call(request)
            except Throttled as error:
                if error.retry_after_ms is None or error.retry_after_ms > _WAIT_MOST_MS:
                    raise
                await asyncio.sleep(error.retry_after_ms / 1000)


def _is_known(message: Any, lost: Lost) -> bool:
    if lost.after:
        return bool(message.id <= lost.after)
    return ms_of(message.date) < lost.from_ms - _CLOCKS_APART_MS


def _parts(read: _Read) -> list[Delivery]:
    ordered = read.messages[::-1]
    return [
        Delivery(updates=[_new(each) for each in ordered[at : at + _IN_PART]], entities=read.entities)
        for at in range(0, len(ordered), _IN_PART)
    ]


def _new(message: Any) -> Any:
    kind = types.UpdateNewChannelMessage if isinstance(message.peer_id, types.PeerChannel) else types.UpdateNewMessage
    return kind(message, 0, 0)
