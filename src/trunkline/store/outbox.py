"""The outbox: what goes to the wire. One ordered queue per chat; the oldest unsettled row of a queue goes first.

    queued → sending → sent | failed | unknown
    unknown → sent (found) · queued (proved absent) · failed (the network says so) · stays, and is shown

A row that is `unknown` holds its queue until it is settled or given up on (`finished_at`).

A row is `unclear` from the moment an attempt of it ended without a clear answer until the network proves that nothing came
of it: as long as it is, nobody may be told that nothing was sent, however its later attempts end. Every end of a row is
conditional on its state, so that of an answer, an echo and a deadline that come together the first one stays, and `sent` always
does.
"""

from typing import Literal

import msgspec
from msgspec import Struct

from trunkline.contract.commands import Command
from trunkline.model.message import SendState
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
    """Of the last attempt."""
    finished_at: int | None
    deadline_at: int
    provider_id: str | None
    unclear_at: int | None
    """When an attempt last ended without a clear answer; None: none of them may have gone out."""
    first_at: int | None
    """Of the first attempt that may have gone out."""
    network_at: int | None
    """The same moment on the network's clock."""
    known: bytes
    """JSON array: provider ids of our own messages that were in the chat already then."""

    @property
    def unclear(self) -> bool:
        """Whether it may have gone out."""
        return self.unclear_at is not None

    @property
    def send_state(self) -> SendState:
        """How it is shown: one that waits to be repeated may have gone out already."""
        if self.state == "queued":
            return "unknown" if self.unclear else "queued"
        return self.state if self.state in ("unknown", "held") else "sending"

    def decoded(self) -> Command:
        """The command."""
        return _decoder.decode(self.command)

    def known_before(self) -> frozenset[str]:
        """Provider ids of messages that cannot be this one's: they were there before it was first tried."""
        return frozenset(msgspec.json.decode(self.known, type=list[str]))


_decoder: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)

