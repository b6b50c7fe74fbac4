"""Webhooks: one endpoint each, of one person, with how far it has been told and how it does.

Whoever delivers holds the webhook's lease; each of their writes carries its epoch and changes nothing once another has taken
it. A webhook is looked up by the pair of owner and id alone.
"""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from trunkline.model.errors import StoreUnavailable
from trunkline.store.engine import Reader, Row, Transaction


class WebhookAccount(Struct, frozen=True, array_like=True):
    """An account that a webhook is limited to."""

    no: int
    id: str
    name: str
    type: str


class WebhookRow(Struct, frozen=True, kw_only=True):
    """One endpoint; times in milliseconds, UTC. The columns are told in migrations/m0005_webhooks.py."""

    no: int
    id: str
    owner: int
    connection: int | None
    source: str
    name: str | None
    request_url: str
    format: str
    events: tuple[str, ...]
    data: tuple[tuple[str, str], ...]
    """(name, key): the property `key` is called `name`."""
    accounts: tuple[WebhookAccount, ...]
    sealed: bytes
    enabled: bool
    disabled_by: str | None
    created_at: int
    position: int
    failures: int
    failing_since: int | None
    not_before: int
    last_status: int | None
    last_error: str | None
    last_at: int | None
    delivered_at: int | None
    epoch: int


class State(Struct, frozen=True, kw_only=True):
    """How an endpoint does, and up to where it has been told."""

    position: int
    failures: int = 0
    failing_since: int | None = None
    not_before: int = 0
    last_status: int | None = None
    last_error: str | None = None
    last_at: int | None = None
    delivered_at: int | None = None


class NotOurs(StoreUnavailable):
    """Another worker delivers for this webhook now, or it was deleted or switched off."""


_COLUMNS = (
    "no, id, owner, connection, source, name, request_url, format, events, data, accounts, sealed, enabled, disabled_by,"
    " created_at, position, failures, failing_since, not_before, last_status, last_error, last_at, delivered_at, epoch"
)

_texts = msgspec.json.Decoder(tuple[str, ...])
_pairs = msgspec.json.Decoder(tuple[tuple[str, str], ...])
_accounts = msgspec.json.Decoder(tuple[WebhookAccount, ...])


def _row(row: Row) -> WebhookRow:
    return WebhookRow(
        no=row[0],
        id=row[1],
        owner=row[2],
        connection=row[3],
        source=row[4],
        name=row[5],
        request_url=row[6],
        format=row[7],
        events=_texts.decode(row[8]),
        data=_pairs.decode(row[9]),
        accounts=_accounts.decode(row[10]),
        sealed=bytes(row[11]),
        enabled=bool(row[12]),
        disabled_by=row[13],
        created_at=row[14],
        position=row[15],
        failures=row[16],
        failing_since=row[17],
        not_before=row[18],
        last_status=row[19],
        last_error=row[20],
        last_at=row[21],
        delivered_at=row[22],
        epoch=row[23],
    )


async def add(tx: Transaction, wanted: WebhookRow) -> WebhookRow:
    """A new webhook; its number is given here."""
    row = await tx.row(
        "INSERT INTO webhook (id, owner, connection, source, name, request_url, format, events, data, accounts, sealed,"
        " enabled, created_at, position) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
        f" RETURNING {_COLUMNS}",
        wanted.id,
        wanted.owner,
        wanted.connection,
        wanted.source,
        wanted.name,
        wanted.request_url,
        wanted.format,
        msgspec.json.encode(wanted.events).decode(),
        msgspec.json.encode(wanted.data).decode(),
        msgspec.json.encode(wanted.accounts).decode(),
        wanted.sealed,
        int(wanted.enabled),
        wanted.created_at,
        wanted.position,
    )
    assert row is not None
    return _row(row)


async def find(reader: Reader, owner: int, webhook_id: str) -> WebhookRow | None:
    """A person's webhook: somebody else's and a missing one are one and the same statement."""
    row = await reader.row(f"SELECT {_COLUMNS} FROM webhook WHERE id = $1 AND owner = $2", webhook_id, owner)
    return None if row is None else _row(row)


