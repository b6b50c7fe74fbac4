"""Looking in the network's history for what a send of ours became.

It is found by our token where the network shows it; elsewhere by what was said. What was said may be said twice, so a message
counts only if it is ours, not older than the first attempt, was not in the chat before it, and belongs to no other send.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from trunkline.contract.commands import ForwardMessage, SendMessage, StartChat
from trunkline.contract.events import ChatChanged, ChatInfo, Event, MessageArrived
from trunkline.contract.session import ReadsHistory, ReadsThreads, Session, ShowsTexts
from trunkline.hub.options import HubOptions
from trunkline.model.chat import SINGLE
from trunkline.model.errors import NotPossible
from trunkline.store import attendees, chats, messages, outbox
from trunkline.store.accounts import AccountRow
from trunkline.store.outbox import OutboxRow
from trunkline.store.store import Store

CLOCK_SLACK_MS = 5_000
"""How far the network's clock may lag behind what we take for it."""
PAGES_MOST = 20
"""Of one chat's history."""
CHAT_PAGES_MOST = 3
"""Of the account's chats: one that was just written in is among the most recent."""
QUIET_MOST = 20
"""Chats where nothing was said since: after so many the others are older still, pinned ones and all."""
GROUP_CREATED = 3
"""unipile-v1 5.3."""


class PartlyFound(NotPossible):
    """Of the messages that a send becomes some are there, the last is not: it may not be done again as a whole."""


@dataclass(frozen=True)
class Found:
    """The message of a send, and what else has to be taken in with it."""

    message: MessageArrived
    before: tuple[Event, ...] = ()


@dataclass(frozen=True)
class Lookout:
    """Looks through one connected account. `session` reads history."""

    store: Store
    options: HubOptions
    account: AccountRow
    session: Session

    async def find(self, row: OutboxRow) -> Found | None:
        """The oldest message that fits and nobody else claims.

        Raises NotPossible where nobody can tell, and what the session raises.
        """
        command = row.decoded()
        if isinstance(command, StartChat):
            return await self._started(row, command)
        assert isinstance(command, SendMessage | ForwardMessage)
        target = command.to_chat if isinstance(command, ForwardMessage) else command.chat
        since = await self._replies_since(row, command) or await self._since(row, target)
        message = await self._among(since, row, command, target)
        return None if message is None else Found(message)

    async def _started(self, row: OutboxRow, command: StartChat) -> Found | None:
        """In the chats that a start may have made or found: those where anything was said since.

        Raises NotPossible when one holds such a message and nobody can tell whether it is with those people: networks know a
        person by several ids.
        """
        is_unsure, quiet = False, 0
        async for info in self._recent_chats():
            if (info.type == SINGLE) is not (len(command.people) == 1):
                continue
            since = await self._since(row, info.provider_id)
            quiet += not since
            if quiet > QUIET_MOST:
                break
            message = await self._among(since, row, command, info.provider_id)
            if message is None:
                continue
            if message.token == row.token or await self._is_with(info, command.people):
                return Found(message, (ChatChanged(info=info),))
            is_unsure = True
        if is_unsure:
            raise NotPossible
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

    async def _is_with(self, info: ChatInfo, people: tuple[str, ...]) -> bool:
        """Whether all of these people are in the chat, under whatever id of theirs."""
        members = info.members if isinstance(info.members, tuple) else ()
        names = {name for member in members for name in (member.provider_id, *member.also)}
        if isinstance(info.peer, str):
            names.add(info.peer)
        if names.issuperset(people):
            return True
        known = {await self._number_of(name) for name in names} - {None}
        for person in people:
            if person not in names and await self._number_of(person) not in known:
                return False
        return True

    async def _number_of(self, person: str) -> int | None:
        row = await attendees.by_provider_id(self.store.db, self.account.no, person)
        return None if row is None else row.no

    async def _among(
        self, since: list[MessageArrived], row: OutboxRow, command: SendMessage | ForwardMessage | StartChat, target: str
    ) -> MessageArrived | None:
        chat = await chats.by_provider_id(self.store.db, self.account.no, target)
        for event in reversed(since):
            if await self._fits(event, command, row.token) and (
                event.token == row.token or not await self._is_claimed(row, None if chat is None else chat.no, event)
            ):
                return event
        if any(each.token is not None and each.token.startswith(f"{row.token} ") for each in since):
            raise PartlyFound
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

    async def _replies_since(self, row: OutboxRow, command: SendMessage | ForwardMessage) -> list[MessageArrived]:
        """The thread's replies since the first attempt, newest first, where threads are read apart."""
        if not isinstance(command, SendMessage) or command.thread is None or not isinstance(self.session, ReadsThreads):
            return []
        assert row.network_at is not None
        since = row.network_at - CLOCK_SLACK_MS
        return [event for event in await self.session.thread(command.chat, command.thread) if event.at_ms >= since]

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

    async def _fits(self, event: MessageArrived, command: SendMessage | ForwardMessage | StartChat, token: str) -> bool:
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
        return len(event.files) == self._files_in_one(command) and await self._says(event, command.text or "")

    def _files_in_one(self, command: SendMessage | StartChat) -> int:
        """How many files the message has that stands for the send: where each gets a message of its own, it is the first."""
        send = self.session.capabilities.send
        return min(len(command.files), 1) if send is not None and send.files_apart else len(command.files)

    async def _says(self, event: MessageArrived, text: str) -> bool:
        said = (event.text or "").strip()
        return said == text.strip() or (
            isinstance(self.session, ShowsTexts) and said == (await self.session.shown(text)).strip()
        )
