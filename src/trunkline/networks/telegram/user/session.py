"""A session of one account: what every account can do. What only the sheet's abilities add is in the files beside it."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.connector import Keeper, Media, OpenAccount
from trunkline.contract.events import ChatChanged, ChatInfo, ChatPage, Event, PersonInfo, UnknownHappened, Update
from trunkline.model.errors import Disconnected, NetworkRefusal
from trunkline.model.times import Clock
from trunkline.networks.telegram.convert.known import Known
from trunkline.networks.telegram.convert.people import person_of
from trunkline.networks.telegram.convert.updates import events_of
from trunkline.networks.telegram.options import App
from trunkline.networks.telegram.user.client import Line
from trunkline.networks.telegram.user.desk import Desk, not_connected, read_credentials
from trunkline.networks.telegram.user.dialogs import Dialogs
from trunkline.networks.telegram.user.limits import narrowed
from trunkline.networks.telegram.user.mailbox import Delivery, Mailbox
from trunkline.networks.telegram.user.peers import Peers
from trunkline.networks.telegram.user.refill import Refill
from trunkline.networks.telegram.user.waits import Waits


class BaseSession:
    """One account. Holds one connection while it is connected."""

    def __init__(
        self, account: OpenAccount, keeper: Keeper, media: Media, widest: Capabilities, clock: Clock, *, waits: Waits
    ) -> None:
        self._account = account
        self._keeper = keeper
        self._media = media
        self._sheet = widest
        self._widest = widest
        self._clock = clock
        self._waits = waits
        self._open: tuple[Desk, Mailbox, Dialogs] | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} connected={self._open is not None}>"

    async def connect(self) -> PersonInfo:
        """Reach Telegram with the kept login and say who we are there; read the account's limits from the server."""
        await self.close()
        credentials = read_credentials(await self._keeper.get("credentials"))
        line = Line(credentials.session, App(credentials.api_id, credentials.api_hash))
        await line.open()
        try:
            return await self._enter(line)
        except BaseException:
            await line.close()
            raise

    async def _enter(self, line: Line) -> PersonInfo:
        own = await line.who()
        me = person_of(own)
        if me.provider_id != self._account.identity:
            raise Disconnected("The kept login is of another user. Connect the account again.")
        today = datetime.fromtimestamp(self._clock() / 1000, UTC).date().isoformat()
        self._sheet = await narrowed(line, self._widest, own, today)
        peers = Peers(self._keeper)
        await peers.load()
        await peers.learn([own])
        known = Known(me)
        known.meet([own])
        mailbox = Mailbox(line, peers)
        await mailbox.begin(None)
        desk = Desk(line, peers, known, keeper=self._keeper, media=self._media, clock=self._clock, waits=self._waits)
        dialogs = Dialogs(desk, mailbox.know_channel)
        with suppress(NetworkRefusal):  # then the list of chats tells them
            await dialogs.labels()
        self._open = desk, mailbox, dialogs
        return known.own

    @property
    def capabilities(self) -> Capabilities:
        """The account's sheet; after `connect` with the server's own limits."""
        return self._sheet

    async def listen(self, position: str | None) -> AsyncIterator[Update]:
        """What happens from `position` on (None: from `connect` on)."""
        if self._open is None:
            raise not_connected()
        desk, mailbox, _ = self._open
        refill = Refill(desk, mailbox)
        if position is None:
            yield Update(events=(), position=mailbox.position)
        else:
            await mailbox.begin(position)
        async for delivery in mailbox.deliveries():
            for lost in delivery.lost:
                # Without a position: one that ends in the middle begins again before the gap.
                async for part in refill.after(lost):
                    mailbox.note(part)
                    yield Update(events=tuple(await self._events_of(part)))
            events = await self._events_of(delivery)
            yield Update(events=tuple(events), position=mailbox.position)

    async def chats(self, cursor: str | None) -> ChatPage:
        """The account's chats, archived ones among them."""
        return await self._dialogs.page(cursor)

    async def close(self) -> None:
        """Let go of the connection."""
        opened, self._open = self._open, None
        if opened is not None:
            await opened[0].line.close()

    @property
    def _desk(self) -> Desk:
        if self._open is None:
            raise not_connected()
        return self._open[0]

    @property
    def _dialogs(self) -> Dialogs:
        if self._open is None:
            raise not_connected()
        return self._open[2]

    async def _events_of(self, delivery: Delivery) -> list[Event]:
        desk = self._desk
        await desk.meet(delivery.entities)
        messages = [each.message for each in delivery.updates if hasattr(getattr(each, "message", None), "peer_id")]
        await desk.remember_quoted(messages)
        scene = desk.scene(delivery.updates, delivery.entities)
        topics = await desk.first_of_topics(messages)
        events = [*topics, *(event for update in delivery.updates for event in events_of(update, scene))]
        for chat in sorted(scene.members):
            events += await self._members_now(chat)
        if scene.labels:
            events += await self._labels_now()
        if delivery.unread is not None:
            events.append(_unread(delivery.unread))
        return [*events, *delivery.notes]

    async def _labels_now(self) -> list[Event]:
        try:
            return await self._dialogs.relabelled()
        except NetworkRefusal:
            return []  # the next change of a folder, or the next list of chats, tells it

    async def _members_now(self, chat: str) -> list[Event]:
        self._dialogs.forget(chat)
        try:
            members = await self._dialogs.members(chat)
        except NetworkRefusal:
            return []
        return [ChatChanged(info=ChatInfo(provider_id=chat, members=members))]


def _unread(unread: Any) -> UnknownHappened:
    constructor = f"{unread.constructor:08x}"
    raw = {"constructor": constructor, "data": b64encode(unread.rest).decode()}
    return UnknownHappened(kind=f"constructor {constructor}", raw=json.dumps(raw))
