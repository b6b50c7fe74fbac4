"""The outbox: what goes to the wire. One ordered queue per chat; the oldest unsettled row of a queue goes first.

    queued → sending → sent | failed | unknown        unknown → sent (found) · queued (proved absent) · stays, and is shown

A row that is `unknown` holds its queue until it is settled or given up on (`finished_at`).
"""

from typing import Literal

import msgspec
from msgspec import Struct

from trunkline.contract.commands import Command
from trunkline.store.engine import Reader, Row, Transaction

OutboxState = Literal["queued", "sending", "sent", "failed", "unknown", "held"]


class OutboxRow(Struct, frozen=True, kw_only=True):
    """One command on its way. public_id: reserved for the message that comes of it. Times in milliseconds, UTC."""

    no: int
    call_no: int
    account_no: int
    chat_no: int | None
    queue: str
    public_id: str | None
    command: bytes
    token: str
    state: OutboxState
    attempt: int
    not_before: int
    created_at: int
    started_at: int | None
    finished_at: int | None
    deadline_at: int
    provider_id: str | None
    result: bytes | None

    def decoded(self) -> Command:
        """The command."""
        return _decoder.decode(self.command)


_decoder: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)

_COLUMNS = (
    "no, call_no, account_no, chat_no, queue, public_id, command, token, state, attempt, not_before, created_at, started_at, "
    "finished_at, deadline_at, provider_id, result"
)


def _row(row: Row) -> OutboxRow:
    return OutboxRow(
        no=row[0],
        call_no=row[1],
        account_no=row[2],
        chat_no=row[3],
        queue=row[4],
        public_id=row[5],
        command=row[6],
        token=row[7],
        state=row[8],
        attempt=row[9],
        not_before=row[10],
        created_at=row[11],
        started_at=row[12],
        finished_at=row[13],
        deadline_at=row[14],
        provider_id=row[15],
        result=row[16],
    )


class NewRow(Struct, frozen=True, kw_only=True):
    """A command to be queued."""

    call_no: int
    account_no: int
    chat_no: int | None
    queue: str
    public_id: str | None
    command: Command
    token: str
    created_at: int
    deadline_at: int


async def put(tx: Transaction, new: NewRow) -> int:
    """Queue a command; gives its number."""
    row = await tx.row(
        "INSERT INTO outbox (call_no, account_no, chat_no, queue, public_id, command, token, state, created_at, deadline_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', $8, $9) RETURNING no",
        new.call_no,
        new.account_no,
        new.chat_no,
        new.queue,
        new.public_id,
        msgspec.json.encode(new.command),
        new.token,
        new.created_at,
        new.deadline_at,
    )
    assert row is not None
    return int(row[0])


async def ready(reader: Reader, account_no: int, now: int, limit: int) -> list[OutboxRow]:
    """The heads of the account's queues that may go now, oldest first."""
    rows = await reader.fetch(
        f"SELECT {_COLUMNS} FROM outbox WHERE account_no = $1 AND state = 'queued' AND not_before <= $2"
        " AND NOT EXISTS (SELECT 1 FROM outbox AS earlier WHERE earlier.account_no = outbox.account_no"
        " AND earlier.queue = outbox.queue AND earlier.no < outbox.no"
        " AND earlier.state IN ('queued', 'sending', 'unknown', 'held') AND earlier.finished_at IS NULL)"
        " ORDER BY no LIMIT $3",
        account_no,
        now,
        limit,
    )
    return [_row(row) for row in rows]


async def next_due(reader: Reader, account_no: int, now: int) -> int | None:
    """When the next waiting row of the account may go, None when none waits."""
    row = await reader.row(
        "SELECT min(not_before) FROM outbox WHERE account_no = $1 AND state = 'queued' AND not_before > $2", account_no, now
    )
    return None if row is None or row[0] is None else int(row[0])


async def claim(tx: Transaction, no: int, epoch: int, now: int) -> OutboxRow | None:
    """Take a queued row for sending under a lease's epoch; None when it is not there to be taken any more."""
    row = await tx.row(
        "UPDATE outbox SET state = 'sending', epoch = $1, attempt = attempt + 1, started_at = $2"
        " WHERE no = $3 AND state = 'queued' AND EXISTS (SELECT 1 FROM lease WHERE lease.account_no = outbox.account_no"
        f" AND lease.epoch = $4) RETURNING {_COLUMNS}",
        epoch,
        now,
        no,
        epoch,
    )
    return None if row is None else _row(row)


