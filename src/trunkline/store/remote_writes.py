"""Writes through a Unipile server: what is needed to find out what became of them. No text is kept, only keyed hashes."""

from msgspec import Struct

from trunkline.store.engine import Reader, Row, Transaction


class RemoteWrite(Struct, frozen=True, kw_only=True):
    """One write. `target`: the chat's id, or the account's id where the chat is still to be made (then `people` is set).

    content: keyed hash of the text, None where the write makes no message. at: when it was asked for, in milliseconds.
    """

    call_no: int
    connection: int
    target: str | None
    people: bytes | None = None
    content: bytes | None = None
    at: int


class PendingWrite(Struct, frozen=True, kw_only=True):
    """A write that is not confirmed, as a person is shown it. One of account_id and chat_id is set where it names a place."""

    call_no: int
    pcid: str
    operation: str
    is_unclear: bool
    account_id: str | None
    chat_id: str | None
    at: int


_COLUMNS = "call_no, connection, target, people, content, at"


def _row(row: Row) -> RemoteWrite:
    return RemoteWrite(call_no=row[0], connection=row[1], target=row[2], people=row[3], content=row[4], at=row[5])


async def put(tx: Transaction, write: RemoteWrite) -> None:
    """Note a write that is about to begin."""
    await tx.run(
        f"INSERT INTO remote_write ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)",
        write.call_no,
        write.connection,
        write.target,
        write.people,
        write.content,
        write.at,
    )


async def claim(tx: Transaction, write: RemoteWrite, message_id: str) -> bool:
    """Settle a write by the message that came of it.

    False, with nothing changed, when that message is another write's, or the write was settled before, as by a person's word.
    """
    changed = await tx.run(
        "UPDATE remote_write SET message_id = $1, is_open = 0 WHERE call_no = $2 AND is_open = 1 AND NOT EXISTS"
        " (SELECT 1 FROM remote_write AS other WHERE other.connection = $3 AND other.message_id = $4 AND other.call_no <> $5)",
        message_id,
        write.call_no,
        write.connection,
        message_id,
        write.call_no,
    )
    return changed == 1


async def close(tx: Transaction, call_no: int) -> None:
    """There is nothing more to find out about a write."""
    await tx.run("UPDATE remote_write SET is_open = 0 WHERE call_no = $1", call_no)


async def is_claimed(reader: Reader, write: RemoteWrite, message_id: str) -> bool:
    """Whether a message came of another write of the same connection."""
    row = await reader.row(
        "SELECT 1 FROM remote_write WHERE connection = $1 AND message_id = $2 AND call_no <> $3",
        write.connection,
        message_id,
        write.call_no,
    )
    return row is not None


async def by_call(reader: Reader, call_no: int) -> RemoteWrite | None:
    """A write that is still open."""
    row = await reader.row(f"SELECT {_COLUMNS} FROM remote_write WHERE call_no = $1 AND is_open = 1", call_no)
    return None if row is None else _row(row)


async def still_open(reader: Reader) -> list[RemoteWrite]:
    """Every write whose outcome is not known, oldest first."""
    return [_row(row) for row in await reader.fetch(f"SELECT {_COLUMNS} FROM remote_write WHERE is_open = 1 ORDER BY call_no")]


async def pending_of(reader: Reader, owner: int, after_call: int, limit: int) -> list[PendingWrite]:
    """The writes through a person's connections that are not confirmed, oldest first."""
    rows = await reader.fetch(
        "SELECT remote_write.call_no, connection.pcid, call.operation, call.state, target, people, remote_write.at"
        " FROM remote_write JOIN connection ON connection.no = remote_write.connection"
        " JOIN call ON call.no = remote_write.call_no"
        " WHERE is_open = 1 AND call_no > $1 AND connection.owner = $2 ORDER BY call_no LIMIT $3",
        after_call,
        owner,
        limit,
    )
    return [
        PendingWrite(
            call_no=row[0],
            pcid=row[1],
            operation=row[2],
            is_unclear=row[3] == "unknown",
            account_id=row[4] if row[5] is not None else None,
            chat_id=row[4] if row[5] is None else None,
            at=row[6],
        )
        for row in rows
    ]


async def is_of(reader: Reader, call_no: int, owner: int) -> bool:
    """Whether a write went through one of a person's connections."""
    row = await reader.row(
        "SELECT 1 FROM remote_write JOIN connection ON connection.no = remote_write.connection"
        " WHERE call_no = $1 AND connection.owner = $2",
        call_no,
        owner,
    )
    return row is not None


async def settle_by_hand(tx: Transaction, call_no: int) -> bool:
    """A person has looked; gives whether the write was unclear until now. What its caller was told stays."""
    changed = await tx.run(
        "UPDATE remote_write SET is_open = 0 WHERE call_no = $1 AND is_open = 1"
        " AND EXISTS (SELECT 1 FROM call WHERE call.no = remote_write.call_no AND call.state = 'unknown')",
        call_no,
    )
    return changed == 1


async def unclear_of(reader: Reader, owner: int) -> int:
    """How many writes through a person's connections ended without a clear answer and are not settled."""
    row = await reader.row(
        "SELECT count(*) FROM remote_write JOIN connection ON connection.no = remote_write.connection"
        " JOIN call ON call.no = remote_write.call_no"
        " WHERE remote_write.is_open = 1 AND connection.owner = $1 AND call.state = 'unknown'",
        owner,
    )
    assert row is not None
    return int(row[0])


async def forget(tx: Transaction, before_ms: int) -> int:
    """Drop what is older than a time; gives how many."""
    return await tx.run("DELETE FROM remote_write WHERE at < $1", before_ms)
