"""The journal: what happened, in order, with its payload frozen when it happened. Webhooks and live streams read it."""

from collections.abc import Sequence

from msgspec import Struct

from trunkline.store.engine import Reader, Transaction


class JournalRow(Struct, frozen=True, kw_only=True):
    """One thing that happened; `object_id` is the public id of what it happened to."""

    at: int
    account_no: int
    kind: str
    chat_no: int | None = None
    object_id: str | None = None
    payload: bytes = b"{}"
    seq: int | None = None


async def append(tx: Transaction, row: JournalRow) -> None:
    """Write one row, in the transaction of what it tells."""
    await tx.run(
        "INSERT INTO journal (at, account_no, chat_no, kind, object_id, payload) VALUES ($1, $2, $3, $4, $5, $6)",
        row.at,
        row.account_no,
        row.chat_no,
        row.kind,
        row.object_id,
        row.payload,
    )


async def after(reader: Reader, seq: int, limit: int) -> Sequence[JournalRow]:
    """What happened after a sequence number, oldest first."""
    rows = await reader.fetch(
        "SELECT at, account_no, chat_no, kind, object_id, payload, seq FROM journal WHERE seq > $1 ORDER BY seq LIMIT $2",
        seq,
        limit,
    )
    return [
        JournalRow(at=row[0], account_no=row[1], chat_no=row[2], kind=row[3], object_id=row[4], payload=row[5], seq=row[6])
        for row in rows
    ]


async def forget(tx: Transaction, before_ms: int) -> int:
    """Drop rows older than a time; gives how many."""
    return await tx.run("DELETE FROM journal WHERE at < $1", before_ms)
