"""An account whose network is the test: events go in as a session hands them up, questions are asked as a caller does."""

import json
from dataclasses import dataclass
from typing import Any

from trunkline.contract.events import Event, FileInfo, MessageArrived, PersonInfo, QuoteInfo, ReactionInfo
from trunkline.hub.hub import Hub
from trunkline.hub.ingest.apply import apply
from trunkline.hub.ingest.batch import Batch
from trunkline.model.networks import AccountType
from trunkline.operations.backend import Answer, Page, Scope
from trunkline.operations.declaration import Operation
from trunkline.store import accounts
from trunkline.store.accounts import AccountRow
from trunkline.store.engine import Transaction
from trunkline.store.store import Store

OWNER = 1
NOW = 1_790_000_000_000
SCOPE = Scope(owner=OWNER, roads=frozenset({"test"}))

ADA, BOB, ME = (PersonInfo(provider_id=name, name=name.title()) for name in ("ada", "bob", "me"))


@dataclass(frozen=True)
class World:
    """A store, a hub without sessions over it, and an account."""

    store: Store
    hub: Hub
    account: AccountRow

    async def take(self, *events: Event) -> list[int]:
        """Ingest events together; gives the numbers of the calls that they settled."""

        async def work(tx: Transaction) -> list[int]:
            batch = Batch(self.store, tx, self.account)
            await apply(batch, events)
            return batch.settled_calls

        return await self.store.db.write(work)

    async def take_each(self, *events: Event) -> None:
        """Ingest events one by one."""
        for event in events:
            await self.take(event)

    async def ask(self, operation: Operation[Any], *, scope: Scope = SCOPE, position: str | None = None) -> Any:
        """The answer as plain data; of a list the items alone."""
        body = (await self.answer(operation, scope=scope, position=position)).body
        assert not hasattr(body, "chunks")
        return json.loads(body.items if isinstance(body, Page) else body)

    async def answer(self, operation: Operation[Any], *, scope: Scope = SCOPE, position: str | None = None) -> Answer:
        """The answer as the gate gets it."""
        plan = await self.hub.plan(operation, scope, position)
        return await plan.run(None)

    async def all_pages(self, operation: Operation[Any], *, scope: Scope = SCOPE) -> list[list[Any]]:
        """The items of every page of a list."""
        pages: list[list[Any]] = []
        position: str | None = None
        while True:
            page = (await self.answer(operation, scope=scope, position=position)).body
            assert isinstance(page, Page)
            pages.append(json.loads(page.items))
            position = page.position
            if position is None:
                return pages


async def add_account(store: Store, identity: str = "me", account_type: AccountType = "WHATSAPP") -> AccountRow:
    """An account of the owner's, on a road that no connector serves."""

    async def work(tx: Transaction) -> int:
        number, _ = await accounts.add(
            tx,
            account_id=store.new_id(),
            owner=OWNER,
            road="test",
            account_type=account_type,
            identity=identity,
            name=identity,
            params={},
            at_ms=store.clock(),
        )
        return number

    row = await accounts.by_no(store.db, await store.db.write(work))
    assert row is not None
    return row


async def new_world(store: Store, identity: str = "me", account_type: AccountType = "WHATSAPP") -> World:
    """A world of one account; more of them may stand on one store."""
    return World(store, Hub(store, ()), await add_account(store, identity, account_type))


def said(
    provider_id: str, text: str | None = None, at_ms: int = NOW, sender: PersonInfo = ADA, chat: str = "chat", **more: Any
) -> MessageArrived:
    """A message; of the account's own user when `sender` is ME. Its order is its time, where none is given."""
    more.setdefault("order", at_ms)
    more.setdefault("is_own", sender.provider_id == "me")
    return MessageArrived(
        chat=chat,
        provider_id=provider_id,
        at_ms=at_ms,
        sender=sender,
        text=provider_id if text is None else text,
        **more,
    )


def quoting(provider_id: str, text: str | None = None) -> QuoteInfo:
    """The quote of a message of Ada's."""
    return QuoteInfo(provider_id=provider_id, sender="ada", text=text)


def reaction(value: str, sender: str = "ada") -> ReactionInfo:
    """A reaction that a network shows on a message."""
    return ReactionInfo(value=value, sender=sender)


def picture(ref: str | None = "ref") -> FileInfo:
    """A file on a message."""
    return FileInfo(type="img", ref=ref, media_type="image/png", file_name="a.png", size=3, width=1, height=1)
