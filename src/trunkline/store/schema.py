"""Bringing a database up to this program's schema, and refusing one that is newer."""

from trunkline.model.errors import StoreUnavailable
from trunkline.store.engine import Database, Transaction
from trunkline.store.migrations import MIGRATIONS, statements


class NewerDatabase(StoreUnavailable):
    """The database was written by a newer Trunkline. Install that version again; nothing was changed."""


async def refuse_newer(db: Database) -> None:
    """Raises NewerDatabase for a database of a newer program, whose other properties this one cannot judge."""
    if unknown := sorted(await applied_to(db) - MIGRATIONS.keys()):
        raise NewerDatabase(
            f"The database was written by a newer Trunkline (it knows the step {unknown[-1]}, this version does not)."
            " Install the newer version; nothing was changed."
        )


async def migrate(db: Database) -> None:
    """Run the migrations that are missing, each in a transaction of its own. Raises NewerDatabase, with nothing changed."""
    await refuse_newer(db)
    applied = await applied_to(db)
    for name in MIGRATIONS:
        if name not in applied:
            await db.write(_Step(name))


async def applied_to(db: Database) -> set[str]:
    """The migrations that a database knows; none for a new one."""
    listed = {
        "sqlite": "SELECT 1 FROM sqlite_schema WHERE name = 'migration'",
        "postgres": "SELECT to_regclass('migration')::text",
    }
    row = await db.row(listed[db.dialect.name])
    if row is None or row[0] is None:
        return set()
    return {row[0] for row in await db.fetch("SELECT name FROM migration")}


class _Step:
    def __init__(self, name: str):
        self._name = name

    async def __call__(self, tx: Transaction) -> None:
        await tx.run("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY)")
        for statement in statements(self._name, tx.dialect):
            await tx.run(statement)
        await tx.run("INSERT INTO migration (name) VALUES ($1)", self._name)


async def version(db: Database) -> str:
    """The newest migration applied."""
    row = await db.row("SELECT max(name) FROM migration")
    return str(row[0]) if row else ""
