"""The secret and its database belong together: a database keeps what tells its secret from any other.

With another secret nothing sealed would ever open again and no key would be known, so that is refused before anything is
written, and a missing secret is never replaced by a new one.
"""

import hmac
from pathlib import Path

from trunkline.model.errors import StoreUnavailable
from trunkline.model.ids import Entropy
from trunkline.store import schema
from trunkline.store.engine import Database, Reader, Transaction
from trunkline.store.seal import Seal, secret_from_file

_STEP = "m0004_secret"
_NAME = "secret"


async def is_sealed(db: Database) -> bool:
    """Whether the database needs the secret it was made with. One of before the check was kept counts as sealed."""
    applied = await schema.applied_to(db)
    return bool(applied) and (_STEP not in applied or await _kept(db) is not None)


def read_or_make(path: Path, entropy: Entropy, *, may_make: bool) -> bytes:
    """The secret in the file, which is made where it may be. Raises StoreUnavailable."""
    if not may_make and not path.exists():
        raise StoreUnavailable(_refusal(path, f"a {path.name} that is not there any more"))
    try:
        return secret_from_file(path, entropy)
    except OSError as error:
        raise StoreUnavailable(f"The secret in {path} cannot be used: {error.strerror or error}.") from error


async def compare(db: Database, seal: Seal, source: Path | None) -> None:
    """Raises StoreUnavailable when the database was sealed with another secret. source: the file of this one."""
    kept = await _kept(db) if _STEP in await schema.applied_to(db) else None
    if kept is not None and not hmac.compare_digest(kept, _check(seal)):
        raise StoreUnavailable(_refusal(source, "another secret" if source is None else f"another {source.name}"))


async def keep(db: Database, seal: Seal) -> None:
    """Keep what tells this secret from others, at the first open."""
    if await _kept(db) is not None:
        return

    async def work(tx: Transaction) -> None:
        await tx.run("INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", _NAME, _check(seal))

    await db.write(work)


async def _kept(reader: Reader) -> bytes | None:
    row = await reader.row("SELECT value FROM meta WHERE name = $1", _NAME)
    return None if row is None else bytes(row[0])


def _check(seal: Seal) -> bytes:
    return seal.keyed_hash(b"", "the secret of this database")


def _refusal(source: Path | None, what: str) -> str:
    where = "set the one it was made with" if source is None else f"put that one back into {source.parent}"
    return f"The database was sealed with {what}; {where} and start again, see docs/self-hosting.md. Nothing was changed."
