"""The journal: who has seen a row has seen all before it."""

import asyncio

import pytest

from trunkline.store import journal
from trunkline.store.engine import Transaction
from trunkline.store.journal import Chosen, JournalRow
from trunkline.store.store import Store


def row(kind: str, **more: object) -> JournalRow:
    """A row of the first account's."""
    return JournalRow(at=1, account_no=1, kind=kind, owner=1, **more)  # type: ignore[arg-type]


async def test_a_row_is_seen_no_sooner_than_those_before_it(store: Store) -> None:
    if store.db.dialect.name != "postgres":
        pytest.skip("SQLite has one writer: transactions never overlap")
    appended, go_on = asyncio.Event(), asyncio.Event()

    async def slow(tx: Transaction) -> None:
        await journal.append(tx, row("first"))
        appended.set()
        await go_on.wait()

    async def quick(tx: Transaction) -> None:
        await journal.append(tx, row("second"))

    first = asyncio.create_task(store.db.write(slow))
    async with asyncio.timeout(5):
        await appended.wait()
        second = asyncio.create_task(store.db.write(quick))
        done, _ = await asyncio.wait([second], timeout=0.2)
        assert not done, "its turn has not come"
        assert await journal.after(store.db, 0, 10) == []
        go_on.set()
        await asyncio.gather(first, second)
    assert [each.kind for each in await journal.after(store.db, 0, 10)] == ["first", "second"]


async def test_a_reader_sees_what_it_chose(store: Store) -> None:
    async def work(tx: Transaction) -> None:
        await journal.append(tx, row("a", chat_no=1, road="x"))
        await journal.append(tx, row("a", chat_no=2, road="x"))
        await journal.append(tx, row("b", road="x", object_id="account"))
        await journal.append(tx, JournalRow(at=1, account_no=2, kind="a", owner=2))

    await store.db.write(work)

    async def seen(**limits: object) -> list[int]:
        chosen = Chosen(**{"owner": 1, "kinds": ("a", "b"), **limits})  # type: ignore[arg-type]
        return [each.seq or 0 for each in await journal.chosen_after(store.db, chosen, 0, 10)]

    assert await seen() == [1, 2, 3]
    assert await seen(kinds=("a",)) == [1, 2]
    assert await seen(chats=(2,)) == [2, 3]
    assert await seen(accounts=(2,)) == []
    assert await seen(roads=("y",)) == []
    assert await seen(objects=("account",)) == [3]
    assert await seen(owner=2) == [4]
    assert await journal.newest(store.db) == 4
