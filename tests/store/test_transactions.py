"""Transactions: all or nothing, many in one commit, and disk trouble that is told in words and passes."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import anyio
import apsw
import pytest

from trunkline.model.errors import StoreUnavailable
from trunkline.store import words
from trunkline.store.engine import Transaction
from trunkline.store.sqlite import SqliteDatabase
from trunkline.store.store import Store
from trunkline.store.words import Entry

from .simulated_disk import SimulatedDisk


class Put:
    """Writes one number; fails afterwards when it is told to."""

    def __init__(self, number: int, error: Exception | None = None):
        self._number, self._error = number, error

    async def __call__(self, tx: Transaction) -> int:
        await tx.run("INSERT INTO number (no) VALUES ($1)", self._number)
        if self._error is not None:
            raise self._error
        return self._number


async def make_table(tx: Transaction) -> None:
    """Where the numbers go."""
    await tx.run("CREATE TABLE number (no BIGINT PRIMARY KEY)")


async def numbers(db: SqliteDatabase) -> list[int]:
    """The numbers that are there."""
    return [row[0] for row in await db.fetch("SELECT no FROM number ORDER BY no")]


class Held:
    """Keeps the writer busy until it is let go, so that what is asked for meanwhile goes into one commit."""

    def __init__(self) -> None:
        self.begun, self._go_on = asyncio.Event(), threading.Event()
        self._loop = asyncio.get_running_loop()

    async def __call__(self, tx: Transaction) -> None:
        self._loop.call_soon_threadsafe(self.begun.set)
        assert self._go_on.wait(5)

    def let_go(self) -> None:
        """On it goes."""
        self._go_on.set()


async def together(db: SqliteDatabase, *works: Put) -> list[int | BaseException]:
    """Outcomes of transactions that are committed as one group."""
    held = Held()
    with anyio.fail_after(30):
        first = asyncio.create_task(db.write(held))
        await held.begun.wait()
        tasks = [asyncio.create_task(db.write(work)) for work in works]
        await asyncio.sleep(0)  # each has queued its work
        held.let_go()
        await first
        return await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
def disk() -> Iterator[SimulatedDisk]:
    """A disk that refuses when it is told to."""
    made = SimulatedDisk("disk of transactions")
    yield made
    made.unregister()


@pytest.fixture
async def db(tmp_path: Path, disk: SimulatedDisk) -> SqliteDatabase:
    """A database with a table of numbers."""
    opened = SqliteDatabase(tmp_path / "numbers.db", disk.name)
    await opened.write(make_table)
    return opened


async def test_of_transactions_in_one_commit_only_the_failing_one_is_undone(db: SqliteDatabase) -> None:
    outcomes = await together(db, Put(1), Put(2, ValueError("mine")), Put(3), Put(3), Put(4))
    assert [outcome if isinstance(outcome, int) else type(outcome).__name__ for outcome in outcomes] == [
        1, "ValueError", 3, "ConstraintError", 4,
    ]  # fmt: skip
    assert await numbers(db) == [1, 3, 4]
    await db.close()


async def test_many_transactions_pay_for_one_sync(db: SqliteDatabase, disk: SimulatedDisk) -> None:
    before = disk.syncs
    await db.write(Put(0))
    alone = disk.syncs - before
    await together(db, *(Put(number) for number in range(1, 101)))
    assert len(await numbers(db)) == 101
    assert disk.syncs - before - alone == alone, "the writer that held on wrote nothing, the hundred went as one"
    await db.close()


TROUBLE = {
    apsw.FullError: "The disk is full. Nothing was done; free some space and repeat the call.",
    apsw.IOError: "The disk reported an error. Nothing was done; repeat the call.",
    apsw.ReadOnlyError: "The data folder cannot be written to. Nothing was done.",
}


@pytest.mark.parametrize("kind", TROUBLE)
async def test_disk_trouble_is_told_in_words_and_passes_in_the_same_process(
    db: SqliteDatabase, disk: SimulatedDisk, kind: type[apsw.Error]
) -> None:
    await db.write(Put(1))
    disk.trouble = kind
    outcomes = await together(db, Put(2), Put(3))
    assert [(type(outcome), str(outcome)) for outcome in outcomes] == [(StoreUnavailable, TROUBLE[kind])] * 2
    with pytest.raises(StoreUnavailable):
        await db.write(Put(4))
    assert await numbers(db) == [1], "reads go on"
    disk.trouble = None
    assert await together(db, Put(2), Put(5)) == [2, 5]
    assert await numbers(db) == [1, 2, 5]
    await db.close()


async def test_a_disk_that_refuses_again_and_again_loses_nothing_that_was_answered(
    db: SqliteDatabase, disk: SimulatedDisk
) -> None:
    """security.md R5, in small: every seventh change of a file fails."""
    changes, answered = 0, []

    def moment() -> None:
        nonlocal changes
        changes += 1
        if changes % 7 == 0:
            raise apsw.IOError("now and then")

    disk.moment = moment
    for number in range(300):
        try:
            answered.append(await db.write(Put(number)))
        except StoreUnavailable:
            continue
    disk.moment = lambda: None
    assert await numbers(db) == answered
    assert 20 < len(answered) < 300
    await db.close()


async def test_a_transaction_that_waits_for_something_else_is_refused_and_undone(db: SqliteDatabase) -> None:
    async def impatient(tx: Transaction) -> None:
        await tx.run("INSERT INTO number (no) VALUES (1)")
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="await nothing but its own statements"):
        await db.write(impatient)
    assert await numbers(db) == []
    await db.close()


async def test_who_stops_waiting_does_not_stop_the_transaction(db: SqliteDatabase) -> None:
    held = Held()
    with anyio.fail_after(30):
        first = asyncio.create_task(db.write(held))
        await held.begun.wait()
        gone = asyncio.create_task(db.write(Put(1)))
        await asyncio.sleep(0)
        gone.cancel()
        held.let_go()
        await first
        await db.write(Put(2))
    assert await numbers(db) == [1, 2]
    await db.close()


async def test_closing_finishes_what_was_begun_and_refuses_what_comes_after(tmp_path: Path) -> None:
    db = SqliteDatabase(tmp_path / "numbers.db")
    await db.write(make_table)
    tasks = [asyncio.create_task(db.write(Put(number))) for number in range(20)]
    await asyncio.sleep(0)
    await db.close()
    await db.close()
    assert await asyncio.gather(*tasks) == list(range(20))
    with pytest.raises(StoreUnavailable, match="closed"):
        await db.write(Put(99))


async def test_what_is_read_is_what_was_committed(store: Store) -> None:
    async def increase(tx: Transaction) -> int:
        row = await tx.row("SELECT no FROM number")
        assert row is not None
        await tx.run("UPDATE number SET no = $1", row[0] + 1)
        return int(row[0])

    await store.db.write(make_table)
    await store.db.write(Put(0))
    before = await asyncio.gather(*(store.db.write(increase) for _ in range(20)))
    assert sorted(before) == list(range(20)), "each saw the one before, none was lost"
    assert await store.db.row("SELECT no FROM number") is not None
    assert tuple((await store.db.fetch("SELECT no FROM number"))[0]) == (20,)


async def test_a_failing_transaction_leaves_nothing(store: Store) -> None:
    await store.db.write(make_table)
    with pytest.raises(ValueError, match="mine"):
        await store.db.write(Put(1, ValueError("mine")))
    assert list(await store.db.fetch("SELECT no FROM number")) == []


async def test_a_write_counts_its_own_rows_and_none_that_the_index_of_words_writes(store: Store) -> None:
    """SQLite's index keeps its changes back and writes them while another statement runs, whose rows they are not."""

    async def work(tx: Transaction) -> int:
        await tx.run("CREATE TABLE counted (n BIGINT UNIQUE)")
        await words.add(tx, Entry(key=1, account_no=1, chat_no=1, sender_no=1), "some words")
        return await tx.run("UPDATE counted SET n = 1 WHERE NOT EXISTS (SELECT 1 FROM counted AS same WHERE same.n = 1)")

    assert await store.db.write(work) == 0
