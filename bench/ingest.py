"""History ingest, and what is in its time: pages of 200 messages, each in one durable transaction, as a sync stores them.

Rival: the same rows appended, page by page and as durably, to a bare SQLite table without any index. Between the two stands a
ladder that adds one part after the other with ready rows, and a profile of the statements that the whole runs.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import apsw

from parts.corpus import BATCH, add_account, events, ingest
from parts.measure import IS_FULL, Claim, Figures, turns
from trunkline.contract.events import MessageArrived
from trunkline.store import words
from trunkline.store.document import decode
from trunkline.store.engine import Row
from trunkline.store.sqlite import SqliteDatabase
from trunkline.store.store import open_store

TOTAL = 200_000 if IS_FULL else 20_000
ROUNDS = 5

COLUMNS = "chat_no, key, id, provider_id, account_no, sender_no, is_own, rank, counts, deleted, document"
MARKS = ", ".join("?" * len(COLUMNS.split(", ")))
WORDS = "INSERT INTO message_words (rowid, text, scope) VALUES (?, ?, ?)"

PARTS = {
    "SELECT chat_no, key, id, provider_id": "whether it is there already",
    "SELECT EXISTS (SELECT 1 FROM amendment": "what was told of it before it came",
    "SELECT key, rank": "its place among those of its millisecond",
    "SELECT 1 FROM message WHERE key": "whether its key is free",
    "SELECT no, call_no": "whether it is the echo of a send",
    "INSERT INTO message (": "its row in the table and six indexes",
    "INSERT INTO message_words": "its words",
    "COMMIT": "the durable commit",
}
"""How a statement begins, and what it is for."""


class Stored(NamedTuple):
    """What ingest makes of the history, in the order it writes it."""

    rows: Sequence[Row]
    words: Sequence[Row]
    ddl: Sequence[str]
    """The statements that make the table, its indexes, and the index of words."""


class Profile:
    """Seconds that statements take, by their text. Those that the index of words runs inside are in its own."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    def note(self, sql: str, nanoseconds: int) -> None:
        """A statement has ended."""
        if "message_words_" not in sql:
            self._seconds[sql] = self._seconds.get(sql, 0.0) + nanoseconds / 1e9

    def show(self, total: float) -> None:
        """What a message's time is made of."""
        by_part: dict[str, float] = {}
        for sql, seconds in self._seconds.items():
            part = next((part for start, part in PARTS.items() if sql.startswith(start)), "other statements")
            by_part[part] = by_part.get(part, 0.0) + seconds
        by_part["Python: understanding, checking, encoding"] = total - sum(by_part.values())
        print(f"  of the {total / TOTAL * 1e6:.1f} us of a message (the profiler's own part is in Python's)")
        for part, seconds in sorted(by_part.items(), key=lambda item: -item[1]):
            print(f"    {part:<44} {seconds / TOTAL * 1e6:>6.1f} us {seconds / total:>5.0%}")


def history() -> list[list[MessageArrived]]:
    """Pages of one chat, newest first, as a network gives them."""
    messages = list(events("big", 0, TOTAL, random.Random(7)))
    return [messages[first : first + BATCH] for first in range(0, TOTAL, BATCH)]


async def whole(folder: Path, pages: Sequence[list[MessageArrived]], profile: Profile | None = None) -> float:
    """Ingest; gives seconds."""
    store = await open_store(folder)
    account = await add_account(store)
    if profile is not None:
        assert isinstance(store.db, SqliteDatabase)
        store.db._writing.set_profile(profile.note)  # nobody else wants to see the store's statements
    start = time.perf_counter()
    for page in pages:
        await ingest(store, account, page)
    seconds = time.perf_counter() - start
    await store.close()
    return seconds


async def stored(folder: Path, pages: Sequence[list[MessageArrived]]) -> Stored:
    """What ingest makes of the history."""
    await whole(folder, pages)
    store = await open_store(folder)
    found = await store.db.fetch(f"SELECT {COLUMNS} FROM message ORDER BY key DESC")
    ddl = await store.db.fetch(
        "SELECT sql FROM sqlite_master WHERE tbl_name IN ('message', 'message_words') AND sql IS NOT NULL"
    )
    await store.close()
    rows = [tuple(row) for first in range(0, TOTAL, BATCH) for row in reversed(found[first : first + BATCH])]
    entries = [(row[1], words.spaced(decode(row[10]).text or ""), f"a{row[4]} c{row[0]} s{row[5]}") for row in rows]
    return Stored(rows, entries, [row[0] for row in ddl])


def append(path: Path, ddl: Iterable[str], rows: Sequence[Row], entries: Sequence[Row]) -> float:
    """Ready rows, and entries of the index of words, into a fresh database, page by page; gives seconds."""
    db = apsw.Connection(str(path))
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA cache_size = -16000", *ddl):
        db.execute(statement)
    start = time.perf_counter()
    for first in range(0, TOTAL, BATCH):
        with db:
            db.executemany(f"INSERT INTO message VALUES ({MARKS})", rows[first : first + BATCH])
            db.executemany(WORDS, entries[first : first + BATCH])
    seconds = time.perf_counter() - start
    db.close()
    return seconds


async def climb(folder: Path, pages: Sequence[list[MessageArrived]], found: Stored) -> Figures:
    """All rungs in turns."""
    bare = (f"CREATE TABLE message ({COLUMNS})", found.ddl[-1])
    rungs = {
        "append_without_index": lambda path: append(path, bare, found.rows, ()),
        "append_with_all_indexes": lambda path: append(path, found.ddl, found.rows, ()),
        "append_with_indexes_and_words": lambda path: append(path, found.ddl, found.rows, found.words),
    }
    figures = Figures((*rungs, "ingest"))
    for number, name in enumerate(turns(ROUNDS, (*rungs, "ingest"))):
        place = folder / str(number)
        seconds = await whole(place, pages) if name == "ingest" else rungs[name](place.with_suffix(".db"))
        figures.note(name, seconds / TOTAL)
    return figures


async def main() -> None:
    """Climb, profile, print."""
    with tempfile.TemporaryDirectory() as name:
        folder, pages = Path(name), history()
        found = await stored(folder / "first", pages)
        print(f"history ingest of {TOTAL:,} messages in durable pages of {BATCH}; time a message")
        figures = await climb(folder, pages, found)
        figures.show()
        profile = Profile()
        profile.show(await whole(folder / "profiled", pages, profile))
        print(
            Claim(
                "ingest / append without any index, messages a second",
                figures.ratio("append_without_index", "ingest"),
                0.05,
                at_most=False,
            )
        )
        print(
            Claim(
                "ingest / append of ready rows with all indexes and words",
                figures.ratio("append_with_indexes_and_words", "ingest"),
            )
        )
        print(Claim("ingest", 1 / figures.median("ingest"), unit=" messages a second"))


if __name__ == "__main__":
    asyncio.run(main())
