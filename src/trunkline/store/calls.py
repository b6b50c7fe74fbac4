"""Calls: one asked-for write each, on either backend, with its key, its fingerprint and its answer.

A call is committed before or with its effect. Asking again with the same idempotency key and arguments gives the same answer;
with other arguments it is refused. A call without a key whose answer never left counts as the same call when it is asked again
within REISSUE_MS (security.md 6.2, R7): a client of the newer MCP revision re-issues a cut call under a new id.
"""

from typing import Literal

from msgspec import Struct

from trunkline.model.errors import IdempotencyMismatch
from trunkline.operations.backend import Call
from trunkline.store import answers, audit, grants
from trunkline.store.audit import AuditRow
from trunkline.store.engine import Reader, Row, Transaction

REISSUE_MS = 10 * 60 * 1000

CallState = Literal["running", "done", "failed", "unknown"]


class CallRow(Struct, frozen=True, kw_only=True):
    """A call as it stands. `answer` is the result's JSON, or the error's (answers.py)."""

    no: int
    state: CallState
    fingerprint: bytes
    answer: bytes | None


class Begun(Struct, frozen=True, kw_only=True):
    """A call that is on the books. `earlier`: it was asked for before, and this is that one."""

    no: int
    earlier: CallRow | None = None


_COLUMNS = "no, state, fingerprint, answer"


def _row(row: Row) -> CallRow:
    return CallRow(no=row[0], state=row[1], fingerprint=row[2], answer=row[3])


async def begin(tx: Transaction, call: Call) -> Begun:
    """Put a call on the books with its audit row, or find the earlier one it repeats.

    Raises IdempotencyMismatch, or NotAllowed when its key or connection was stopped a moment ago.
    """
    await grants.check(tx, call.connection, call.key_id)
    known = await earlier(tx, call)
    if known is not None:
        return Begun(no=known.no, earlier=known)
    row = await tx.row(
        "INSERT INTO call (principal, connection, key_id, idempotency_key, operation, fingerprint, at, state)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, 'running') RETURNING no",
        call.principal,
        call.connection,
        call.key_id,
        call.idempotency_key,
        call.operation,
        call.fingerprint,
        call.at_ms,
    )
    assert row is not None
    await audit.append(
        tx,
        AuditRow(
            at=call.at_ms,
            surface=call.surface,
            operation=call.operation,
            verdict=call.verdict,
            principal=call.principal,
            key_id=call.key_id,
            connection=call.connection,
            target=call.target,
            call_no=row[0],
            arguments=call.fingerprint,
        ),
    )
    return Begun(no=row[0])


async def earlier(reader: Reader, call: Call) -> CallRow | None:
    """The call on the books that this one repeats. Raises IdempotencyMismatch."""
    if call.idempotency_key is not None:
        row = await reader.row(
            f"SELECT {_COLUMNS} FROM call WHERE principal = $1 AND idempotency_key = $2",
            call.principal,
            call.idempotency_key,
        )
        if row is not None and row[2] != call.fingerprint:
            raise IdempotencyMismatch
    elif call.surface == "mcp":
        # In the order of the index by fingerprint: ordered by number, SQLite would walk all keyless calls there ever were.
        row = await reader.row(
            f"SELECT {_COLUMNS} FROM call WHERE principal = $1 AND connection = $2 AND fingerprint = $3 AND at > $4"
            " AND answered = 0 AND idempotency_key IS NULL ORDER BY at DESC, no DESC LIMIT 1",
            call.principal,
            call.connection,
            call.fingerprint,
            call.at_ms - REISSUE_MS,
        )
    else:
        return None
    return None if row is None else _row(row)


async def check_grant(reader: Reader, no: int) -> None:
    """Raise NotAllowed when the key or connection of a call was stopped or revoked since it was asked for."""
    row = await reader.row("SELECT connection, key_id FROM call WHERE no = $1", no)
    if row is not None:
        await grants.check(reader, row[0], row[1])


async def by_no(reader: Reader, no: int) -> CallRow | None:
    """A call by its number."""
    row = await reader.row(f"SELECT {_COLUMNS} FROM call WHERE no = $1", no)
    return None if row is None else _row(row)


async def operation_of(reader: Reader, no: int) -> str | None:
    """The name of the operation that was asked for."""
    row = await reader.row("SELECT operation FROM call WHERE no = $1", no)
    return None if row is None else str(row[0])


async def finish(tx: Transaction, no: int, state: CallState, answer: bytes) -> None:
    """Note the answer; what is settled later (an unknown that was found) replaces it."""
    await tx.run("UPDATE call SET state = $1, answer = $2 WHERE no = $3", state, answer, no)
    await audit.settle(tx, no, answers.outcome_in(answer))


async def set_answered(tx: Transaction, no: int) -> None:
    """The answer has left whole."""
    await tx.run("UPDATE call SET answered = 1 WHERE no = $1", no)


async def forget(tx: Transaction, before_ms: int) -> int:
    """Drop calls older than a time; gives how many."""
    return await tx.run(
        "DELETE FROM call WHERE at < $1 AND state <> 'running'"
        " AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.call_no = call.no AND outbox.finished_at IS NULL)",
        before_ms,
    )
