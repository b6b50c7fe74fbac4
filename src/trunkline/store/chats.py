"""Chats: one conversation of one account, with its marks and its place in the list."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from trunkline.model.chat import Chat
from trunkline.model.networks import AccountType
from trunkline.model.times import to_wire as time_to_wire
from trunkline.store.engine import Reader, Row, Transaction
from trunkline.store.order import time_of
from trunkline.store.statement import Values


class ChatRow(Struct, frozen=True, kw_only=True):
    """One chat. `activity`, `last_key` and the marks are message keys; `muted_until` milliseconds, -1 without end."""

    no: int
    id: str
    account_no: int
    provider_id: str
    type: int
    name: str | None
    peer_no: int | None
    activity: int
    last_key: int
    unread_count: int
    archived: bool
    muted_until: int | None
    read_only: bool
    pinned: bool
    picture: str | None
    extra: bytes
    read_own: int
    read_peer: int
    delivered: int
    removed: bool


_COLUMNS = (
    "no, id, account_no, provider_id, type, name, peer_no, activity, last_key, unread_count, archived, muted_until, "
    "read_only, pinned, picture, extra, read_own, read_peer, delivered, removed"
)


def _row(row: Row) -> ChatRow:
    return ChatRow(
        no=row[0],
        id=row[1],
        account_no=row[2],
        provider_id=row[3],
        type=row[4],
        name=row[5],
        peer_no=row[6],
        activity=row[7],
        last_key=row[8],
        unread_count=row[9],
        archived=bool(row[10]),
        muted_until=row[11],
        read_only=bool(row[12]),
        pinned=bool(row[13]),
        picture=row[14],
        extra=row[15],
        read_own=row[16],
        read_peer=row[17],
        delivered=row[18],
        removed=bool(row[19]),
    )


def to_wire(row: ChatRow, account_id: str, account_type: AccountType, now_ms: int) -> Chat:
    """The wire's chat. `extra` holds the optional fields as they stand on the wire."""
    extra: dict[str, Any] = msgspec.json.decode(row.extra)
    muted = row.muted_until is not None and (row.muted_until == -1 or row.muted_until > now_ms)
    return Chat(
        id=row.id,
        account_id=account_id,
        account_type=account_type,
        provider_id=row.provider_id,
        name=row.name,
        type=row.type,  # type: ignore[arg-type]  # 0, 1 or 2: written by ingest alone
        timestamp=time_to_wire(time_of(row.activity)) if row.activity else None,
        unread_count=row.unread_count,
        archived=1 if row.archived else 0,
        muted_until=None if not muted else (-1 if row.muted_until == -1 else time_to_wire(row.muted_until or 0)),
        read_only=1 if row.read_only else 0,
        pinned=1 if row.pinned else 0,
        **extra,
    )


async def find(reader: Reader, accounts: Sequence[int], chat_id: str) -> ChatRow | None:
    """A chat by public id, in the given accounts (numbers): foreign and missing are one and the same statement."""
    values = Values()
    row = await reader.row(
        f"SELECT {_COLUMNS} FROM chat WHERE id = {values(chat_id)} AND removed = 0 AND account_no IN ({values.all(accounts)})",
        *values,
    )
    return None if row is None else _row(row)


async def by_provider_id(reader: Reader, account_no: int, provider_id: str) -> ChatRow | None:
    """A chat by the network's id, also one that was removed."""
    row = await reader.row(f"SELECT {_COLUMNS} FROM chat WHERE account_no = $1 AND provider_id = $2", account_no, provider_id)
    return None if row is None else _row(row)


async def by_no(reader: Reader, no: int) -> ChatRow | None:
    """A chat by its number."""
    row = await reader.row(f"SELECT {_COLUMNS} FROM chat WHERE no = $1", no)
    return None if row is None else _row(row)


async def numbers_of(reader: Reader, accounts: Sequence[int], chat_ids: Iterable[str]) -> list[int]:
    """Numbers of the chats with these public ids, in the given accounts."""
    values = Values()
    rows = await reader.fetch(
        f"SELECT no FROM chat WHERE id IN ({values.all(sorted(chat_ids))}) AND removed = 0"
        f" AND account_no IN ({values.all(accounts)})",
        *values,
    )
    return [row[0] for row in rows]


async def by_numbers(reader: Reader, numbers: Iterable[int]) -> dict[int, ChatRow]:
    """Chats by their numbers."""
    values = Values()
    rows = await reader.fetch(f"SELECT {_COLUMNS} FROM chat WHERE no IN ({values.all(numbers)})", *values)
    return {row[0]: _row(row) for row in rows}


