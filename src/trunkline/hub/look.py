"""Looking in the network's history for what a send of ours became.

It is found by our token where the network shows it; elsewhere by what was said. What was said may be said twice, so a message
counts only if it is ours, not older than the first attempt, was not in the chat before it, and belongs to no other send.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from trunkline.contract.commands import ForwardMessage, SendMessage, StartChat
from trunkline.contract.events import ChatChanged, ChatInfo, Event, MessageArrived
from trunkline.contract.session import ReadsHistory, Session
from trunkline.hub.options import HubOptions
from trunkline.model.chat import SINGLE
from trunkline.store import chats, messages, outbox
from trunkline.store.accounts import AccountRow
from trunkline.store.outbox import OutboxRow
from trunkline.store.store import Store

CLOCK_SLACK_MS = 5_000
"""How far the network's clock may lag behind what we take for it."""
PAGES_MOST = 20
"""Of one chat's history."""
CHAT_PAGES_MOST = 3
"""Of the account's chats: one that was just written in is among the most recent."""
GROUP_CREATED = 3
"""unipile-v1 5.3."""


@dataclass(frozen=True)
class Found:
    """The message of a send, and what else has to be taken in with it."""

    message: MessageArrived
    before: tuple[Event, ...] = ()

    @property
    def events(self) -> tuple[Event, ...]:
        """All of it, in order."""
        return (*self.before, self.message)


@dataclass(frozen=True)
class Lookout:
    """Looks through one connected account. `session` reads history."""

    store: Store
    options: HubOptions
    account: AccountRow
    session: Session

    async def find(self, row: OutboxRow) -> Found | None:
        """The oldest message that fits and nobody else claims. Raises what the session raises."""
        command = row.decoded()
        if isinstance(command, StartChat):
            return await self._started(row, command)
        assert isinstance(command, SendMessage | ForwardMessage)
        target = command.to_chat if isinstance(command, ForwardMessage) else command.chat
        message = await self._said(row, command, target)
        return None if message is None else Found(message)

    async def _started(self, row: OutboxRow, command: StartChat) -> Found | None:
        """In the chats that a start may have made or found."""
        async for info in self._recent_chats():
            if _may_be(info, command):
                message = await self._said(row, command, info.provider_id)
                if message is not None:
                    return Found(message, (ChatChanged(info=info),))
        return None

    async def _recent_chats(self) -> AsyncIterator[ChatInfo]:
        cursor: str | None = None
        for _ in range(CHAT_PAGES_MOST):
            page = await self.session.chats(cursor)
            for info in page.chats:
                yield info
            cursor = page.cursor
            if cursor is None:
                return

    async def _said(
        self, row: OutboxRow, command: SendMessage | ForwardMessage | StartChat, target: str
    ) -> MessageArrived | None:
        chat = await chats.by_provider_id(self.store.db, self.account.no, target)
        for event in reversed(await self._since(row, target)):
            if _fits(event, command, row.token) and (
                event.token == row.token or not await self._is_claimed(row, None if chat is None else chat.no, event)
            ):
                return event
        return None

    async def _since(self, row: OutboxRow, target: str) -> list[MessageArrived]:
        """The chat's messages since the first attempt, newest first."""
        assert isinstance(self.session, ReadsHistory)
        assert row.network_at is not None
        since = row.network_at - CLOCK_SLACK_MS
        cursor: str | None = None
        read: list[MessageArrived] = []
        for _ in range(PAGES_MOST):
            page = await self.session.history(target, cursor, self.options.history_page)
            read += [event for event in page.messages if event.at_ms >= since]
            cursor = page.cursor
            if cursor is None or (page.messages and page.messages[-1].at_ms < since):
                break
        return read

    async def _is_claimed(self, row: OutboxRow, chat_no: int | None, event: MessageArrived) -> bool:
        if event.provider_id in row.known_before():
            return True
        if chat_no is None:
            return False
        owner = await outbox.by_provider_id(self.store.db, self.account.no, chat_no, event.provider_id)
        if owner is None:
            stored = await messages.by_provider_id(self.store.db, chat_no, event.provider_id)
            owner = None if stored is None else await outbox.by_public_id(self.store.db, stored.id)
        return owner is not None and owner.no != row.no


def _may_be(info: ChatInfo, command: StartChat) -> bool:
    """Whether a chat is one that the start could have made."""
    if len(command.people) == 1:
        return info.type == SINGLE and info.peer == command.people[0]
    if info.type == SINGLE or not isinstance(info.members, tuple):
        return False
    members = {name for member in info.members for name in (member.provider_id, *member.also)}
    return members.issuperset(command.people)


def _fits(event: MessageArrived, command: SendMessage | ForwardMessage | StartChat, token: str) -> bool:
    if not event.is_own:
        return False
    if event.token is not None:
        return event.token == token
    if isinstance(command, StartChat) and command.text is None and not command.files:
        return event.event_type == GROUP_CREATED
    if event.event_type is not None or event.deleted:
        return False
    if isinstance(command, ForwardMessage):
        return bool(event.is_forwarded)
    same_text = (event.text or "").strip() == (command.text or "").strip()
    return same_text and len(event.files) == len(command.files)
