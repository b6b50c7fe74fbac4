"""Making, listing, stopping and revoking API keys."""

from msgspec import json

from trunkline.gateway import credentials
from trunkline.gateway.administration.order import Order
from trunkline.gateway.administration.people import principal_named
from trunkline.model.errors import InvalidArgument
from trunkline.model.key import Key, KeyCreated, KeyRevoked
from trunkline.model.page import DEFAULT_LIMIT
from trunkline.model.times import from_wire, to_wire
from trunkline.operations.administration import CreateKey, ListKeys, RevokeKey, StopKey
from trunkline.operations.backend import Page
from trunkline.operations.missing import not_found
from trunkline.store import connections, keys, principals
from trunkline.store.engine import Transaction
from trunkline.store.keys import KeyRow
from trunkline.store.store import Store


class KeyHandlers:
    """The operations on keys."""

    def __init__(self, store: Store):
        self._store = store

    async def create(self, order: Order[CreateKey]) -> KeyCreated:
        """Make a key; its secret is in the answer and nowhere else."""
        wanted = order.operation
        expires_at = None if wanted.expires_at is None else from_wire(wanted.expires_at)
        if expires_at is not None and expires_at <= order.at_ms:
            raise InvalidArgument("expires_at is in the past; give a time to come, or leave it out.")
        text = credentials.new_key(self._store.entropy)

        async def work(tx: Transaction) -> Key:
            principal = await principal_named(tx, wanted.principal, order.me, order.at_ms)
            if wanted.admin and principal.kind == "agent":
                raise InvalidArgument("admin is true, but an agent never runs the server. Leave principal or admin out.")
            default = None if wanted.pcid is None else await connections.find(tx, principal.no, wanted.pcid)
            if wanted.pcid is not None and default is None:
                raise not_found("pcid", wanted.pcid or "")
            await keys.add(
                tx,
                key_id=text.key_id,
                principal=principal.no,
                name=wanted.name,
                key_hash=credentials.key_hash(self._store.seal, text),
                is_admin=wanted.admin,
                default_connection=None if default is None else default.no,
                at_ms=order.at_ms,
                expires_at=expires_at,
            )
            await order.record(tx, "admin" if wanted.admin else "not admin", target=text.key_id)
            return await self._key(tx, text.key_id)

        return KeyCreated(key=await order.change(self._store.db, work), api_key=str(text))

    async def page(self, order: Order[ListKeys]) -> Page:
        """Keys, oldest first."""
        limit = order.operation.limit or DEFAULT_LIMIT
        created_at, _, key_id = (order.position or "").partition(".")
        rows = await keys.page(self._store.db, (int(created_at), key_id) if key_id else None, limit + 1)
        names = await principals.names(self._store.db)
        items = [_to_wire(row, names[row.principal]) for row in rows[:limit]]
        last = rows[limit - 1] if len(rows) > limit else None
        return Page("KeyList", json.encode(items), None if last is None else f"{last.created_at}.{last.id}")

    async def stop(self, order: Order[StopKey]) -> Key:
        """Stop a key or let it go on."""
        wanted = order.operation

        async def work(tx: Transaction) -> Key:
            if not await keys.set_stopped(tx, wanted.key_id, wanted.stopped):
                raise not_found("key_id", wanted.key_id)
            await order.record(tx, "stopped" if wanted.stopped else "goes on", target=wanted.key_id)
            return await self._key(tx, wanted.key_id)

        return await order.change(self._store.db, work)

    async def revoke(self, order: Order[RevokeKey]) -> KeyRevoked:
        """Revoke a key with its tokens."""
        key_id = order.operation.key_id

        async def work(tx: Transaction) -> None:
            if not await keys.revoke(tx, key_id, order.at_ms):
                raise not_found("key_id", key_id)
            await order.record(tx, target=key_id)

        await order.change(self._store.db, work)
        return KeyRevoked(key_id=key_id)

    async def _key(self, tx: Transaction, key_id: str) -> Key:
        row = await keys.by_id(tx, key_id)
        assert row is not None
        principal = await principals.by_no(tx, row.principal)
        assert principal is not None
        return _to_wire(row, principal.name)


def _to_wire(row: KeyRow, principal: str) -> Key:
    return Key(
        id=row.id,
        name=row.name,
        principal=principal,
        admin=row.is_admin,
        pcid=row.pcid,
        created_at=to_wire(row.created_at),
        expires_at=None if row.expires_at is None else to_wire(row.expires_at),
        last_used_at=None if row.used_at is None else to_wire(row.used_at),
        stopped=row.stopped,
    )
