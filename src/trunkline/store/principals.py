"""Principals: who holds keys. A person, or an agent that works for one."""

from typing import Literal

from msgspec import Struct

from trunkline.store.engine import Reader, Row, Transaction

PrincipalKind = Literal["person", "agent"]


class PrincipalRow(Struct, frozen=True, kw_only=True):
    """One principal. `owner` is the number of the person: of a person its own."""

    no: int
    kind: PrincipalKind
    name: str
    owner: int
    created_at: int


_COLUMNS = "no, kind, name, owner, created_at"


def _row(row: Row) -> PrincipalRow:
    return PrincipalRow(no=row[0], kind=row[1], name=row[2], owner=row[3], created_at=row[4])


async def add_person(tx: Transaction, name: str, at_ms: int) -> PrincipalRow:
    """A new person. The name must be free."""
    row = await tx.row(
        "INSERT INTO principal (kind, name, owner, created_at) VALUES ('person', $1, 0, $2) RETURNING no", name, at_ms
    )
    assert row is not None
    await tx.run("UPDATE principal SET owner = $1 WHERE no = $2", row[0], row[0])
    return PrincipalRow(no=row[0], kind="person", name=name, owner=row[0], created_at=at_ms)


async def add_agent(tx: Transaction, name: str, owner: int, at_ms: int) -> PrincipalRow:
    """A new agent of a person (number). The name must be free."""
    row = await tx.row(
        f"INSERT INTO principal (kind, name, owner, created_at) VALUES ('agent', $1, $2, $3) RETURNING {_COLUMNS}",
        name,
        owner,
        at_ms,
    )
    assert row is not None
    return _row(row)


async def by_no(reader: Reader, no: int) -> PrincipalRow | None:
    """One principal by its number."""
    row = await reader.row(f"SELECT {_COLUMNS} FROM principal WHERE no = $1", no)
    return None if row is None else _row(row)


async def by_name(reader: Reader, name: str) -> PrincipalRow | None:
    """One principal by its name."""
    row = await reader.row(f"SELECT {_COLUMNS} FROM principal WHERE name = $1", name)
    return None if row is None else _row(row)


async def first_person(reader: Reader) -> PrincipalRow | None:
    """The person who was here first: whose machine it is."""
    row = await reader.row(f"SELECT {_COLUMNS} FROM principal WHERE kind = 'person' ORDER BY no LIMIT 1")
    return None if row is None else _row(row)


async def names(reader: Reader) -> dict[int, str]:
    """The name of every principal by number; there are few."""
    return {row[0]: row[1] for row in await reader.fetch("SELECT no, name FROM principal")}
