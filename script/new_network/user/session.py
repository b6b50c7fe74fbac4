"""The live side of one account: lists chats, listens, reads history, sends text."""

from collections.abc import AsyncIterator

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.commands import Done, SendMessage
from trunkline.contract.connector import Keeper
from trunkline.contract.events import ChatPage, HistoryPage, PersonInfo, Update
from trunkline.model.errors import Disconnected
from trunkline.networks.acme.convert import chat_of, event_of, gap_of, message_of, person_of
from trunkline.networks.acme.user.capabilities import SHEET
from trunkline.networks.acme.user.client import Client, Wire

PAGE = 50
"""Chats of one page."""


class AcmeSession:
    """One account."""

    def __init__(self, wire: Wire, keeper: Keeper):
        self._wire = wire
        self._keeper = keeper
        self._client = Client(wire, "")
        self._own = ""
        self._began = 0

    @property
    def capabilities(self) -> Capabilities:
        """The account's sheet: narrow it here by what the network tells at `connect`."""
        return SHEET

    async def connect(self) -> PersonInfo:
        """Say who we are. Raises Disconnected where nobody is logged in."""
        key = await self._keeper.get("credentials")
        if key is None:
            raise Disconnected("Nobody is logged in to this account. Log in again.")
        self._client = Client(self._wire, key.decode())
        answer = await self._client.ask("hello")
        self._own, self._began = answer["own"]["id"], answer["position"]
        return person_of(answer["own"], self._own)

    async def listen(self, position: str | None) -> AsyncIterator[Update]:
        """What happens from a position on; ends with an error."""
        after = self._began if position is None else int(position)
        while True:
            answer = await self._client.ask("events", after=after)
            after = answer["position"]
            if "gap" in answer:
                yield Update(events=(gap_of(answer["gap"]),), position=str(after))
            else:
                yield Update(events=(event_of(answer["event"], self._own),), position=str(after))

    async def chats(self, cursor: str | None) -> ChatPage:
        """A page of chats, most recently active first."""
        start = int(cursor or 0)
        answer = await self._client.ask("chats", start=start, count=PAGE)
        more = str(start + PAGE) if answer["more"] else None
        return ChatPage(chats=tuple(chat_of(each, self._own) for each in answer["chats"]), cursor=more)

    async def history(self, chat: str, cursor: str | None, count: int) -> HistoryPage:
        """Messages of a chat, newest first."""
        before = None if cursor is None else int(cursor)
        answer = await self._client.ask("history", chat=chat, before=before, count=count)
        messages = tuple(message_of(each, self._own, live=False) for each in answer["messages"])
        return HistoryPage(messages=messages, cursor=str(messages[-1].order) if answer["more"] else None)

    async def send(self, command: SendMessage, token: str) -> Done:
        """Send a text. The network knows the token again for a day."""
        answer = await self._client.ask("send", chat=command.chat, text=command.text or "", token=token)
        message = message_of(answer["message"], self._own, live=True)
        return Done(provider_id=message.provider_id, events=(message,))

    async def close(self) -> None:
        """Nothing is held."""
