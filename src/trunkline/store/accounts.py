"""Accounts: one login on one network, each of one person."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.states import AccountState
from trunkline.model.networks import AccountType
from trunkline.operations.backend import Scope
from trunkline.store import journal, words
from trunkline.store.engine import Reader, Row, Transaction
from trunkline.store.statement import Values


class AccountRow(Struct, frozen=True, kw_only=True):
    """One account; times in milliseconds, UTC. first_sync: `due`, `running` or `done`."""

    no: int
    id: str
    owner: int
    road: str
    type: AccountType
    identity: str
    name: str
    params: bytes
    created_at: int
    state: AccountState
    state_text: str | None
    state_at: int
    sheet: bytes | None
    position: str | None
    overview: str | None
    first_sync: str
    stopped: bool
    synced_at: int | None

    @property
    def capabilities(self) -> Capabilities | None:
        """The narrowed sheet its session stored, None before it first connected."""
        return None if self.sheet is None else msgspec.json.decode(self.sheet, type=Capabilities)


_COLUMNS = (
    "no, id, owner, road, type, identity, name, params, created_at, state, state_text, state_at, sheet, position, "
    "overview, first_sync, stopped, synced_at"
)


def _row(row: Row) -> AccountRow:
    return AccountRow(
        no=row[0],
        id=row[1],
        owner=row[2],
        road=row[3],
        type=row[4],
        identity=row[5],
        name=row[6],
        params=row[7],
        created_at=row[8],
        state=AccountState(row[9]),
        state_text=row[10],
        state_at=row[11],
        sheet=row[12],
        position=row[13],
        overview=row[14],
        first_sync=row[15],
        stopped=bool(row[16]),
        synced_at=row[17],
    )


async def in_scope(reader: Reader, scope: Scope) -> list[AccountRow]:
    """The accounts a connection reaches, in order of their ids."""
    values = Values()
    sql = f"SELECT {_COLUMNS} FROM account WHERE owner = {values(scope.owner)} AND road IN ({values.all(sorted(scope.roads))})"
    if scope.accounts is not None:
        sql += f" AND id IN ({values.all(sorted(scope.accounts))})"
    return [_row(row) for row in await reader.fetch(sql + " ORDER BY id", *values)]


async def roads_of(reader: Reader, owner: int) -> frozenset[str]:
    """The roads of a person's accounts, also those that this server has no longer."""
    return frozenset(str(row[0]) for row in await reader.fetch("SELECT DISTINCT road FROM account WHERE owner = $1", owner))


async def all_of(reader: Reader) -> list[AccountRow]:
    """Every account, for the supervisor."""
    return [_row(row) for row in await reader.fetch(f"SELECT {_COLUMNS} FROM account ORDER BY no")]


async def by_no(reader: Reader, no: int) -> AccountRow | None:
    """One account by its number."""
    row = await reader.row(f"SELECT {_COLUMNS} FROM account WHERE no = $1", no)
    return None if row is None else _row(row)


async def by_id(reader: Reader, account_id: str) -> AccountRow | None:
    """One account by its public id, whoever's it is: for administration only."""
    row = await reader.row(f"SELECT {_COLUMNS} FROM account WHERE id = $1", account_id)
    return None if row is None else _row(row)


async def add(
    tx: Transaction,
    *,
    account_id: str,
    owner: int,
    road: str,
    account_type: AccountType,
    identity: str,
    name: str,
    params: dict[str, Any],
    at_ms: int,
) -> tuple[int, str]:
    """Add an account, or find the one of the same login; gives its number and public id."""
    await tx.run(
        "INSERT INTO account (id, owner, road, type, identity, name, params, created_at, state, state_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'connecting', $9)"
        " ON CONFLICT (owner, road, type, identity) DO UPDATE SET name = excluded.name, params = excluded.params",
        account_id,
        owner,
        road,
        account_type,
        identity,
        name,
        msgspec.json.encode(params),
        at_ms,
        at_ms,
    )
    row = await tx.row(
        "SELECT no, id FROM account WHERE owner = $1 AND road = $2 AND type = $3 AND identity = $4",
        owner,
        road,
        account_type,
        identity,
    )
    assert row is not None
    return row[0], row[1]


async def set_state(tx: Transaction, no: int, state: AccountState, text: str | None, at_ms: int) -> None:
    """Note where the account stands; `text` says what happened. The time is that of the first note of this state in a row."""
    await tx.run(
        "UPDATE account SET state_at = CASE WHEN state = $1 THEN state_at ELSE $3 END, state = $1, state_text = $2"
        " WHERE no = $4",
        state.value,
        text,
        at_ms,
        no,
    )


async def set_sheet(tx: Transaction, no: int, sheet: Capabilities) -> None:
    """Store the narrowed sheet."""
    await tx.run("UPDATE account SET sheet = $1 WHERE no = $2", msgspec.json.encode(sheet), no)


async def set_position(tx: Transaction, no: int, position: str) -> None:
    """Note where listening goes on, in the transaction that stores what came before."""
    await tx.run("UPDATE account SET position = $1 WHERE no = $2", position, no)


async def set_first_sync(tx: Transaction, no: int, state: str, overview: str | None, at_ms: int) -> None:
    """Note how far the first sync has come."""
    await tx.run("UPDATE account SET first_sync = $1, overview = $2, synced_at = $3 WHERE no = $4", state, overview, at_ms, no)


async def set_stopped(tx: Transaction, no: int, stopped: bool) -> None:
    """Switch the account off or on here."""
    await tx.run("UPDATE account SET stopped = $1 WHERE no = $2", int(stopped), no)


async def remove(tx: Transaction, no: int) -> None:
    """Remove an account and all that came of it, what the journal tells of it included."""
    await words.remove_of_account(tx, no)
    for table in ("message_raw", "attachment"):
        column = "message_id"
        await tx.run(f"DELETE FROM {table} WHERE {column} IN (SELECT id FROM message WHERE account_no = $1)", no)
    for table in ("member", "reaction", "amendment", "read_move", "reader", "waiting", "sync"):
        await tx.run(f"DELETE FROM {table} WHERE chat_no IN (SELECT no FROM chat WHERE account_no = $1)", no)
    await journal.forget_account(tx, no)
    for table in ("message", "chat", "attendee", "alias", "keeper", "lease", "gap", "quarantine", "outbox"):
        await tx.run(f"DELETE FROM {table} WHERE account_no = $1", no)
    await tx.run("DELETE FROM account WHERE no = $1", no)


def numbers(accounts: Sequence[AccountRow]) -> list[int]:
    """Their numbers."""
    return [account.no for account in accounts]
