"""Accounts, people, chats and messages for tests of the store, written by the nouns themselves."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from trunkline.contract.events import PersonInfo
from trunkline.model.times import to_wire
from trunkline.store import accounts, attendees, chats, messages
from trunkline.store.attendees import AttendeeRow
from trunkline.store.chats import ChatRow
from trunkline.store.document import Document
from trunkline.store.engine import Transaction
from trunkline.store.messages import NewMessage, StoredMessage
from trunkline.store.store import Store

T = TypeVar("T")


async def add_account(store: Store, identity: str = "me", *, owner: int = 1, account_type: str = "WHATSAPP") -> int:
    """An account; gives its number."""

    async def work(tx: Transaction) -> tuple[int, str]:
        return await accounts.add(
            tx,
            account_id=store.new_id(),
            owner=owner,
            road="sandbox",
            account_type=account_type,  # type: ignore[arg-type]
            identity=identity,
            name=identity,
            params={},
            at_ms=store.clock(),
        )

    number, _ = await store.db.write(work)
    return number


async def add_person(store: Store, account_no: int, provider_id: str, **known: object) -> AttendeeRow:
    """A person, or what more is known of one."""
    info = PersonInfo(provider_id=provider_id, **known)  # type: ignore[arg-type]
    return await store.db.write(lambda tx: attendees.ensure(tx, account_no, info, store.new_id()))


async def add_chat(store: Store, account_no: int, provider_id: str = "chat", **columns: object) -> ChatRow:
    """A chat, with columns set."""

    async def work(tx: Transaction) -> ChatRow:
        made = await chats.add(tx, account_no, provider_id, store.new_id())
        await chats.update(tx, made.no, columns)
        row = await chats.by_no(tx, made.no)
        assert row is not None
        return row

    return await store.db.write(work)


@dataclass(frozen=True)
class Said:
    """A message to be planted; `rank` is the network's order within a millisecond."""

    provider_id: str
    at_ms: int
    text: str | None = None
    rank: int = 0
    own: bool = False
    sender_no: int = 1


async def insert(store: Store, tx: Transaction, chat: ChatRow, said: Said) -> int:
    """Write a message in a transaction; gives its key."""
    document = Document(
        id=store.new_id(),
        provider_id=said.provider_id,
        sender_id="me" if said.own else "ada",
        sender_attendee_id="0" * 22,
        text=said.text,
        timestamp=to_wire(said.at_ms),
        is_sender=1 if said.own else 0,
    )
    placed = await messages.insert(
        tx,
        NewMessage(
            chat_no=chat.no,
            account_no=chat.account_no,
            sender_no=said.sender_no,
            is_own=said.own,
            at_ms=said.at_ms,
            rank=said.rank,
            counts=not said.own,
            document=document,
        ),
    )
    return placed.key


async def add_messages(store: Store, chat: ChatRow, many: Sequence[Said]) -> list[int]:
    """Messages in one transaction; gives their keys."""

    async def work(tx: Transaction) -> list[int]:
        return [await insert(store, tx, chat, said) for said in many]

    return await store.db.write(work)


async def message(store: Store, chat: ChatRow, provider_id: str) -> StoredMessage:
    """A message that is there."""
    found = await messages.by_provider_id(store.db, chat.no, provider_id)
    assert found is not None
    return found


async def fresh(store: Store, chat: ChatRow) -> ChatRow:
    """The chat as it is now."""
    row = await chats.by_no(store.db, chat.no)
    assert row is not None
    return row


Work = Callable[[Transaction], Awaitable[T]]
