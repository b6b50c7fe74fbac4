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
    """Settle a write by the message that came of it; False, with nothing changed, when that message is another write's."""
    changed = await tx.run(
        "UPDATE remote_write SET message_id = $1, is_open = 0 WHERE call_no = $2 AND NOT EXISTS"
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


async def unclear_of(reader: Reader, owner: int) -> int:
    """How many writes through a person's connections ended without a clear answer and are still looked for."""
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
