"""Chats: one conversation of one account, with its marks and its place in the list."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from trunkline.model.chat import Chat
from trunkline.model.networks import AccountType
from trunkline.model.times import to_wire as time_to_wire
from trunkline.store.engine import Reader, Row, Transaction
from trunkline.store.order import time_of
from trunkline.store.statement import ARMS_MOST, Values


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
    read_own_at: int
    read_peer: int
    delivered: int
    removed: bool

    @property
    def disabled_features(self) -> tuple[str, ...]:
        """What the network has switched off in this chat."""
        return tuple(msgspec.json.decode(self.extra).get("disabledFeatures", ()))


_COLUMNS = (
    "no, id, account_no, provider_id, type, name, peer_no, activity, last_key, unread_count, archived, muted_until, "
    "read_only, pinned, picture, extra, read_own, read_own_at, read_peer, delivered, removed"
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
        read_own_at=row[17],
        read_peer=row[18],
        delivered=row[19],
        removed=bool(row[20]),
    )


def to_wire(row: ChatRow, account_id: str, account_type: AccountType, *, peer_name: str | None, now_ms: int) -> Chat:
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
        attendee_name=UNSET if peer_name is None else peer_name,
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


REMOVED: Mapping[str, int] = {
    "removed": 1, "unread_count": 0, "activity": 0, "last_key": 0, "read_own": 0, "read_own_at": 0, "read_peer": 0,
    "delivered": 0,
}  # fmt: skip
"""The columns of a chat that is gone from the account, with all its messages."""


class Filter(Struct, frozen=True, kw_only=True):
    """What a list of chats is cut down to: `accounts` or `peers` (people) name the chats, the rest narrows.

    chats: no others than these. before_key: `activity` below it, which a chat without any is not; after_key: from it on.
    position: (activity, number) of the last chat shown.
    """

    accounts: tuple[int, ...] | None = None
    peers: tuple[int, ...] | None = None
    chats: tuple[int, ...] | None = None
    unread: bool | None = None
    before_key: int | None = None
    after_key: int | None = None
    position: tuple[int, int] | None = None


_ORDER = "ORDER BY activity DESC, no DESC"


def page_statement(chosen: Filter, limit: int) -> tuple[str, Values]:
    """The statement of a page, newest activity first, chats without any last. Public for the test of its query plan.

    At most ARMS_MOST accounts or peers.
    """
    values = Values()
    if chosen.peers is not None:
        arms = [f"peer_no = {values(peer)} AND removed = 0{_rest(chosen, values)} AND type = 0" for peer in chosen.peers]
    elif chosen.chats is not None:
        # The plus keeps the planner from walking all chats of an account to find a few.
        arms = [f"+account_no IN ({values.all(chosen.accounts or ())}) AND removed = 0{_rest(chosen, values)}"]
    else:
        arms = [f"account_no = {values(no)} AND removed = 0{_rest(chosen, values)}" for no in chosen.accounts or ()]
    pages = [f"SELECT activity, no FROM chat WHERE {arm} {_ORDER} LIMIT {values(limit)}" for arm in arms]
    if len(pages) == 1:
        return pages[0], values
    union = " UNION ALL ".join(f"SELECT * FROM ({page}) AS arm" for page in pages)
    return f"{union} {_ORDER} LIMIT {values(limit)}", values


def _rest(chosen: Filter, values: Values) -> str:
    sql = ""
    if chosen.unread is not None:
        sql += f" AND is_unread = {values(int(chosen.unread))}"
    if chosen.position is not None:
        # Where a page goes on lies below `before_key` already; one bound alone lets the index begin right there.
        activity, number = chosen.position
        sql += f" AND (activity, no) < ({values(activity)}, {values(number)})"
    elif chosen.before_key is not None:
        sql += f" AND activity < {values(chosen.before_key)}"
    if chosen.after_key is not None or chosen.before_key is not None:
        sql += f" AND activity >= {values(chosen.after_key or 1)}"
    if chosen.chats is not None:
        sql += f" AND no IN ({values.all(chosen.chats)})"
    return sql


async def page(reader: Reader, chosen: Filter, limit: int) -> list[ChatRow]:
    """A page of chats, newest activity first."""
    found: list[Row] = []
    name = "accounts" if chosen.peers is None else "peers"
    numbers: tuple[int, ...] = getattr(chosen, name) or ()
    for start in range(0, len(numbers), ARMS_MOST):
        part = msgspec.structs.replace(chosen, **{name: numbers[start : start + ARMS_MOST]})
        sql, values = page_statement(part, limit)
        found += await reader.fetch(sql, *values)
    found.sort(key=lambda row: (row[0], row[1]), reverse=True)
    shown = [row[1] for row in found[:limit]]
    rows = await by_numbers(reader, shown)
    return [rows[number] for number in shown]
