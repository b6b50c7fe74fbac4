"""Attendees: the people an account knows, each under one public id and every provider id they are known by."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from trunkline.contract.events import PersonInfo
from trunkline.model.attendee import ChatAttendee
from trunkline.store.engine import Reader, Row, Transaction
from trunkline.store.statement import ARMS_MOST, Values


class AttendeeRow(Struct, frozen=True, kw_only=True):
    """One person as one account sees them. `extra` holds profile_url, public_identifier and specifics."""

    no: int
    id: str
    account_no: int
    provider_id: str
    name: str | None
    is_self: bool
    picture: str | None
    extra: bytes


_COLUMNS = "no, id, account_no, provider_id, name, is_self, picture, extra"
_JOINED = ", ".join(f"attendee.{column}" for column in _COLUMNS.split(", "))


def _row(row: Row) -> AttendeeRow:
    return AttendeeRow(
        no=row[0],
        id=row[1],
        account_no=row[2],
        provider_id=row[3],
        name=row[4],
        is_self=bool(row[5]),
        picture=row[6],
        extra=row[7],
    )


def to_wire(row: AttendeeRow, account_id: str) -> ChatAttendee:
    """The wire's attendee. Details of networks other than LinkedIn stay here: strict clients refuse them (unipile-v1 5.5)."""
    extra: dict[str, Any] = msgspec.json.decode(row.extra)
    if extra.get("specifics", {}).get("provider") != "LINKEDIN":
        extra.pop("specifics", None)
    return ChatAttendee(
        id=row.id,
        account_id=account_id,
        provider_id=row.provider_id,
        name=row.name or row.provider_id,
        is_self=1 if row.is_self else 0,
        **extra,
    )


async def ensure(tx: Transaction, account_no: int, info: PersonInfo, new_id: str) -> AttendeeRow:
    """The person's row, made or brought up to date with what is known now; UNSET leaves a field as it is.

    A further id of the same person becomes an alias; were both known as two people, the second id is kept as its own row and
    both go on resolving.
    """
    found = await by_provider_id(tx, account_no, info.provider_id)
    names = info.also if found is not None else (info.provider_id, *info.also)
    if found is None:
        for other in info.also:
            found = await by_provider_id(tx, account_no, other)
            if found is not None:
                break
    if found is None:
        found = await _insert(tx, account_no, info, new_id)
    else:
        found = await _update(tx, found, info)
    for alias in names:
        await tx.run(
            "INSERT INTO alias (account_no, provider_id, attendee_no) VALUES ($1, $2, $3)"
            " ON CONFLICT (account_no, provider_id) DO NOTHING",
            account_no,
            alias,
            found.no,
        )
    return found


async def _insert(tx: Transaction, account_no: int, info: PersonInfo, new_id: str) -> AttendeeRow:
    row = await tx.row(
        "INSERT INTO attendee (id, account_no, provider_id, name, is_self, picture, extra)"
        f" VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING {_COLUMNS}",
        new_id,
        account_no,
        info.provider_id,
        None if info.name is UNSET else info.name,
        int(info.is_self),
        None if info.picture is UNSET else info.picture,
        msgspec.json.encode(_extra({}, info)),
    )
    assert row is not None
    return _row(row)


async def _update(tx: Transaction, found: AttendeeRow, info: PersonInfo) -> AttendeeRow:
    name = found.name if info.name is UNSET else info.name
    picture = found.picture if info.picture is UNSET else info.picture
    extra = msgspec.json.encode(_extra(msgspec.json.decode(found.extra), info))
    is_self = found.is_self or info.is_self
    if (name, picture, extra, is_self) == (found.name, found.picture, found.extra, found.is_self):
        return found
    await tx.run(
        "UPDATE attendee SET name = $1, picture = $2, extra = $3, is_self = $4 WHERE no = $5",
        name,
        picture,
        extra,
        int(is_self),
        found.no,
    )
    return msgspec.structs.replace(found, name=name, picture=picture, extra=extra, is_self=is_self)


def _extra(known: dict[str, Any], info: PersonInfo) -> dict[str, Any]:
    fresh = {
        "profile_url": info.profile_url,
        "public_identifier": info.public_identifier,
        "specifics": info.specifics,
    }
    return known | {name: value for name, value in fresh.items() if value is not UNSET}


async def by_provider_id(reader: Reader, account_no: int, provider_id: str) -> AttendeeRow | None:
    """A person by any id the network knows them by."""
    row = await reader.row(
        f"SELECT {_JOINED} FROM alias JOIN attendee ON attendee.no = alias.attendee_no"
        " WHERE alias.account_no = $1 AND alias.provider_id = $2",
        account_no,
        provider_id,
    )
    return None if row is None else _row(row)


