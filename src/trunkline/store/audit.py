"""The audit: a row for every call, and for every act on keys, connections and modes.

Rows of writes commit with the effect they record; rows of reads are gathered (gateway/audit_buffer.py). No message text, no
PCID and no key stands in them: numbers, ids and a keyed hash of the arguments.
"""

from collections.abc import Sequence

from msgspec import Struct

from trunkline.store.engine import Reader, Row, Transaction


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


async def settle(tx: Transaction, call_no: int, outcome: str) -> None:
    """Note how a write ended."""
    await tx.run("UPDATE audit SET outcome = $1 WHERE call_no = $2", outcome, call_no)


async def page(reader: Reader, before_seq: int | None, limit: int, principal: int | None = None) -> list[AuditRow]:
    """The newest rows below a sequence number, of one principal or of all."""
    if principal is None:
        rows = await reader.fetch(
            f"SELECT {_COLUMNS}, seq FROM audit WHERE seq < $1 ORDER BY seq DESC LIMIT $2", before_seq or 2**62, limit
        )
    else:
        rows = await reader.fetch(
            f"SELECT {_COLUMNS}, seq FROM audit WHERE principal = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",
            principal,
            before_seq or 2**62,
            limit,
        )
    return [_row(row) for row in rows]