_COLUMNS = (
    "no, call_no, account_no, chat_no, queue, public_id, command, token, state, attempt, not_before, created_at, started_at, "
    "finished_at, deadline_at, provider_id, unclear_at, first_at, network_at, known"
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
        unclear_at=row[16],
        first_at=row[17],
        network_at=row[18],
        known=row[19],
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
        "INSERT INTO outbox (call_no, account_no, chat_no, queue, public_id, command, token, state, created_at, deadline_at,"
        " known) VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', $8, $9, $10) RETURNING no",
        new.call_no,
        new.account_no,
        new.chat_no,
        new.queue,
        new.public_id,
        msgspec.json.encode(new.command),
        new.token,
        new.created_at,
        new.deadline_at,
        b"[]",
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


class Attempt(Struct, frozen=True, kw_only=True):
    """What is noted when a row is tried. now, network_now: milliseconds, our clock's and the network's."""

    epoch: int
    now: int
    network_now: int
    known: bytes = b"[]"


async def claim(tx: Transaction, no: int, attempt: Attempt) -> OutboxRow | None:
    """Take a queued row for sending under a lease's epoch; None when it is not there to be taken any more.

    A row nobody waits for is not begun; one that may have gone out already is seen through.
    """
    row = await tx.row(
        "UPDATE outbox SET state = 'sending', epoch = $1, attempt = attempt + 1, started_at = $2,"
        " first_at = CASE WHEN unclear_at IS NOT NULL THEN first_at ELSE $3 END,"
        " network_at = CASE WHEN unclear_at IS NOT NULL THEN network_at ELSE $4 END,"
        " known = CASE WHEN unclear_at IS NOT NULL THEN known ELSE $5 END"
        " WHERE no = $6 AND state = 'queued' AND (unclear_at IS NOT NULL OR deadline_at >= $7)"
        " AND EXISTS (SELECT 1 FROM lease WHERE lease.account_no = outbox.account_no AND lease.epoch = $8)"
        f" RETURNING {_COLUMNS}",
        attempt.epoch,
        attempt.now,
        attempt.now,
        attempt.network_now,
        attempt.known,
        no,
        attempt.now,
        attempt.epoch,
    )
    return None if row is None else _row(row)


async def take_over(tx: Transaction, account_no: int, epoch: int, now: int) -> int:
    """What an earlier life of the account was sending when it ended is unknown; gives how many rows."""
    return await tx.run(
        "UPDATE outbox SET state = 'unknown', unclear_at = $1 WHERE account_no = $2 AND state = 'sending' AND epoch < $3",
        now,
        account_no,
        epoch,
    )


async def set_sent(tx: Transaction, no: int, now: int, provider_id: str | None) -> None:
    """The network took it: nothing changes that any more. provider_id: None where only the echo will tell it."""
    await tx.run(
        "UPDATE outbox SET state = 'sent', finished_at = $1, provider_id = COALESCE($2, provider_id) WHERE no = $3",
        now,
        provider_id,
        no,
    )


async def set_failed(tx: Transaction, no: int, now: int) -> bool:
    """Nothing went out, for certain; gives whether that is so: not when it was sent, or may have been."""
    changed = await tx.run(
        "UPDATE outbox SET state = 'failed', finished_at = $1"
        " WHERE no = $2 AND state IN ('queued', 'sending', 'unknown') AND unclear_at IS NULL",
        now,
        no,
    )
    return changed > 0


async def set_undone(tx: Transaction, no: int, now: int) -> bool:
    """The network says that nothing came of the attempts so far, nor will; gives whether that settles it."""
    changed = await tx.run(
        "UPDATE outbox SET state = 'failed', finished_at = $1, unclear_at = NULL"
        " WHERE no = $2 AND (state IN ('sending', 'unknown', 'held') OR (state = 'queued' AND unclear_at IS NOT NULL))",
        now,
        no,
    )
    return changed > 0


async def set_unknown(tx: Transaction, no: int, now: int) -> None:
    """Nobody knows whether it went out: it holds its queue until it is settled."""
    await tx.run("UPDATE outbox SET state = 'unknown', unclear_at = $1 WHERE no = $2 AND state = 'sending'", now, no)


async def clear(tx: Transaction, no: int) -> None:
    """The network proved that nothing came of the attempts so far."""
    await tx.run("UPDATE outbox SET unclear_at = NULL WHERE no = $1 AND state = 'unknown'", no)


async def give_up(tx: Transaction, no: int, now: int) -> bool:
    """It stays unknown, is shown, and lets its queue go on; gives whether it is so, and not settled meanwhile."""
    changed = await tx.run(
        "UPDATE outbox SET state = 'unknown', finished_at = $1 WHERE no = $2 AND state IN ('sending', 'unknown')", now, no
    )
    return changed > 0


async def settle_by_hand(tx: Transaction, no: int, now: int, *, sent: bool) -> bool:
    """A person has looked; gives whether the row stood still, unknown or held, with nobody looking any more."""
    changed = await tx.run(
        "UPDATE outbox SET state = $1, finished_at = $2"
        " WHERE no = $3 AND state IN ('unknown', 'held') AND finished_at IS NOT NULL",
        "sent" if sent else "failed",
        now,
        no,
    )
    return changed > 0


async def hold(tx: Transaction, no: int, now: int) -> None:
    """It waited to be tried again when it was stopped: it may have gone out before, and is not tried any more."""
    await tx.run("UPDATE outbox SET state = 'held', finished_at = $1 WHERE no = $2 AND state = 'queued'", now, no)


async def set_place(tx: Transaction, no: int, chat_no: int, provider_id: str) -> None:
    """The network named the message, and the chat of it, before its echo came."""
    await tx.run(
        "UPDATE outbox SET chat_no = $1, provider_id = $2 WHERE no = $3 AND state IN ('sending', 'unknown')",
        chat_no,
        provider_id,
        no,
    )


async def set_chat(tx: Transaction, no: int, chat_no: int) -> None:
    """The chat that a start made or found."""
    await tx.run("UPDATE outbox SET chat_no = $1 WHERE no = $2", chat_no, no)


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


async def withdraw(tx: Transaction, call_no: int, now: int, waited_until: int | None = None) -> bool:
    """Take back a row of which nothing went out, when nobody waits for it any more; gives whether it was taken back.

    waited_until: the latest deadline of a caller that still counts as over; by default `now`.
    """
    changed = await tx.run(
        "UPDATE outbox SET state = 'failed', finished_at = $1"
        " WHERE call_no = $2 AND state = 'queued' AND unclear_at IS NULL AND deadline_at <= $3",
        now,
        call_no,
        now if waited_until is None else waited_until,
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


async def pending(reader: Reader, account_no: int, after_call: int, limit: int) -> list[OutboxRow]:
    """The account's rows that the network has not confirmed, by their calls, oldest first.

    An unknown one stays until it is settled. after_call: the number of the call that they come after.
    """
    rows = await reader.fetch(
        f"SELECT {_COLUMNS} FROM outbox WHERE account_no = $1 AND state IN ('queued', 'sending', 'unknown', 'held')"
        " AND call_no > $2 ORDER BY call_no LIMIT $3",
        account_no,
        after_call,
        limit,
    )
    return [_row(row) for row in rows]


async def forget(tx: Transaction, before_ms: int) -> int:
    """Drop settled rows older than a time; gives how many.

    One whose message is stored under another id (its echo came before it could be known for ours) stays: its public id, too,
    may be in somebody's hands, and only the row knows whose it is.
    """
    return await tx.run(
        "DELETE FROM outbox WHERE finished_at IS NOT NULL AND finished_at < $1 AND (state = 'failed' OR (state = 'sent'"
        " AND (public_id IS NULL OR NOT EXISTS (SELECT 1 FROM message WHERE message.chat_no = outbox.chat_no"
        " AND message.provider_id = outbox.provider_id AND message.id <> outbox.public_id))))",
        before_ms,
    )
