"""The first run: the person whose machine it is, a connection to try things with, and a key. Later starts: short-lived keys."""

from collections.abc import Collection

from msgspec import Struct

from trunkline.gateway import credentials
from trunkline.gateway.caller import Caller
from trunkline.gateway.credentials import KeyText
from trunkline.model.errors import InvalidCredentials
from trunkline.store import connections, keys, principals
from trunkline.store.connections import EFFECTS, ConnectionRow
from trunkline.store.engine import Reader, Transaction
from trunkline.store.principals import PrincipalRow
from trunkline.store.store import Store

READY_KEY_MS = 24 * 3600 * 1000
READY_NAME = "ready file"
READY_ADMIN_NAME = "ready file (admin)"


class FirstRun(Struct, frozen=True, kw_only=True):
    """What the first run made. The key is shown once."""

    person: int
    """Number of the first person, who owns the first accounts."""
    api_key: str
    pcid: str


class ReadyKeys(Struct, frozen=True, kw_only=True):
    """Fresh keys for 24 hours, for programs that start the server."""

    api_key: str
    admin_key: str
    pcid: str | None
    """The first connection, None where it was revoked."""


async def set_up(store: Store, *, person: str, connection: str, roads: Collection[str]) -> FirstRun | None:
    """Make the first person with a connection to these roads (all effects, open) and a key. None where there is one already.

    For roads where nobody real is reached: an open connection is watched by nobody.
    """
    key = credentials.new_key(store.entropy)
    at_ms = store.clock()

    async def work(tx: Transaction) -> FirstRun | None:
        if await principals.first_person(tx) is not None:
            return None
        owner = await principals.add_person(tx, person, at_ms)
        grant = await connections.add(
            tx,
            pcid=credentials.new_pcid(store.entropy),
            principal=owner.no,
            owner=owner.no,
            name=connection,
            roads=roads,
            accounts=None,
            chats=None,
            effects=EFFECTS,
            mode="open",
            at_ms=at_ms,
        )
        await _add_key(store, tx, key, owner, "first key", is_admin=False, default=grant, expires_at=None)
        return FirstRun(person=owner.no, api_key=str(key), pcid=grant.pcid)

    return await store.db.write(work)


async def ready_keys(store: Store) -> ReadyKeys:
    """Fresh keys of the first person; those of earlier starts whose time has passed leave the list.

    Raises InvalidCredentials before the first run.
    """
    plain, admin = credentials.new_key(store.entropy), credentials.new_key(store.entropy)
    ends = store.clock() + READY_KEY_MS

    async def work(tx: Transaction) -> ReadyKeys:
        person, first = await _first(tx)
        for name in (READY_NAME, READY_ADMIN_NAME):
            await keys.revoke_expired(tx, name, store.clock())
        await _add_key(store, tx, plain, person, READY_NAME, is_admin=False, default=first, expires_at=ends)
        await _add_key(store, tx, admin, person, READY_ADMIN_NAME, is_admin=True, default=first, expires_at=ends)
        return ReadyKeys(api_key=str(plain), admin_key=str(admin), pcid=None if first is None else first.pcid)

    return await store.db.write(work)


async def local_user(store: Store) -> Caller:
    """The person whose machine it is, as a caller without a key. Raises InvalidCredentials before the first run."""
    person, first = await _first(store.db)
    return Caller(principal=person.no, key_id=None, is_admin=True, default_pcid=None if first is None else first.pcid)


async def _first(reader: Reader) -> tuple[PrincipalRow, ConnectionRow | None]:
    person = await principals.first_person(reader)
    if person is None:
        raise InvalidCredentials("This server has not been set up yet. Start it with `trunkline serve`.")
    found = await connections.of_principal(reader, person.no)
    return person, found[0] if found else None


async def _add_key(
    store: Store,
    tx: Transaction,
    key: KeyText,
    principal: PrincipalRow,
    name: str,
    *,
    is_admin: bool,
    default: ConnectionRow | None,
    expires_at: int | None,
) -> None:
    await keys.add(
        tx,
        key_id=key.key_id,
        principal=principal.no,
        name=name,
        key_hash=credentials.key_hash(store.seal, key),
        is_admin=is_admin,
        default_connection=None if default is None else default.no,
        at_ms=store.clock(),
        expires_at=expires_at,
    )
