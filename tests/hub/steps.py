"""What each statement costs, in SQLite's own count: the steps that its virtual machine took."""

from typing import Any

import apsw

from trunkline.store.engine import Database, Transaction
from trunkline.store.sqlite import SqliteDatabase


class Steps:
    """Counts on a database from now on. dearest: of each statement, the most that one execution of it took since `clear`."""

    def __init__(self) -> None:
        self.dearest: dict[str, int] = {}

    @classmethod
    async def of(cls, db: Database) -> "Steps":
        """Begin to count."""
        assert isinstance(db, SqliteDatabase)
        made = cls()
        for connection in (db._reading, db._scanning):
            connection.trace_v2(apsw.SQLITE_TRACE_PROFILE, made._note)

        async def on_the_writers_thread(_: Transaction) -> None:
            db._writing.trace_v2(apsw.SQLITE_TRACE_PROFILE, made._note)

        await db.write(on_the_writers_thread)
        return made

    def _note(self, event: dict[str, Any]) -> None:
        steps = event["stmt_status"]["SQLITE_STMTSTATUS_VM_STEP"]
        self.dearest[event["sql"]] = max(steps, self.dearest.get(event["sql"], 0))

    def taken(self) -> dict[str, int]:
        """What was counted; counting begins anew."""
        taken, self.dearest = self.dearest, {}
        return taken
