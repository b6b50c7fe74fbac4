"""The store: a database brought up to date, the folder of files, the seal, and the clock and randomness all of them use."""

import os
from dataclasses import dataclass
from pathlib import Path

import apsw

from trunkline.model.errors import StoreUnavailable
from trunkline.model.ids import Entropy, new_id
from trunkline.model.times import Clock, system_clock
from trunkline.store import schema
from trunkline.store.engine import Database
from trunkline.store.keeper import AccountKeeper
from trunkline.store.media import MediaFolder
from trunkline.store.postgres import PostgresDatabase
from trunkline.store.seal import Seal
from trunkline.store.secret import compare, is_sealed, keep, read_or_make
from trunkline.store.sqlite import SqliteDatabase

DATABASE_FILE = "trunkline.db"
SECRET_FILE = "secret.key"
MEDIA_FOLDER = "media"


@dataclass(frozen=True)
class Store:
    """All that is kept. Open with `open_store`."""

    db: Database
    media: MediaFolder
    seal: Seal
    clock: Clock
    entropy: Entropy

    def new_id(self) -> str:
        """A fresh public id."""
        return new_id(self.clock(), self.entropy)

    def keeper(self, account_no: int, account_id: str) -> AccountKeeper:
        """The sealed store of one account."""
        return AccountKeeper(self.db, self.seal, account_no, account_id)

    async def close(self) -> None:
        """Finish and close."""
        await self.db.close()


async def open_store(
    folder: Path,
    *,
    url: str | None = None,
    secret: bytes | Path | None = None,
    clock: Clock = system_clock,
    entropy: Entropy = os.urandom,
) -> Store:
    """Open (or make) the store of a data folder; `url` names a PostgreSQL database instead of the file in the folder.

    secret: what seals, or the file that holds it; None: `secret.key` in the folder. A file that is not there is made, but never
    for a database that was sealed already.

    Raises StoreUnavailable when it cannot be opened, in words, with nothing changed.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        media = MediaFolder(folder / MEDIA_FOLDER)
        db: Database = await PostgresDatabase.open(url) if url else SqliteDatabase(folder / DATABASE_FILE)
    except apsw.NotADBError:
        raise StoreUnavailable(
            f"{folder / DATABASE_FILE} is not a database. Restore a backup, see docs/self-hosting.md; nothing was changed."
        ) from None
    except (OSError, apsw.Error) as error:
        raise StoreUnavailable(f"The data folder {folder} cannot be used: {error}.") from error
    try:
        await schema.refuse_newer(db)
        source = folder / SECRET_FILE if secret is None else secret
        key = source if isinstance(source, bytes) else read_or_make(source, entropy, may_make=not await is_sealed(db))
        seal = Seal(key, entropy)
        await compare(db, seal, None if isinstance(source, bytes) else source)
        await schema.migrate(db)
        await keep(db, seal)
    except BaseException:
        await db.close()
        raise
    return Store(db=db, media=media, seal=seal, clock=clock, entropy=entropy)
