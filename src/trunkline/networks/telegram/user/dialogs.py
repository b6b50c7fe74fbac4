"""The account's chats, page by page, most recently active first; who is in them; and in which folders they are."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from telethon import functions, types

from trunkline.contract.events import ChatChanged, ChatInfo, ChatPage, Event, PersonInfo
from trunkline.model.errors import NetworkFailed, NetworkRefusal, Throttled
from trunkline.networks.telegram.convert.chats import chat_of
from trunkline.networks.telegram.convert.ids import entity_id, peer_id
from trunkline.networks.telegram.convert.messages import ms_of
from trunkline.networks.telegram.user.desk import Desk

_AT_ONCE = 50
_MEMBERS_MOST = 200
"""Of a supergroup: how many Telegram gives in one answer."""


class Dialogs:
    """Reads the chats of one account. know_channel(number, pts, last message): told of each channel's place."""

    def __init__(self, desk: Desk, know_channel: Callable[[int, int, int], None]) -> None:
        self._desk = desk
        self._know_channel = know_channel
        self._members: dict[str, tuple[PersonInfo, ...]] = {}

    async def page(self, cursor: str | None) -> ChatPage:
        """A page. Pinned chats, which Telegram lists apart, come in where their last activity puts them."""
        start = _read(cursor)
        pinned = await self._desk.call(functions.messages.GetPinnedDialogsRequest(folder_id=0))
        found = await self._desk.call(await self._request(start))
        apart = {peer_id(dialog.peer) for dialog in pinned.dialogs}
        rows = [row for row in _rows(found) if row[0] not in apart]
        last = _rows(found)[-1] if _rows(found) else None
        is_end = last is None or type(found).__name__ != "DialogsSlice"
        upper, lower = start[3], 0 if is_end or last is None else last[1]
        between = [row for row in _rows(pinned) if (lower < row[1] or is_end) and (upper is None or row[1] <= upper)]
        for dialog in (*found.dialogs, *pinned.dialogs):
            if isinstance(dialog.peer, types.PeerChannel) and getattr(dialog, "pts", None):
                self._know_channel(dialog.peer.channel_id, dialog.pts, dialog.top_message)
        self._desk.note()  # so that these places are stored
        entities = {entity_id(each): each for each in (*found.users, *found.chats, *pinned.users, *pinned.chats)}
        infos = [
            await self._info(dialog, entities[chat], at_ms or None)
            for chat, at_ms, dialog in sorted([*rows, *between], key=lambda row: -row[1])
            if chat in entities and type(entities[chat]).__name__ not in ("ChatForbidden", "ChannelForbidden")
        ]
        if is_end or last is None:
            return ChatPage(chats=tuple(infos))
        return ChatPage(chats=tuple(infos), cursor=json.dumps([last[1] // 1000, last[2].top_message, last[0], lower]))

    async def members(self, chat: str) -> tuple[PersonInfo, ...]:
        """Who is in a chat, our own user among them: of a large group those who were active last, of a channel who speaks."""
        if chat not in self._members:
            self._members[chat] = await self._fetch_members(chat)
        return self._members[chat]

    def forget(self, chat: str) -> None:
        """The members of a chat have changed."""
        self._members.pop(chat, None)

    async def labels(self, *, fresh: bool = False) -> dict[str, list[str]]:
        """Titles of the chat folders, by chat. Only chats that were put into a folder by name are in it."""
        if self._desk.labels is None or fresh:
            found: dict[str, list[str]] = {}
            for folder in await self.folders():
                for peer in (*folder.pinned_peers, *folder.include_peers):
                    if not isinstance(peer, types.InputPeerSelf):
                        found.setdefault(peer_id(peer), []).append(folder.title.text)
            self._desk.labels = found
        return self._desk.labels

    async def folders(self) -> list[Any]:
        """The chat folders that list chats by name."""
        answer = await self._desk.call(functions.messages.GetDialogFiltersRequest())
        return [each for each in answer.filters if type(each).__name__ in ("DialogFilter", "DialogFilterChatlist")]

    async def relabelled(self) -> list[Event]:
        """What has changed in the folders since they were read last."""
        before = {chat: list(titles) for chat, titles in (await self.labels()).items()}
        after = await self.labels(fresh=True)
        return [
            ChatChanged(info=ChatInfo(provider_id=chat, labels=tuple(after.get(chat, ()))))
            for chat in sorted({*before, *after})
            if before.get(chat, []) != after.get(chat, [])
        ]

    async def _request(self, start: "_Start") -> Any:
        seconds, number, chat, _ = start
        return functions.messages.GetDialogsRequest(
            offset_date=datetime.fromtimestamp(seconds, UTC) if seconds else None,
            offset_id=number,
            offset_peer=await self._desk.peer(chat) if chat else types.InputPeerEmpty(),
            limit=_AT_ONCE,
            hash=0,
            exclude_pinned=True,
        )

    async def _info(self, dialog: Any, entity: Any, at_ms: int | None) -> ChatInfo:
        chat = peer_id(dialog.peer)
        try:
            members = await self.members(chat)
        except Throttled:
            raise
        except NetworkRefusal:
            members = self._two(chat)
        labels = (await self.labels()).get(chat, ())
        self._desk.introduced.add(chat)
        return chat_of(dialog, entity, members=members, labels=labels, active_at_ms=at_ms)

    async def _fetch_members(self, chat: str) -> tuple[PersonInfo, ...]:
        peer = await self._desk.peer(chat)
        known = self._desk.known
        if isinstance(peer, types.InputPeerUser):
            return self._two(chat)
        if isinstance(peer, types.InputPeerChat):
            full = await self._desk.call(functions.messages.GetFullChatRequest(peer.chat_id))
            people = getattr(full.full_chat.participants, "participants", ())
            return tuple(known.person(str(each.user_id)) for each in people) or self._two(chat)
        try:
            found = await self._desk.call(
                functions.channels.GetParticipantsRequest(
                    types.InputChannel(peer.channel_id, peer.access_hash),
                    types.ChannelParticipantsRecent(),
                    offset=0,
                    limit=_MEMBERS_MOST,
                    hash=0,
                )
            )
        except Throttled:
            raise
        except NetworkRefusal:
            return self._two(chat)  # a channel whose readers are nobody's business
        people = [each.user_id for each in found.participants if hasattr(each, "user_id")]
        members = tuple(known.person(str(number)) for number in people)
        own = known.own.provider_id
        return members if any(each.provider_id == own for each in members) else (known.own, *members)

    def _two(self, chat: str) -> tuple[PersonInfo, ...]:
        known = self._desk.known
        return (known.own,) if chat == known.own.provider_id else (known.own, known.person(chat))


_Start = tuple[int, int, str, int | None]


def _read(cursor: str | None) -> _Start:
    if cursor is None:
        return 0, 0, "", None
    try:
        seconds, number, chat, upper = json.loads(cursor)
        return int(seconds), int(number), str(chat), int(upper)
    except (ValueError, TypeError):
        raise NetworkFailed("The stored place in the list of chats is none of Telegram's.") from None


def _rows(answer: Any) -> list[tuple[str, int, Any]]:
    """(chat, time of its last message in milliseconds, dialog), in the answer's order."""
    times = {(peer_id(each.peer_id), each.id): ms_of(each.date) for each in answer.messages if getattr(each, "date", None)}
    dialogs = [each for each in answer.dialogs if type(each).__name__ == "Dialog"]
    return [(chat, times.get((chat, dialog.top_message), 0), dialog) for dialog in dialogs for chat in (peer_id(dialog.peer),)]
