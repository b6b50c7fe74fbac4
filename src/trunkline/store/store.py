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
from trunkline.store.seal import Seal, secret_from_file
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
    secret: bytes | None = None,
    clock: Clock = system_clock,
    entropy: Entropy = os.urandom,
) -> Store:
    """Open (or make) the store of a data folder; `url` names a PostgreSQL database instead of the file in the folder.

    Raises StoreUnavailable when it cannot be opened, in words, with nothing changed.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = secret or secret_from_file(folder / SECRET_FILE, entropy)
        media = MediaFolder(folder / MEDIA_FOLDER)
        db: Database = await PostgresDatabase.open(url) if url else SqliteDatabase(folder / DATABASE_FILE)
    except (OSError, apsw.Error) as error:
        raise StoreUnavailable(f"The data folder {folder} cannot be used: {error}.") from error
    try:
        await schema.migrate(db)
    except BaseException:
        await db.close()
        raise
    return Store(db=db, media=media, seal=Seal(key, entropy), clock=clock, entropy=entropy)
