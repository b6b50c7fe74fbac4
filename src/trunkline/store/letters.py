"""Letters: events that one endpoint refused, tried again by themselves or dead, by their row in the journal."""

from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from trunkline.store.engine import Reader, Row, Transaction
from trunkline.store.statement import Values


class Letter(Struct, frozen=True, kw_only=True):
    """One refused event; times in milliseconds, UTC. tries: how often it was posted. status None: no answer came."""

    webhook_no: int
    seq: int
    dead: bool = False
    tries: int
    not_before: int
    status: int | None
    error: str | None
    first_at: int
    last_at: int


_COLUMNS = "webhook_no, seq, dead, tries, not_before, status, error, first_at, last_at"


def _row(row: Row) -> Letter:
    return Letter(
        webhook_no=row[0],
        seq=row[1],
        dead=bool(row[2]),
        tries=row[3],
        not_before=row[4],
        status=row[5],
        error=row[6],
        first_at=row[7],
        last_at=row[8],
    )


async def put(tx: Transaction, found: Iterable[Letter]) -> None:
    """Keep letters as they are now."""
    await tx.run_many(
        f"INSERT INTO letter ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        " ON CONFLICT (webhook_no, seq) DO UPDATE SET dead = excluded.dead, tries = excluded.tries,"
        " not_before = excluded.not_before, status = excluded.status, error = excluded.error, last_at = excluded.last_at",
        [
            (
                each.webhook_no,
                each.seq,
                int(each.dead),
                each.tries,
                each.not_before,
                each.status,
                each.error,
                each.first_at,
                each.last_at,
            )
            for each in found
        ],
    )


async def remove(tx: Transaction, webhook_no: int, numbers: Collection[int]) -> None:
    """These were delivered."""
    await tx.run_many("DELETE FROM letter WHERE webhook_no = $1 AND seq = $2", [(webhook_no, seq) for seq in numbers])


async def due(reader: Reader, webhook_no: int, now: int, limit: int) -> Sequence[Letter]:
    """What is to be tried again now, the longest due first."""
    rows = await reader.fetch(
        f"SELECT {_COLUMNS} FROM letter WHERE webhook_no = $1 AND dead = 0 AND not_before <= $2"
        " ORDER BY not_before, seq LIMIT $3",
        webhook_no,
        now,
        limit,
    )
    return [_row(row) for row in rows]


async def tried_once(reader: Reader, webhook_no: int) -> Sequence[Letter]:
    """What waits for its second try."""
    rows = await reader.fetch(f"SELECT {_COLUMNS} FROM letter WHERE webhook_no = $1 AND dead = 0 AND tries = 1", webhook_no)
    return [_row(row) for row in rows]


async def next_due(reader: Reader, webhook_no: int, now: int) -> int | None:
    """When the next one, after now, is to be tried; None where none waits."""
    row = await reader.row(
        "SELECT min(not_before) FROM letter WHERE webhook_no = $1 AND dead = 0 AND not_before > $2", webhook_no, now
    )
    return None if row is None or row[0] is None else int(row[0])


async def counts(reader: Reader, webhook_no: int) -> tuple[int, int]:
    """How many wait to be tried again, and how many are dead."""
    rows = await reader.fetch("SELECT dead, count(*) FROM letter WHERE webhook_no = $1 GROUP BY dead", webhook_no)
    found = {bool(row[0]): int(row[1]) for row in rows}
    return found.get(False, 0), found.get(True, 0)


async def dead(reader: Reader, webhook_no: int, after: int, limit: int) -> Sequence[Letter]:
    """Dead letters in the order of what they tell, from behind a number on."""
    rows = await reader.fetch(
        f"SELECT {_COLUMNS} FROM letter WHERE webhook_no = $1 AND dead = 1 AND seq > $2 ORDER BY seq LIMIT $3",
        webhook_no,
        after,
        limit,
    )
    return [_row(row) for row in rows]


async def replay(
    tx: Transaction, webhook_no: int, now: int, *, numbers: Collection[int] | None, since: int | None, until: int | None
) -> int:
    """Let dead letters be tried again, as if for the first time; gives how many.

    numbers: these alone. since, until: those whose event happened after, before a time.
    """
    values = Values()
    sql = f"UPDATE letter SET dead = 0, tries = 0, not_before = {values(now)}"
    sql += f" WHERE webhook_no = {values(webhook_no)} AND dead = 1"
    if numbers is not None:
        sql += f" AND seq IN ({values.all(sorted(numbers))})"
    if since is not None:
        sql += f" AND seq IN (SELECT seq FROM journal WHERE at > {values(since)})"
    if until is not None:
        sql += f" AND seq IN (SELECT seq FROM journal WHERE at < {values(until)})"
    return await tx.run(sql, *values)