async def settle(
    tx: Transaction, no: int, state: OutboxState, now: int, *, provider_id: str | None = None, result: bytes | None = None
) -> None:
    """Note the end of a row."""
    await tx.run(
        "UPDATE outbox SET state = $1, finished_at = $2, provider_id = COALESCE($3, provider_id),"
        " result = COALESCE($4, result) WHERE no = $5",
        state,
        now,
        provider_id,
        result,
        no,
    )


async def set_unknown(tx: Transaction, no: int) -> None:
    """Nobody knows whether it went out: it holds its queue until it is settled."""
    await tx.run("UPDATE outbox SET state = 'unknown' WHERE no = $1 AND state = 'sending'", no)


async def set_provider_id(tx: Transaction, no: int, provider_id: str) -> None:
    """The network named the message before its echo came."""
    await tx.run("UPDATE outbox SET provider_id = $1 WHERE no = $2", provider_id, no)


async def requeue(tx: Transaction, no: int, not_before: int) -> None:
    """Queue a row again: it is certain that nothing went out, or sending twice is safe."""
    await tx.run(
        "UPDATE outbox SET state = 'queued', not_before = $1, finished_at = NULL"
        " WHERE no = $2 AND state IN ('sending', 'unknown')",
        not_before,
        no,
    )


async def extend(tx: Transaction, call_no: int, deadline_at: int) -> None:
    """Somebody waits for the row again, until a later time."""
    await tx.run(
        "UPDATE outbox SET deadline_at = $1 WHERE call_no = $2 AND deadline_at < $3", deadline_at, call_no, deadline_at
    )


async def withdraw(tx: Transaction, call_no: int, now: int) -> bool:
    """Take back a row that has not begun; gives whether it was taken back."""
    changed = await tx.run(
        "UPDATE outbox SET state = 'failed', finished_at = $1 WHERE call_no = $2 AND state = 'queued'", now, call_no
    )
    return changed > 0


async def by_no(reader: Reader, no: int) -> OutboxRow | None:
    """A row by its number."""
    row = await reader.row(f"SELECT {_COLUMNS} FROM outbox WHERE no = $1", no)
    return None if row is None else _row(row)


async def by_call(reader: Reader, call_no: int) -> OutboxRow | None:
    """The row of a call."""
    row = await reader.row(f"SELECT {_COLUMNS} FROM outbox WHERE call_no = $1", call_no)
    return None if row is None else _row(row)


async def by_token(reader: Reader, token: str) -> OutboxRow | None:
    """The row whose token an echo carries."""
    row = await reader.row(f"SELECT {_COLUMNS} FROM outbox WHERE token = $1", token)
    return None if row is None else _row(row)


async def by_provider_id(reader: Reader, account_no: int, chat_no: int, provider_id: str) -> OutboxRow | None:
    """The row whose message the network named so."""
    row = await reader.row(
        f"SELECT {_COLUMNS} FROM outbox WHERE account_no = $1 AND chat_no = $2 AND provider_id = $3",
        account_no,
        chat_no,
        provider_id,
    )
    return None if row is None else _row(row)


async def by_public_id(reader: Reader, public_id: str) -> OutboxRow | None:
    """The row a public id was reserved for."""
    row = await reader.row(f"SELECT {_COLUMNS} FROM outbox WHERE public_id = $1", public_id)
    return None if row is None else _row(row)


async def in_state(reader: Reader, account_no: int, state: OutboxState) -> list[OutboxRow]:
    """The account's unsettled rows in a state, oldest first."""
    rows = await reader.fetch(
        f"SELECT {_COLUMNS} FROM outbox WHERE account_no = $1 AND state = $2 AND finished_at IS NULL ORDER BY no",
        account_no,
        state,
    )
    return [_row(row) for row in rows]


async def pending(reader: Reader, account_no: int, after_no: int, limit: int) -> list[OutboxRow]:
    """The account's rows that the network has not confirmed, oldest first; an unknown one stays until it is settled."""
    rows = await reader.fetch(
        f"SELECT {_COLUMNS} FROM outbox WHERE account_no = $1 AND state IN ('queued', 'sending', 'unknown', 'held')"
        " AND no > $2 ORDER BY no LIMIT $3",
        account_no,
        after_no,
        limit,
    )
    return [_row(row) for row in rows]


async def forget(tx: Transaction, before_ms: int) -> int:
    """Drop settled rows older than a time; gives how many."""
    return await tx.run(
        "DELETE FROM outbox WHERE finished_at IS NOT NULL AND finished_at < $1 AND state IN ('sent', 'failed')", before_ms
    )
