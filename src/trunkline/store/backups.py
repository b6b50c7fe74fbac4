"""Copies of the database: whole, consistent, taken while everything runs on. The secret key is never in them."""

import asyncio
import os
from pathlib import Path

from trunkline.model.errors import StoreUnavailable, Unsupported
from trunkline.store.engine import Database
from trunkline.store.sqlite import SqliteDatabase


async def make(db: Database, folder: Path, name: str) -> Path:
    """Copy the database into `folder` under `name`; gives the file. Raises Unsupported on PostgreSQL, which has its own way."""
    if not isinstance(db, SqliteDatabase):
        raise Unsupported("The database is PostgreSQL: use pg_dump, which copies it while it runs.")
    return await asyncio.to_thread(_make, db, folder, name)


def _make(db: SqliteDatabase, folder: Path, name: str) -> Path:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        target, unfinished = folder / name, folder / f".{name}.unfinished"
        unfinished.unlink(missing_ok=True)
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        db.backup_to(unfinished)
        unfinished.replace(target)
    except OSError as error:
        raise StoreUnavailable(f"The copy could not be written to {folder}: {error.strerror}. Nothing was changed.") from error
    return target
