"""Leases: which worker serves an account. The epoch rises with every taking; a write with an older epoch is refused.

On SQLite one process owns the database (owner/lock.py), so it takes all leases at its start and keeps them. The heartbeat
and the sharing among many workers come with PostgreSQL in earnest.
"""

from trunkline.model.errors import StoreUnavailable
from trunkline.store.engine import Transaction


class LeaseLost(StoreUnavailable):
    """Another worker serves this account now."""


async def take(tx: Transaction, account_no: int, owner: str, until: int) -> int:
    """Take an account's lease, whoever had it, and give the new epoch.

    Only for a worker that knows the former owner to be dead: it holds the data folder's lock.
    """
    row = await tx.row(
        "INSERT INTO lease (account_no, owner, epoch, expires_at) VALUES ($1, $2, 1, $3)"
        " ON CONFLICT (account_no) DO UPDATE SET owner = excluded.owner, epoch = lease.epoch + 1,"
        " expires_at = excluded.expires_at RETURNING epoch",
        account_no,
        owner,
        until,
    )
    assert row is not None
    return int(row[0])


async def check(tx: Transaction, account_no: int, epoch: int) -> None:
    """Raise LeaseLost unless this epoch is the account's current one. Called in every transaction of a session's."""
    row = await tx.row("SELECT 1 FROM lease WHERE account_no = $1 AND epoch = $2", account_no, epoch)
    if row is None:
        raise LeaseLost
