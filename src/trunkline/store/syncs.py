"""Syncs: fetching a chat's history, page by page backwards, resumed where a crash left it."""

from typing import Literal

from msgspec import Struct

from trunkline.store.engine import Reader, Row, Transaction

SyncState = Literal["running", "done", "error"]


class SyncRow(Struct, frozen=True, kw_only=True):
    """A chat's sync. messages: how many it stored so far. whole: to the beginning, not just the first sync's part."""

    chat_no: int
    state: SyncState
    cursor: str | None
    messages: int
    detail: str | None
    started_at: int
    finished_at: int | None
    whole: bool


_COLUMNS = "chat_no, state, cursor, messages, detail, started_at, finished_at, whole"


def _row(row: Row) -> SyncRow:
    return SyncRow(
        chat_no=row[0],
        state=row[1],
        cursor=row[2],
        messages=row[3],
        detail=row[4],
        started_at=row[5],
        finished_at=row[6],
        whole=bool(row[7]),
    )


async def of_chat(reader: Reader, chat_no: int) -> SyncRow | None:
    """The chat's sync, running or finished and not yet told."""
    row = await reader.row(f"SELECT {_COLUMNS} FROM sync WHERE chat_no = $1", chat_no)
    return None if row is None else _row(row)


async def running_of(reader: Reader, account_no: int, limit: int) -> list[SyncRow]:
    """The account's running syncs, those a person asked for first."""
    columns = ", ".join(f"sync.{column}" for column in _COLUMNS.split(", "))
    rows = await reader.fetch(
        f"SELECT {columns} FROM sync JOIN chat ON chat.no = sync.chat_no"
        " WHERE sync.state = 'running' AND chat.account_no = $1 ORDER BY sync.whole DESC, sync.chat_no LIMIT $2",
        account_no,
        limit,
    )
    return [_row(row) for row in rows]


async def begin(tx: Transaction, chat_no: int, at: int, *, whole: bool) -> None:
    """Begin anew; a running one that only fetched the first part becomes a whole one."""
    await tx.run(
        "INSERT INTO sync (chat_no, state, messages, started_at, whole) VALUES ($1, 'running', 0, $2, $3)"
        " ON CONFLICT (chat_no) DO UPDATE SET state = 'running', cursor = NULL, messages = 0, detail = NULL,"
        " started_at = excluded.started_at, finished_at = NULL, whole = excluded.whole",
        chat_no,
        at,
        int(whole),
    )


async def advance(tx: Transaction, chat_no: int, cursor: str | None, stored: int) -> None:
    """Note a stored page, in the transaction that stores it."""
    await tx.run("UPDATE sync SET cursor = $1, messages = messages + $2 WHERE chat_no = $3", cursor, stored, chat_no)


async def finish(tx: Transaction, chat_no: int, state: SyncState, detail: str | None, at: int) -> None:
    """Note the end."""
    await tx.run("UPDATE sync SET state = $1, detail = $2, finished_at = $3 WHERE chat_no = $4", state, detail, at, chat_no)


async def forget(tx: Transaction, chat_no: int) -> None:
    """The end was told; the next call begins anew."""
    await tx.run("DELETE FROM sync WHERE chat_no = $1 AND state <> 'running'", chat_no)
