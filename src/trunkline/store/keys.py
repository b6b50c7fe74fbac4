"""API keys: kept as a keyed hash, with whom they are for and how long they hold."""

from collections.abc import Mapping

from msgspec import Struct

from trunkline.store.engine import Reader, Row, Transaction


class KeyRow(Struct, frozen=True, kw_only=True):
    """One key; times in milliseconds, UTC. `pcid` is that of its default connection, where it has one that still stands."""

    id: str
    principal: int
    name: str
    hash: bytes
    is_admin: bool
    created_at: int
    expires_at: int | None
    used_at: int | None
    revoked_at: int | None
    stopped: bool
    pcid: str | None

    def is_over(self, at_ms: int) -> bool:
        """Whether its time has passed."""
        return self.expires_at is not None and self.expires_at <= at_ms


_SELECT = (
    "SELECT k.id, k.principal, k.name, k.hash, k.is_admin, k.created_at, k.expires_at, k.used_at, k.revoked_at, k.stopped,"
    " c.pcid FROM api_key k LEFT JOIN connection c ON c.no = k.default_connection AND c.revoked_at IS NULL"
)


def _row(row: Row) -> KeyRow:
    return KeyRow(
        id=row[0],
        principal=row[1],
        name=row[2],
        hash=row[3],
        is_admin=bool(row[4]),
        created_at=row[5],
        expires_at=row[6],
        used_at=row[7],
        revoked_at=row[8],
        stopped=bool(row[9]),
        pcid=row[10],
    )


async def by_id(reader: Reader, key_id: str) -> KeyRow | None:
    """A key by its id, revoked ones too."""
    row = await reader.row(f"{_SELECT} WHERE k.id = $1", key_id)
    return None if row is None else _row(row)


async def by_token(reader: Reader, token_hash: bytes, at_ms: int) -> KeyRow | None:
    """The key that a token was made from, while the token holds."""
    row = await reader.row(
        _SELECT.replace(" FROM api_key k", " FROM token t JOIN api_key k ON k.id = t.key_id")
        + " WHERE t.hash = $1 AND t.expires_at > $2",
        token_hash,
        at_ms,
    )
    return None if row is None else _row(row)


async def page(reader: Reader, after: tuple[int, str] | None, limit: int) -> list[KeyRow]:
    """Keys that were not revoked, oldest first, after the one with this (created_at, id)."""
    created_at, key_id = after or (-1, "")
    rows = await reader.fetch(
        f"{_SELECT} WHERE k.revoked_at IS NULL AND (k.created_at, k.id) > ($1, $2) ORDER BY k.created_at, k.id LIMIT $3",
        created_at,
        key_id,
        limit,
    )
    return [_row(row) for row in rows]


async def add(
    tx: Transaction,
    *,
    key_id: str,
    principal: int,
    name: str,
    key_hash: bytes,
    is_admin: bool,
    default_connection: int | None,
    at_ms: int,
    expires_at: int | None,
) -> None:
    """A new key."""
    await tx.run(
        "INSERT INTO api_key (id, principal, name, hash, is_admin, default_connection, created_at, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        key_id,
        principal,
        name,
        key_hash,
        int(is_admin),
        default_connection,
        at_ms,
        expires_at,
    )


async def set_stopped(tx: Transaction, key_id: str, stopped: bool) -> bool:
    """Stop a key or let it go on; whether there is such a key."""
    return bool(await tx.run("UPDATE api_key SET stopped = $1 WHERE id = $2 AND revoked_at IS NULL", int(stopped), key_id))


async def revoke(tx: Transaction, key_id: str, at_ms: int) -> bool:
    """Revoke a key with its tokens; whether there was such a key."""
    await tx.run("DELETE FROM token WHERE key_id = $1", key_id)
    return bool(await tx.run("UPDATE api_key SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL", at_ms, key_id))


async def revoke_expired(tx: Transaction, name: str, at_ms: int) -> None:
    """Take the keys of this name whose time has passed off the list."""
    await tx.run(
        "UPDATE api_key SET revoked_at = $1 WHERE name = $2 AND revoked_at IS NULL AND expires_at <= $3", at_ms, name, at_ms
    )


async def set_used(tx: Transaction, uses: Mapping[str, int]) -> None:
    """Note when keys were last used."""
    await tx.run_many("UPDATE api_key SET used_at = $1 WHERE id = $2", [(at_ms, key_id) for key_id, at_ms in uses.items()])


async def count(reader: Reader) -> int:
    """How many keys were not revoked."""
    row = await reader.row("SELECT count(*) FROM api_key WHERE revoked_at IS NULL")
    return 0 if row is None else int(row[0])
