"""Calls: one asked-for write each; asking again with the same key is the same call (security.md 6.2)."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from msgspec import structs

from trunkline.contract.commands import SendMessage
from trunkline.model.errors import IdempotencyMismatch, NotAllowed
from trunkline.operations.backend import Call
from trunkline.store import calls, connections, outbox
from trunkline.store.calls import Begun
from trunkline.store.engine import Transaction
from trunkline.store.store import Store

NOW = 1_790_000_000_000
ASKED = Call(
    principal=7,
    connection=0,
    key_id=None,
    surface="rest",
    operation="send_message_in_chat",
    fingerprint=b"f" * 32,
    target="c",
    at_ms=NOW,
    deadline_ms=NOW + 30_000,
)


@dataclass(frozen=True)
class Books:
    """The books of one connection."""

    store: Store
    connection: int

    async def begin(self, **changes: Any) -> Begun:
        """Ask, or ask again."""
        call = structs.replace(ASKED, connection=self.connection, **changes)
        return await self.store.db.write(lambda tx: calls.begin(tx, call))

    async def finish(self, no: int, answer: bytes = b"{}") -> None:
        """It is done."""
        await self.store.db.write(lambda tx: calls.finish(tx, no, "done", answer))

    async def audited(self) -> list[tuple[Any, ...]]:
        """What the audit tells of calls."""
        rows = await self.store.db.fetch("SELECT call_no, operation, target, outcome, arguments FROM audit ORDER BY seq")
        return [tuple(row) for row in rows]


@pytest.fixture
async def books(store: Store) -> Books:
    """A connection in force."""

    async def work(tx: Transaction) -> int:
        row = await connections.add(
            tx, pcid="p", principal=7, owner=7, name="c", roads={"test"}, accounts=None, chats=None, effects={"read"},
            mode="open", at_ms=NOW,
        )  # fmt: skip
        return row.no

    return Books(store, await store.db.write(work))


async def test_a_call_goes_on_the_books_with_its_audit_row(books: Books) -> None:
    begun = await books.begin()
    assert begun.earlier is None
    assert await books.audited() == [(begun.no, "send_message_in_chat", "c", None, b"f" * 32)]
    await books.finish(begun.no, b'{"body":1}')
    row = await calls.by_no(books.store.db, begun.no)
    assert row is not None
    assert (row.state, row.answer) == ("done", b'{"body":1}')
    assert [row[3] for row in await books.audited()] == ["ok"]
    assert await calls.operation_of(books.store.db, begun.no) == "send_message_in_chat"


async def test_the_same_key_is_the_same_call_with_the_same_answer(books: Books) -> None:
    first = await books.begin(idempotency_key="k")
    again = await books.begin(idempotency_key="k")
    assert again.no == first.no
    assert again.earlier is not None
    assert (again.earlier.state, again.earlier.answer) == ("running", None)
    await books.finish(first.no, b'{"body":1}')
    later = await books.begin(idempotency_key="k", at_ms=NOW + 6 * 86_400_000)
    assert later.earlier is not None
    assert (later.no, later.earlier.answer) == (first.no, b'{"body":1}')
    assert len(await books.audited()) == 1


async def test_the_same_key_asked_many_times_at_once_is_one_call(books: Books) -> None:
    begun = await asyncio.gather(*(books.begin(idempotency_key="k") for _ in range(10)))
    assert len({one.no for one in begun}) == 1
    assert [one.earlier is None for one in begun].count(True) == 1


async def test_a_key_with_other_parameters_is_refused(books: Books) -> None:
    await books.begin(idempotency_key="k")
    with pytest.raises(IdempotencyMismatch):
        await books.begin(idempotency_key="k", fingerprint=b"g" * 32)
    assert len(await books.audited()) == 1


async def test_keys_belong_to_a_principal(books: Books) -> None:
    first = await books.begin(idempotency_key="k")
    other = await books.begin(idempotency_key="k", principal=8)
    assert other.no != first.no


async def test_without_a_key_a_repeat_over_rest_is_meant(books: Books) -> None:
    assert (await books.begin()).no != (await books.begin()).no


async def test_a_call_that_mcp_issues_again_before_its_answer_left_is_the_same(books: Books) -> None:
    """security.md R7: a cut stream comes back under a new id."""
    first = await books.begin(surface="mcp")
    await books.finish(first.no)
    again = await books.begin(surface="mcp", at_ms=NOW + calls.REISSUE_MS - 1)
    assert again.no == first.no
    assert (await books.begin(surface="mcp", fingerprint=b"g" * 32)).earlier is None
    assert (await books.begin(surface="mcp", at_ms=NOW + calls.REISSUE_MS)).earlier is None, "ten minutes later it is meant"


async def test_a_call_whose_answer_left_is_meant_when_it_is_asked_again(books: Books) -> None:
    """ "ok" twice is two messages."""
    first = await books.begin(surface="mcp")
    await books.finish(first.no)
    await books.store.db.write(lambda tx: calls.set_answered(tx, first.no))
    assert (await books.begin(surface="mcp")).no != first.no


async def test_a_stopped_connection_begins_nothing(books: Books) -> None:
    begun = await books.begin()
    await books.store.db.write(lambda tx: connections.set_stopped(tx, books.connection, stopped=True))
    with pytest.raises(NotAllowed):
        await books.begin()
    with pytest.raises(NotAllowed):
        await calls.check_grant(books.store.db, begun.no)
    assert len(await books.audited()) == 1


async def test_old_calls_are_forgotten_unless_they_still_run_or_something_waits(books: Books) -> None:
    done, running, waiting = [await books.begin() for _ in range(3)]
    for begun in (done, waiting):
        await books.finish(begun.no)
    new = outbox.NewRow(
        call_no=waiting.no,
        account_no=1,
        chat_no=None,
        queue="q",
        public_id=None,
        command=SendMessage(chat="c"),
        token="t",
        created_at=NOW,
        deadline_at=NOW,
    )
    await books.store.db.write(lambda tx: outbox.put(tx, new))
    assert await books.store.db.write(lambda tx: calls.forget(tx, NOW)) == 0
    assert await books.store.db.write(lambda tx: calls.forget(tx, NOW + 1)) == 1
    left = [begun.no for begun in (done, running, waiting) if await calls.by_no(books.store.db, begun.no) is not None]
    assert left == [running.no, waiting.no]
