"""What a batch of events knows while it is taken in: one account, one transaction, and rows it has looked up already."""

from typing import Any

import msgspec

from trunkline.contract.events import PersonInfo
from trunkline.hub.ingest.threads import Threads
from trunkline.model.ids import new_id
from trunkline.store import attendees, chats, journal
from trunkline.store.accounts import AccountRow
from trunkline.store.attendees import AttendeeRow
from trunkline.store.chats import ChatRow
from trunkline.store.engine import Transaction
from trunkline.store.journal import JournalRow
from trunkline.store.store import Store


class Batch:
    """One transaction's worth of events of one account.

    Chats are changed in memory and written once, at `flush`: a page of history touches its chat a thousand times.
    """

    def __init__(self, store: Store, tx: Transaction, account: AccountRow):
        self.tx = tx
        self.account = account
        self.now = store.clock()
        self._store = store
        self._chats: dict[str, ChatRow] = {}
        self._changed: dict[int, dict[str, Any]] = {}
        self._people: dict[str, tuple[PersonInfo, AttendeeRow]] = {}
        self.threads = Threads()
        self.settled_calls: list[int] = []
        """Calls that an echo in this batch settled: to be woken once it is committed."""

    def new_id(self, at_ms: int | None = None) -> str:
        """A fresh public id, for something of a time or of now."""
        return new_id(self.now if at_ms is None else at_ms, self._store.entropy)

    async def person(self, info: PersonInfo) -> AttendeeRow:
        """The person's row, made or brought up to date."""
        known = self._people.get(info.provider_id)
        if known is not None and (known[0] == info or info == PersonInfo(provider_id=info.provider_id)):
            return known[1]
        row = await attendees.ensure(self.tx, self.account.no, info, self.new_id())
        self._people[info.provider_id] = (info, row)
        return row

    async def chat(self, provider_id: str) -> ChatRow:
        """The chat's row as this batch sees it; made when it is new, revived when it was removed."""
        known = self._chats.get(provider_id)
        if known is None:
            known = await chats.by_provider_id(self.tx, self.account.no, provider_id)
            if known is None:
                known = await chats.add(self.tx, self.account.no, provider_id, self.new_id())
            self._chats[provider_id] = known
        if known.removed:
            known = self.change(known, removed=False)
        return known

    def change(self, chat: ChatRow, **columns: Any) -> ChatRow:
        """Change columns of a chat; gives the row as it is now."""
        changed = msgspec.structs.replace(chat, **columns)
        self._chats[chat.provider_id] = changed
        pending = self._changed.setdefault(chat.no, {})
        pending.update({name: int(value) if isinstance(value, bool) else value for name, value in columns.items()})
        return changed

    async def settle_chat(self, chat: ChatRow) -> None:
        """Write what is pending of a chat and forget it, before something else writes the row itself."""
        await chats.update(self.tx, chat.no, self._changed.pop(chat.no, {}))
        self._chats.pop(chat.provider_id, None)

    async def forget(self) -> None:
        """Write what is pending and look everything up anew, as rows were put together."""
        await self.flush()
        self._chats.clear()
        self._people.clear()

    async def flush(self) -> None:
        """Write what is pending."""
        await self.threads.settle(self.tx)
        for number, columns in self._changed.items():
            await chats.update(self.tx, number, columns)
        self._changed.clear()

    async def tell(
        self, kind: str, *, chat_no: int | None = None, object_id: str | None = None, payload: bytes = b"{}"
    ) -> None:
        """Write a journal row."""
        row = JournalRow(
            at=self.now,
            account_no=self.account.no,
            owner=self.account.owner,
            road=self.account.road,
            kind=kind,
            chat_no=chat_no,
            object_id=object_id,
            payload=payload,
        )
        await journal.append(self.tx, row)
