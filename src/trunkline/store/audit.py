"""The audit: a row for every call, and for every act on keys, connections and modes.

Rows of writes commit with the effect they record; rows of reads are gathered (gateway/audit_buffer.py). No message text, no
PCID and no key stands in them: numbers, ids and a keyed hash of the arguments.
"""

from collections.abc import Sequence

from msgspec import Struct

from trunkline.store.engine import Database, Reader, Row, Transaction
from trunkline.store.statement import Values


class AuditRow(Struct, frozen=True, kw_only=True):
    """One row. `outcome` is None while a write has not been settled."""

    at: int
    surface: str
    operation: str
    verdict: str
    principal: int | None = None
    key_id: str | None = None
    connection: int | None = None
    target: str | None = None
    reason: str | None = None
    outcome: str | None = None
    call_no: int | None = None
    arguments: bytes | None = None
    seq: int | None = None


_COLUMNS = "at, surface, operation, verdict, principal, key_id, connection, target, reason, outcome, call_no, arguments"
_INSERT = f"INSERT INTO audit ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"


def _values(row: AuditRow) -> tuple[object, ...]:
    return (
        row.at,
        row.surface,
        row.operation,
        row.verdict,
        row.principal,
        row.key_id,
        row.connection,
        row.target,
        row.reason,
        row.outcome,
        row.call_no,
        row.arguments,
    )


def _row(row: Row) -> AuditRow:
    return AuditRow(
        at=row[0],
        surface=row[1],
        operation=row[2],
        verdict=row[3],
        principal=row[4],
        key_id=row[5],
        connection=row[6],
        target=row[7],
        reason=row[8],
        outcome=row[9],
        call_no=row[10],
        arguments=row[11],
        seq=row[12],
    )


async def append(tx: Transaction, row: AuditRow) -> None:
    """Write one row."""
    await tx.run(_INSERT, *_values(row))


async def append_all(tx: Transaction, rows: Sequence[AuditRow]) -> None:
    """Write several, in their order."""
    await tx.run_many(_INSERT, [_values(row) for row in rows])


async def target_of(reader: Reader, call_no: int) -> str | None:
    """What a call was about when it was begun: a chat's public id."""
    row = await reader.row("SELECT target FROM audit WHERE call_no = $1 ORDER BY seq LIMIT 1", call_no)
    return None if row is None else row[0]


async def settle(tx: Transaction, call_no: int, outcome: str) -> None:
    """Note how a write ended."""
    await tx.run("UPDATE audit SET outcome = $1 WHERE call_no = $2", outcome, call_no)


class Filter(Struct, frozen=True, kw_only=True):
    """What a page of the audit is cut down to. before, after: exclusive bounds in milliseconds."""

    principal: int | None = None
    operation: str | None = None
    before: int | None = None
    after: int | None = None
    position: tuple[int, int] | None = None
    """Time and sequence number of the last row shown."""


def page_statement(chosen: Filter, limit: int) -> tuple[str, Values]:
    """The statement of a page, newest first. Public for the test of its query plan."""
    values = Values()
    terms = [
        f"{column} = {values(value)}"
        for column, value in (("principal", chosen.principal), ("operation", chosen.operation))
        if value is not None
    ]
    if chosen.before is not None:
        terms.append(f"at < {values(chosen.before)}")
    if chosen.after is not None:
        terms.append(f"at > {values(chosen.after)}")
    if chosen.position is not None:
        terms.append(f"(at, seq) < ({values(chosen.position[0])}, {values(chosen.position[1])})")
    where = f" WHERE {' AND '.join(terms)}" if terms else ""
    return f"SELECT {_COLUMNS}, seq FROM audit{where} ORDER BY at DESC, seq DESC LIMIT {values(limit)}", values


async def page(db: Database, chosen: Filter, limit: int) -> list[AuditRow]:
    """A page, newest first. With a principal and an operation it may look at all rows of one of them."""
    sql, values = page_statement(chosen, limit)
    return [_row(row) for row in await db.scan(sql, *values)]
