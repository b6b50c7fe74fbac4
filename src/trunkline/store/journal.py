"""The journal: what happened, in order, with its payload frozen when it happened. Webhooks and live streams read it.

A reader that has seen a row has seen all before it. On SQLite there is one writer; on PostgreSQL transactions that append take
turns, from their first row to their commit, since a number is given before its row can be seen.
"""

from collections.abc import Collection, Sequence

from msgspec import Struct

from trunkline.store.engine import Reader, Row, Transaction
from trunkline.store.statement import Values

TURN = 7_455_115
"""The advisory lock of those who append."""


class JournalRow(Struct, frozen=True, kw_only=True):
    """One thing that happened; `object_id` is the public id of what it happened to.

    owner: whose account it is (number of the person). road: the account's. account_no 0: the account was never made.
    """

    at: int
    account_no: int
    kind: str
    owner: int = 0
    road: str = ""
    chat_no: int | None = None
    object_id: str | None = None
    payload: bytes = b"{}"
    seq: int | None = None


class Chosen(Struct, frozen=True, kw_only=True):
    """What a reader of the journal is to see: one person's rows of these kinds, cut down further where a set is given."""

    owner: int
    kinds: tuple[str, ...]
    accounts: tuple[int, ...] | None = None
    chats: tuple[int, ...] | None = None
    """Numbers of chats; rows that are of no chat are seen all the same."""
    roads: tuple[str, ...] | None = None
    objects: tuple[str, ...] | None = None
    """Public ids of what it happened to."""


_COLUMNS = "at, account_no, chat_no, kind, object_id, payload, seq, owner, road"


def _row(row: Row) -> JournalRow:
    return JournalRow(
        at=row[0],
        account_no=row[1],
        chat_no=row[2],
        kind=row[3],
        object_id=row[4],
        payload=bytes(row[5]),
        seq=row[6],
        owner=row[7],
        road=row[8],
    )


async def append(tx: Transaction, row: JournalRow) -> None:
    """Write one row, in the transaction of what it tells."""
    if tx.dialect.name == "postgres":
        await tx.fetch("SELECT pg_advisory_xact_lock($1)", TURN)
    await tx.run(
        "INSERT INTO journal (at, account_no, chat_no, kind, object_id, payload, owner, road)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        row.at,
        row.account_no,
        row.chat_no,
        row.kind,
        row.object_id,
        row.payload,
        row.owner,
        row.road,
    )


async def after(reader: Reader, seq: int, limit: int) -> Sequence[JournalRow]:
    """What happened after a sequence number, oldest first."""
    rows = await reader.fetch(f"SELECT {_COLUMNS} FROM journal WHERE seq > $1 ORDER BY seq LIMIT $2", seq, limit)
    return [_row(row) for row in rows]


async def chosen_after(reader: Reader, chosen: Chosen, seq: int, limit: int) -> Sequence[JournalRow]:
    """What a reader is to see after a sequence number, oldest first."""
    values = Values()
    sql = f"SELECT {_COLUMNS} FROM journal WHERE owner = {values(chosen.owner)} AND seq > {values(seq)}"
    sql += f" AND kind IN ({values.all(chosen.kinds)})"
    if chosen.accounts is not None:
        sql += f" AND account_no IN ({values.all(chosen.accounts)})"
    if chosen.chats is not None:
        sql += f" AND (chat_no IS NULL OR chat_no IN ({values.all(chosen.chats)}))"
    if chosen.roads is not None:
        sql += f" AND road IN ({values.all(chosen.roads)})"
    if chosen.objects is not None:
        sql += f" AND object_id IN ({values.all(chosen.objects)})"
    rows = await reader.fetch(f"{sql} ORDER BY seq LIMIT {values(limit)}", *values)
    return [_row(row) for row in rows]


async def by_seq(reader: Reader, numbers: Collection[int]) -> dict[int, JournalRow]:
    """Rows by their sequence numbers; what is forgotten is missing."""
    values = Values()
    rows = await reader.fetch(f"SELECT {_COLUMNS} FROM journal WHERE seq IN ({values.all(sorted(numbers))})", *values)
    return {row[6]: _row(row) for row in rows}


async def newest(reader: Reader) -> int:
    """The sequence number of the newest row, 0 where there is none."""
    row = await reader.row("SELECT max(seq) FROM journal")
    return 0 if row is None or row[0] is None else int(row[0])


async def forget(tx: Transaction, before_ms: int) -> int:
    """Drop rows older than a time, with the letters that would say them; gives how many."""
    await tx.run("DELETE FROM letter WHERE seq IN (SELECT seq FROM journal WHERE at < $1)", before_ms)
    return await tx.run("DELETE FROM journal WHERE at < $1", before_ms)


async def forget_account(tx: Transaction, account_no: int) -> None:
    """Drop all that is told of an account, with the letters that would say it."""
    await tx.run("DELETE FROM letter WHERE seq IN (SELECT seq FROM journal WHERE account_no = $1)", account_no)
    await tx.run("DELETE FROM journal WHERE account_no = $1", account_no)
