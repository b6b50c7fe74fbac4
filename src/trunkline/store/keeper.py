"""A session's sealed key-value store, and the gate to the bytes it sends: what a network is handed of ours."""

from trunkline.store.engine import Database, Transaction
from trunkline.store.seal import Seal

CREDENTIALS = "credentials"


class AccountKeeper:
    """The keeper of one account. Values are sealed for this account and key."""

    def __init__(self, db: Database, seal: Seal, account_no: int, account_id: str):
        self._db = db
        self._seal = seal
        self._account_no = account_no
        self._account_id = account_id

    async def get(self, key: str) -> bytes | None:
        """The value, or None."""
        row = await self._db.row("SELECT value FROM keeper WHERE account_no = $1 AND key = $2", self._account_no, key)
        return None if row is None else self._seal.open(row[0], "keeper", self._account_id, key)

    async def get_in(self, tx: Transaction, key: str) -> bytes | None:
        """The value as a transaction sees it, or None. Raises SealBroken."""
        row = await tx.row("SELECT value FROM keeper WHERE account_no = $1 AND key = $2", self._account_no, key)
        return None if row is None else self._seal.open(row[0], "keeper", self._account_id, key)

    async def put(self, key: str, value: bytes) -> None:
        """Store durably before returning."""

        async def work(tx: Transaction) -> None:
            await self.put_in(tx, key, value)

        await self._db.write(work)

    async def put_in(self, tx: Transaction, key: str, value: bytes) -> None:
        """Store inside a transaction."""
        await tx.run(
            "INSERT INTO keeper (account_no, key, value) VALUES ($1, $2, $3)"
            " ON CONFLICT (account_no, key) DO UPDATE SET value = excluded.value",
            self._account_no,
            key,
            self._seal.close(value, "keeper", self._account_id, key),
        )