async def find(reader: Reader, accounts: Sequence[int], attendee_id: str) -> list[AttendeeRow]:
    """People by public id or provider id, in the given accounts (numbers); a provider id may be known to several."""
    values = Values()
    by_id = f"SELECT {_COLUMNS} FROM attendee WHERE id = {values(attendee_id)} AND account_no IN ({values.all(accounts)})"
    by_alias = (
        f"SELECT {_JOINED} FROM alias JOIN attendee ON attendee.no = alias.attendee_no"
        f" WHERE alias.provider_id = {values(attendee_id)} AND alias.account_no IN ({values.all(accounts)})"
    )
    return [_row(row) for row in await reader.fetch(f"{by_id} UNION {by_alias} ORDER BY no", *values)]


async def names_of(reader: Reader, numbers: Iterable[int]) -> dict[int, str]:
    """What people are called, by their numbers: their name, else the id the network knows them by."""
    values = Values()
    rows = await reader.fetch(f"SELECT no, name, provider_id FROM attendee WHERE no IN ({values.all(numbers)})", *values)
    return {row[0]: row[1] or row[2] for row in rows}


async def members(reader: Reader, chat_no: int) -> list[AttendeeRow]:
    """Everybody in a chat, our own user too, in order of their ids."""
    rows = await reader.fetch(
        f"SELECT {_JOINED} FROM member JOIN attendee ON attendee.no = member.attendee_no"
        " WHERE member.chat_no = $1 ORDER BY attendee.id",
        chat_no,
    )
    return [_row(row) for row in rows]


async def some_members(reader: Reader, chat_no: int, most: int) -> list[AttendeeRow]:
    """People in a chat, no more than so many, those first that were known first."""
    rows = await reader.fetch(
        f"SELECT {_JOINED} FROM member JOIN attendee ON attendee.no = member.attendee_no"
        " WHERE member.chat_no = $1 ORDER BY member.attendee_no LIMIT $2",
        chat_no,
        most,
    )
    return [_row(row) for row in rows]


async def by_no(reader: Reader, no: int) -> AttendeeRow | None:
    """A person by their number."""
    row = await reader.row(f"SELECT {_COLUMNS} FROM attendee WHERE no = $1", no)
    return None if row is None else _row(row)


def page_statement(accounts: Sequence[int], after_id: str, limit: int) -> tuple[str, Values]:
    """The statement of a page, in order of ids. At most ARMS_MOST accounts. Public for the test of its query plan."""
    values = Values()
    pages = [
        f"SELECT id, no FROM attendee WHERE account_no = {values(number)} AND id > {values(after_id)}"
        f" ORDER BY id LIMIT {values(limit)}"
        for number in accounts
    ]
    if len(pages) == 1:
        return pages[0], values
    union = " UNION ALL ".join(f"SELECT * FROM ({page}) AS arm" for page in pages)
    return f"{union} ORDER BY id LIMIT {values(limit)}", values


async def page(reader: Reader, accounts: Sequence[int], after_id: str, limit: int) -> list[AttendeeRow]:
    """The next people after an id ("" for the first), over all given accounts, in order of their ids."""
    found: list[Row] = []
    for start in range(0, len(accounts), ARMS_MOST):
        sql, values = page_statement(accounts[start : start + ARMS_MOST], after_id, limit)
        found += await reader.fetch(sql, *values)
    found.sort(key=lambda row: str(row[0]))
    return await _by_numbers(reader, [row[1] for row in found[:limit]])


async def chat_limited_page(reader: Reader, chats: Iterable[int], after_id: str, limit: int) -> list[AttendeeRow]:
    """The next people who are members of one of the given chats (numbers): what a chat-limited connection may see."""
    values = Values()
    rows = await reader.fetch(
        f"SELECT DISTINCT {_JOINED} FROM member JOIN attendee ON attendee.no = member.attendee_no"
        f" WHERE member.chat_no IN ({values.all(chats)}) AND attendee.id > {values(after_id)}"
        f" ORDER BY attendee.id LIMIT {values(limit)}",
        *values,
    )
    return [_row(row) for row in rows]


async def is_member_of(reader: Reader, attendee_no: int, chats: Iterable[int]) -> bool:
    """Whether a person is in one of the given chats (numbers)."""
    values = Values()
    sql = f"SELECT 1 FROM member WHERE attendee_no = {values(attendee_no)} AND chat_no IN ({values.all(chats)})"
    return await reader.row(sql, *values) is not None


async def _by_numbers(reader: Reader, numbers: Sequence[int]) -> list[AttendeeRow]:
    values = Values()
    rows = await reader.fetch(f"SELECT {_COLUMNS} FROM attendee WHERE no IN ({values.all(numbers)}) ORDER BY id", *values)
    return [_row(row) for row in rows]
