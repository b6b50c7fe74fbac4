"""What a call can reach: ids resolved inside the connection's scope, foreign and missing alike not found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trunkline.model.errors import NotFound
from trunkline.operations.backend import Scope
from trunkline.operations.filters import split_ids
from trunkline.operations.missing import not_found
from trunkline.store import accounts, attendees, chats, messages, outbox
from trunkline.store.accounts import AccountRow
from trunkline.store.attendees import AttendeeRow
from trunkline.store.chats import ChatRow
from trunkline.store.messages import StoredMessage
from trunkline.store.outbox import OutboxRow
from trunkline.store.store import Store


@dataclass(frozen=True)
class Reach:
    """The accounts of a scope, and its chats where it is limited to some. Made once per call."""

    store: Store
    scope: Scope
    accounts: Mapping[int, AccountRow]
    chat_numbers: frozenset[int] | None
    """Numbers of the chats it is limited to; None: all."""

    @property
    def numbers(self) -> list[int]:
        """Numbers of the accounts."""
        return list(self.accounts)

    @property
    def account_ids(self) -> dict[int, str]:
        """Public ids of the accounts by number."""
        return {number: account.id for number, account in self.accounts.items()}

    def account_of(self, account_no: int) -> AccountRow:
        """An account that a row of ours names."""
        return self.accounts[account_no]

    def account(self, account_id: str) -> AccountRow:
        """An account by public id. Raises NotFound."""
        for account in self.accounts.values():
            if account.id == account_id:
                return account
        raise not_found("account_id", account_id)

    def narrowed(self, account_ids: str | None, *, lenient: bool = False) -> list[AccountRow]:
        """The accounts of a filter, all where there is none. lenient: an unknown id names none, instead of NotFound."""
        ids = split_ids(account_ids)
        if ids is None:
            return list(self.accounts.values())
        found = []
        for account_id in ids:
            try:
                found.append(self.account(account_id))
            except NotFound:
                if not lenient:
                    raise
        return found

    async def chat(self, chat_id: str, parameter: str = "chat_id") -> ChatRow:
        """A chat by public id. Raises NotFound."""
        row = await chats.find(self.store.db, self.numbers, chat_id)
        if row is None or not self.may_see(row.no):
            raise not_found(parameter, chat_id)
        return row

    async def message(self, message_id: str, parameter: str = "message_id") -> StoredMessage:
        """A message by public id. Raises NotFound."""
        row = await self.known_message(message_id)
        if row is None or not self.may_see(row.chat_no):
            raise not_found(parameter, message_id)
        return row

    async def known_message(self, message_id: str) -> StoredMessage | None:
        """A stored message by public id, also by the one that was reserved for it where it was stored under another."""
        row = await messages.find(self.store.db, self.numbers, message_id)
        if row is not None:
            return row
        sent = await outbox.by_public_id(self.store.db, message_id)
        if sent is None or sent.account_no not in self.accounts or sent.chat_no is None or sent.provider_id is None:
            return None
        return await messages.by_provider_id(self.store.db, sent.chat_no, sent.provider_id)

    async def sending(self, message_id: str) -> OutboxRow | None:
        """A send of ours that the network has not confirmed, by the id reserved for its message."""
        row = await outbox.by_public_id(self.store.db, message_id)
        if row is None or row.account_no not in self.accounts or row.state == "failed":
            return None
        is_seen = self.chat_numbers is None or (row.chat_no is not None and self.may_see(row.chat_no))
        return row if is_seen else None

    async def people(self, ids: str, narrowed: Sequence[AccountRow], parameter: str) -> list[AttendeeRow]:
        """Attendees by a list of public or provider ids. Raises NotFound when none of them is known."""
        found: dict[int, AttendeeRow] = {}
        for attendee_id in split_ids(ids) or ():
            for row in await attendees.find(self.store.db, accounts.numbers(narrowed), attendee_id):
                if await self.may_see_person(row.no):
                    found[row.no] = row
        if not found:
            raise not_found(parameter, ids)
        return list(found.values())

    def may_see(self, chat_no: int) -> bool:
        """Whether a chat is among those it is limited to."""
        return self.chat_numbers is None or chat_no in self.chat_numbers

    async def may_see_person(self, attendee_no: int) -> bool:
        """Whether a person is in one of the chats it is limited to."""
        return self.chat_numbers is None or await attendees.is_member_of(self.store.db, attendee_no, self.chat_numbers)


async def reach_of(store: Store, scope: Scope) -> Reach:
    """Resolve a scope. One that is limited to chats reaches the accounts of those chats, no others."""
    rows = await accounts.in_scope(store.db, scope)
    if scope.chats is None:
        return Reach(store=store, scope=scope, accounts={row.no: row for row in rows}, chat_numbers=None)
    limited = await chats.numbers_of(store.db, accounts.numbers(rows), scope.chats)
    owners = {chat.account_no for chat in (await chats.by_numbers(store.db, limited)).values()}
    own = {row.no: row for row in rows if row.no in owners}
    return Reach(store=store, scope=scope, accounts=own, chat_numbers=frozenset(limited))