async def single_with(reader: Reader, account_no: int, attendee_no: int) -> ChatRow | None:
    """The 1:1 chat with a person, if there is one."""
    row = await reader.row(
        f"SELECT {_COLUMNS} FROM chat WHERE peer_no = $1 AND removed = 0 AND account_no = $2 AND type = 0"
        " ORDER BY activity DESC, no DESC LIMIT 1",
        attendee_no,
        account_no,
    )
    return None if row is None else _row(row)


async def add(tx: Transaction, account_no: int, provider_id: str, new_id: str) -> ChatRow:
    """A new, empty chat."""
    row = await tx.row(
        f"INSERT INTO chat (id, account_no, provider_id, extra) VALUES ($1, $2, $3, $4) RETURNING {_COLUMNS}",
        new_id,
        account_no,
        provider_id,
        b"{}",
    )
    assert row is not None
    return _row(row)


async def update(tx: Transaction, no: int, changes: Mapping[str, Any]) -> None:
    """Set columns of a chat. `unread_count` carries the list's unread filter with it."""
    if not changes:
        return
    columns = dict(changes)
    if "unread_count" in columns:
        columns["is_unread"] = int(columns["unread_count"] > 0)
    values = Values()
    assignments = ", ".join(f"{column} = {values(value)}" for column, value in columns.items())
    await tx.run(f"UPDATE chat SET {assignments} WHERE no = {values(no)}", *values)


async def set_members(tx: Transaction, chat_no: int, attendees: Iterable[int]) -> None:
    """Make these people (numbers) the chat's members, nobody else."""
    wanted = set(attendees)
    known = {row[0] for row in await tx.fetch("SELECT attendee_no FROM member WHERE chat_no = $1", chat_no)}
    for gone in known - wanted:
        await tx.run("DELETE FROM member WHERE chat_no = $1 AND attendee_no = $2", chat_no, gone)
    await add_members(tx, chat_no, wanted - known)


async def add_members(tx: Transaction, chat_no: int, attendees: Iterable[int]) -> None:
    """Add people to the chat's members."""
    for number in sorted(attendees):
        await tx.run("INSERT INTO member (chat_no, attendee_no) VALUES ($1, $2) ON CONFLICT DO NOTHING", chat_no, number)


class Filter(Struct, frozen=True, kw_only=True):
    """What a list of chats is cut down to: exactly one of the first three names the chats, the rest narrows.

    before_key, after_key: exclusive bounds on `activity`. position: (activity, number) of the last chat shown.
    """

    accounts: tuple[int, ...] | None = None
    peers: tuple[int, ...] | None = None
    chats: tuple[int, ...] | None = None
    unread: bool | None = None
    before_key: int | None = None
    after_key: int | None = None
    position: tuple[int, int] | None = None


def page_statement(chosen: Filter, limit: int) -> tuple[str, Values]:
    """The statement of a page, newest activity first, chats without any last. Public for the test of its query plan."""
    values = Values()
    arms = []
    if chosen.chats is not None:
        arms.append(
            f"SELECT no, activity FROM chat WHERE no IN ({values.all(chosen.chats)}) AND removed = 0{_rest(chosen, values)}"
        )
    else:
        column, numbers = ("peer_no", chosen.peers) if chosen.peers is not None else ("account_no", chosen.accounts or ())
        for number in numbers:
            single = " AND type = 0" if column == "peer_no" else ""
            arms.append(
                f"SELECT * FROM (SELECT no, activity FROM chat WHERE {column} = {values(number)} AND removed = 0"
                f"{_rest(chosen, values)}{single} ORDER BY activity DESC, no DESC LIMIT {values(limit)}) AS arm"
            )
    sql = f"{' UNION ALL '.join(arms)} ORDER BY activity DESC, no DESC LIMIT {values(limit)}"
    return sql, values


def _rest(chosen: Filter, values: Values) -> str:
    sql = ""
    if chosen.unread is not None:
        sql += f" AND is_unread = {values(int(chosen.unread))}"
    if chosen.before_key is not None:
        sql += f" AND activity < {values(chosen.before_key)}"
    if chosen.after_key is not None:
        sql += f" AND activity >= {values(chosen.after_key)}"
    if chosen.position is not None:
        activity, number = chosen.position
        sql += f" AND (activity, no) < ({values(activity)}, {values(number)})"
    return sql


async def page(reader: Reader, chosen: Filter, limit: int) -> list[ChatRow]:
    """A page of chats, newest activity first."""
    if not (chosen.accounts or chosen.peers or chosen.chats):
        return []
    sql, values = page_statement(chosen, limit)
    rows = await reader.fetch(sql, *values)
    found = await by_numbers(reader, [row[0] for row in rows])
    return [found[row[0]] for row in rows]
