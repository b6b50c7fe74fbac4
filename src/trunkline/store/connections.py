"""Connections: what one principal may reach, and how far. Looked up by the pair of principal and PCID alone."""

from collections.abc import Collection

import msgspec
from msgspec import Struct

from trunkline.model.connection import BackendName, Grant, Mode
from trunkline.operations.backend import Scope
from trunkline.store.engine import Reader, Row, Transaction
from trunkline.store.statement import Values

EFFECTS: tuple[Grant, ...] = ("read", "send", "change", "destroy")
"""All effects that can be granted, in the order they are shown."""


class ConnectionRow(Struct, frozen=True, kw_only=True):
    """One grant. `no` is its internal number, which audit rows and calls carry. `owner`: whose accounts it reaches."""

    no: int
    pcid: str
    principal: int
    owner: int
    name: str
    backend: BackendName
    roads: frozenset[str]
    accounts: frozenset[str] | None
    chats: frozenset[str] | None
    effects: frozenset[Grant]
    mode: Mode
    created_at: int
    stopped: bool

    @property
    def scope(self) -> Scope:
        """What it reaches."""
        return Scope(owner=self.owner, roads=self.roads, accounts=self.accounts, chats=self.chats, connection=self.no)


_COLUMNS = "no, pcid, principal, owner, name, backend, roads, accounts, chats, effects, mode, created_at, stopped"

_texts = msgspec.json.Decoder(frozenset[str])
_grants = msgspec.json.Decoder(frozenset[Grant])


def _row(row: Row) -> ConnectionRow:
    return ConnectionRow(
        no=row[0],
        pcid=row[1],
        principal=row[2],
        owner=row[3],
        name=row[4],
        backend=row[5],
        roads=_texts.decode(row[6]),
        accounts=None if row[7] is None else _texts.decode(row[7]),
        chats=None if row[8] is None else _texts.decode(row[8]),
        effects=_grants.decode(row[9]),
        mode=row[10],
        created_at=row[11],
        stopped=bool(row[12]),
    )


def _json(texts: Collection[str] | None) -> str | None:
    return None if texts is None else msgspec.json.encode(sorted(texts)).decode()


async def find(reader: Reader, principal: int, pcid: str) -> ConnectionRow | None:
    """A principal's connection: somebody else's and a missing one are one and the same statement."""
    row = await reader.row(
        f"SELECT {_COLUMNS} FROM connection WHERE pcid = $1 AND principal = $2 AND revoked_at IS NULL", pcid, principal
    )
    return None if row is None else _row(row)


async def by_pcid(reader: Reader, pcid: str) -> ConnectionRow | None:
    """A connection, whoever's it is: for administration only."""
    row = await reader.row(f"SELECT {_COLUMNS} FROM connection WHERE pcid = $1 AND revoked_at IS NULL", pcid)
    return None if row is None else _row(row)


async def by_no(reader: Reader, no: int) -> ConnectionRow | None:
    """A connection by its number, while it stands."""
    row = await reader.row(f"SELECT {_COLUMNS} FROM connection WHERE no = $1 AND revoked_at IS NULL", no)
    return None if row is None else _row(row)


async def settings_of(reader: Reader, no: int) -> tuple[str, bytes] | None:
    """The PCID and the sealed settings of a connection that stands; None where it has none."""
    row = await reader.row("SELECT pcid, settings FROM connection WHERE no = $1 AND revoked_at IS NULL", no)
    return None if row is None or row[1] is None else (row[0], bytes(row[1]))


async def of_principal(reader: Reader, principal: int) -> list[ConnectionRow]:
    """A principal's connections, oldest first."""
    rows = await reader.fetch(
        f"SELECT {_COLUMNS} FROM connection WHERE principal = $1 AND revoked_at IS NULL ORDER BY no", principal
    )
    return [_row(row) for row in rows]


async def to_account_alone(reader: Reader, owner: int, account_id: str) -> ConnectionRow | None:
    """The person's own connection to this account and no other; the oldest, where there are several."""
    row = await reader.row(
        f"SELECT {_COLUMNS} FROM connection WHERE principal = $1 AND owner = $1 AND backend = 'hub' AND accounts = $2"
        " AND chats IS NULL AND revoked_at IS NULL ORDER BY no LIMIT 1",
        owner,
        _json((account_id,)),
    )
    return None if row is None else _row(row)


async def all_of(reader: Reader) -> list[ConnectionRow]:
    """Every connection, oldest first: for administration only."""
    rows = await reader.fetch(f"SELECT {_COLUMNS} FROM connection WHERE revoked_at IS NULL ORDER BY no")
    return [_row(row) for row in rows]


async def add(
    tx: Transaction,
    *,
    pcid: str,
    principal: int,
    owner: int,
    name: str,
    roads: Collection[str],
    accounts: Collection[str] | None,
    chats: Collection[str] | None,
    effects: Collection[Grant],
    mode: Mode,
    at_ms: int,
    backend: BackendName = "hub",
    settings: bytes | None = None,
) -> ConnectionRow:
    """A new connection. settings: sealed, what its backend needs to know."""
    row = await tx.row(
        "INSERT INTO connection (pcid, principal, owner, name, backend, roads, accounts, chats, effects, mode, created_at,"
        f" settings) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING {_COLUMNS}",
        pcid,
        principal,
        owner,
        name,
        backend,
        _json(roads),
        _json(accounts),
        _json(chats),
        _json(effects),
        mode,
        at_ms,
        settings,
    )
    assert row is not None
    return _row(row)


async def allow(tx: Transaction, no: int, effects: Collection[Grant] | None, mode: Mode | None) -> None:
    """Change what a connection may do; None leaves as it is."""
    values = Values()
    changes = []
    if effects is not None:
        changes.append(f"effects = {values(_json(effects))}")
    if mode is not None:
        changes.append(f"mode = {values(mode)}")
    if changes:
        await tx.run(f"UPDATE connection SET {', '.join(changes)} WHERE no = {values(no)}", *values)


async def set_stopped(tx: Transaction, no: int, stopped: bool) -> None:
    """Stop what a connection writes, or let it go on."""
    await tx.run("UPDATE connection SET stopped = $1 WHERE no = $2", int(stopped), no)


async def forget_account(tx: Transaction, owner: int, account_id: str, at_ms: int) -> None:
    """An account is deleted: no connection names it any more.

    The person's own one to it alone, which came with it, ends. Another principal's that named it alone stands and reaches none.
    """
    own = await to_account_alone(tx, owner, account_id)
    if own is not None:
        await revoke(tx, own.no, at_ms)
    rows = await tx.fetch("SELECT no, accounts FROM connection WHERE owner = $1 AND accounts IS NOT NULL", owner)
    for no, kept in rows:
        named = _texts.decode(kept)
        if account_id in named:
            await tx.run("UPDATE connection SET accounts = $1 WHERE no = $2", _json(named - {account_id}), no)


async def revoke(tx: Transaction, no: int, at_ms: int) -> None:
    """Revoke a connection for good. A key in its settings goes with it."""
    await tx.run("UPDATE connection SET revoked_at = $1, settings = NULL WHERE no = $2 AND revoked_at IS NULL", at_ms, no)


async def count(reader: Reader) -> int:
    """How many connections stand."""
    row = await reader.row("SELECT count(*) FROM connection WHERE revoked_at IS NULL")
    return 0 if row is None else int(row[0])