async def by_no(reader: Reader, no: int) -> WebhookRow | None:
    """A webhook by its number."""
    row = await reader.row(f"SELECT {_COLUMNS} FROM webhook WHERE no = $1", no)
    return None if row is None else _row(row)


async def page(reader: Reader, owner: int, after: int, limit: int) -> Sequence[WebhookRow]:
    """A person's webhooks, oldest first, from behind a number on."""
    rows = await reader.fetch(
        f"SELECT {_COLUMNS} FROM webhook WHERE owner = $1 AND no > $2 ORDER BY no LIMIT $3", owner, after, limit
    )
    return [_row(row) for row in rows]


async def count(reader: Reader, owner: int) -> int:
    """How many webhooks a person has."""
    row = await reader.row("SELECT count(*) FROM webhook WHERE owner = $1", owner)
    return 0 if row is None else int(row[0])


async def enabled(reader: Reader) -> Sequence[int]:
    """Numbers of all webhooks that are delivered to, for the deliverers."""
    return [row[0] for row in await reader.fetch("SELECT no FROM webhook WHERE enabled = 1 ORDER BY no")]


async def claim(tx: Transaction, no: int, worker: str, now: int, until: int, *, by_force: bool) -> WebhookRow | None:
    """Take a webhook's lease, with the next epoch; None while another worker's holds, or there is nothing to deliver.

    by_force: whoever has it; only for a worker that knows the former owner to be dead.
    """
    free = "" if by_force else " AND (lease_until <= $4 OR lease = $1)"
    values = (worker, until, no) if by_force else (worker, until, no, now)
    row = await tx.row(
        f"UPDATE webhook SET lease = $1, epoch = epoch + 1, lease_until = $2 WHERE no = $3 AND enabled = 1{free}"
        f" RETURNING {_COLUMNS}",
        *values,
    )
    return None if row is None else _row(row)


async def renew(tx: Transaction, no: int, epoch: int, until: int) -> None:
    """Keep a lease. Raises NotOurs."""
    if not await tx.run("UPDATE webhook SET lease_until = $1 WHERE no = $2 AND epoch = $3 AND enabled = 1", until, no, epoch):
        raise NotOurs


async def release(tx: Transaction, no: int, epoch: int) -> None:
    """Give a lease back."""
    await tx.run("UPDATE webhook SET lease = '', lease_until = 0 WHERE no = $1 AND epoch = $2", no, epoch)


async def keep(tx: Transaction, no: int, epoch: int, state: State) -> None:
    """Note how an endpoint does. Raises NotOurs."""
    changed = await tx.run(
        "UPDATE webhook SET position = $1, failures = $2, failing_since = $3, not_before = $4, last_status = $5,"
        " last_error = $6, last_at = $7, delivered_at = $8 WHERE no = $9 AND epoch = $10 AND enabled = 1",
        state.position,
        state.failures,
        state.failing_since,
        state.not_before,
        state.last_status,
        state.last_error,
        state.last_at,
        state.delivered_at,
        no,
        epoch,
    )
    if not changed:
        raise NotOurs


async def switch(tx: Transaction, no: int, enabled: bool, disabled_by: str | None = None) -> None:
    """Deliver to it from now on, from where it stopped, or no longer. disabled_by: why, in a word."""
    await tx.run(
        "UPDATE webhook SET enabled = $1, disabled_by = $2, failures = 0, failing_since = NULL, not_before = 0 WHERE no = $3",
        int(enabled),
        disabled_by,
        no,
    )


async def seal(tx: Transaction, no: int, sealed: bytes) -> None:
    """Keep another secret with its headers."""
    await tx.run("UPDATE webhook SET sealed = $1 WHERE no = $2", sealed, no)


async def retry_now(tx: Transaction, no: int) -> None:
    """Forget that its endpoint is to be left alone for a while."""
    await tx.run("UPDATE webhook SET not_before = 0 WHERE no = $1", no)


async def remove(tx: Transaction, no: int) -> None:
    """Delete a webhook, with what it still had to be told."""
    await tx.run("DELETE FROM letter WHERE webhook_no = $1", no)
    await tx.run("DELETE FROM webhook WHERE no = $1", no)
