"""Links by which people connect accounts on a page of ours: whose they are, what came of each, and who is told of it."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from trunkline.model.hosted_link import HostedStatus
from trunkline.model.networks import AccountType
from trunkline.store.engine import Reader, Transaction

_COLUMNS = (
    "no, id, owner, providers, reconnects, name, hidden, success_url, failure_url, notify_url, bypass, expires_at, attempt,"
    " done_at, status, account_id"
)


class HostedLinkRow(Struct, frozen=True, kw_only=True):
    """One link. Times in milliseconds."""

    no: int
    id: str
    owner: int
    providers: tuple[AccountType, ...]
    reconnects: str | None
    """Public id of the account that it logs in again."""
    name: str | None
    hidden: tuple[str, ...]
    success_url: str | None
    failure_url: str | None
    notify_url: str | None
    bypass: bool
    """Whether the page goes on to `success_url` by itself."""
    expires_at: int
    attempt: str | None
    """Public id of the account of the login under way."""
    done_at: int | None
    status: HostedStatus | None
    account_id: str | None


class NewHostedLink(Struct, frozen=True, kw_only=True):
    """What a link is made of."""

    id: str
    hash: bytes
    owner: int
    providers: Sequence[AccountType]
    reconnects: str | None
    name: str | None
    hidden: Sequence[str]
    success_url: str | None
    failure_url: str | None
    notify_url: str | None
    bypass: bool
    created_at: int
    expires_at: int


class Telling(Struct, frozen=True, kw_only=True):
    """What is to be told, to whom, and how often it was tried."""

    no: int
    id: str
    notify_url: str
    status: HostedStatus
    account_id: str
    name: str | None
    tries: int
    next_at: int


async def add(tx: Transaction, link: NewHostedLink) -> None:
    """A new link."""
    await tx.run(
        "INSERT INTO hosted_link (id, hash, owner, providers, reconnects, name, hidden, success_url, failure_url, notify_url,"
        " bypass, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        link.id,
        link.hash,
        link.owner,
        msgspec.json.encode(link.providers).decode(),
        link.reconnects,
        link.name,
        msgspec.json.encode(link.hidden).decode(),
        link.success_url,
        link.failure_url,
        link.notify_url,
        int(link.bypass),
        link.created_at,
        link.expires_at,
    )


async def by_hash(reader: Reader, token_hash: bytes) -> HostedLinkRow | None:
    """The link whose token has this hash."""
    return _read(await reader.row(f"SELECT {_COLUMNS} FROM hosted_link WHERE hash = $1", token_hash))


async def by_id(reader: Reader, link_id: str, owner: int) -> HostedLinkRow | None:
    """A person's link."""
    return _read(await reader.row(f"SELECT {_COLUMNS} FROM hosted_link WHERE id = $1 AND owner = $2", link_id, owner))


async def set_attempt(tx: Transaction, no: int, attempt: str | None) -> None:
    """The login that is under way, unless the link has been used meanwhile."""
    await tx.run("UPDATE hosted_link SET attempt = $1 WHERE no = $2 AND done_at IS NULL", attempt, no)


async def set_done(tx: Transaction, no: int, status: HostedStatus, account_id: str, at_ms: int) -> bool:
    """What came of it; told from now on, where somebody is to be told. False: it has been used already."""
    changed = await tx.run(
        "UPDATE hosted_link SET done_at = $1, status = $2, account_id = $3, attempt = NULL,"
        " next_at = CASE WHEN notify_url IS NULL THEN NULL ELSE $1 END WHERE no = $4 AND done_at IS NULL",
        at_ms,
        status,
        account_id,
        no,
    )
    return changed == 1


async def due(reader: Reader, at_ms: int, most: int) -> list[Telling]:
    """What is to be told by a time, the oldest first."""
    rows = await reader.fetch(
        "SELECT no, id, notify_url, status, account_id, name, tries, next_at FROM hosted_link"
        " WHERE next_at <= $1 ORDER BY next_at LIMIT $2",
        at_ms,
        most,
    )
    names = Telling.__struct_fields__
    return [Telling(**dict(zip(names, row, strict=True))) for row in rows]


async def claim(tx: Transaction, telling: Telling, next_at: int | None) -> bool:
    """Count one more try, before it is made: whoever dies meanwhile is followed by the next one. False: another has it."""
    changed = await tx.run(
        "UPDATE hosted_link SET tries = tries + 1, next_at = $1 WHERE no = $2 AND next_at = $3 AND tries = $4",
        next_at,
        telling.no,
        telling.next_at,
        telling.tries,
    )
    return changed == 1


async def set_told(tx: Transaction, no: int, at_ms: int) -> None:
    """It has arrived."""
    await tx.run("UPDATE hosted_link SET next_at = NULL, told_at = $1, last_error = NULL WHERE no = $2", at_ms, no)


async def set_error(tx: Transaction, no: int, error: str) -> None:
    """Why a try failed, in words that hold no secret."""
    await tx.run("UPDATE hosted_link SET last_error = $1 WHERE no = $2", error, no)


async def forget(tx: Transaction, before_ms: int) -> int:
    """Drop the links that expired before a time and have nothing left to tell; gives how many."""
    return await tx.run("DELETE FROM hosted_link WHERE expires_at < $1 AND next_at IS NULL", before_ms)


def _read(row: Sequence[object] | None) -> HostedLinkRow | None:
    if row is None:
        return None
    names = HostedLinkRow.__struct_fields__
    found = dict(zip(names, row, strict=True))
    for name in ("providers", "hidden"):
        found[name] = msgspec.json.decode(str(found[name]))
    found["bypass"] = bool(found["bypass"])
    return msgspec.convert(found, HostedLinkRow)
