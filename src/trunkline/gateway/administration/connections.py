"""Making, listing, widening, stopping and revoking connections."""

from collections.abc import Collection

from msgspec import UNSET, UnsetType

from trunkline.gateway import credentials, next_steps
from trunkline.gateway.administration.order import Order
from trunkline.gateway.administration.people import principal_named
from trunkline.model.connection import Connection, ConnectionList, ConnectionRevoked
from trunkline.model.errors import InvalidArgument, NotAllowed, NotFound
from trunkline.model.times import to_wire
from trunkline.operations.administration import (
    AddConnection,
    AllowConnection,
    ListAllConnections,
    RevokeConnection,
    StopConnection,
)
from trunkline.operations.backend import Scope
from trunkline.operations.missing import not_found
from trunkline.operations.own import ListConnections
from trunkline.operations.values import either
from trunkline.store import accounts, chats, connections, principals
from trunkline.store.connections import EFFECTS, ConnectionRow
from trunkline.store.engine import Transaction
from trunkline.store.store import Store


class ConnectionHandlers:
    """The operations on connections. `roads`: all this server has; `simulated`: those where nobody real is reached."""

    def __init__(self, store: Store, roads: Collection[str], simulated: Collection[str]):
        self._store = store
        self._roads = tuple(sorted(roads))
        self._simulated = frozenset(simulated)

    async def add(self, order: Order[AddConnection]) -> Connection:
        """Make a connection to accounts of the caller's person. It widens none that exists."""
        wanted = order.operation
        for road in wanted.roads:
            if road not in self._roads:
                raise InvalidArgument(f"roads names a road that this server does not have; it has {either(self._roads)}.")

        async def work(tx: Transaction) -> tuple[ConnectionRow, str]:
            scope = Scope(owner=order.me.owner, roads=frozenset(wanted.roads))
            await _check_reach(tx, scope, wanted)
            principal = await principal_named(tx, wanted.principal, order.me, order.at_ms)
            row = await connections.add(
                tx,
                pcid=credentials.new_pcid(self._store.entropy),
                principal=principal.no,
                owner=order.me.owner,
                name=wanted.name,
                roads=scope.roads,
                accounts=None if wanted.accounts is None else frozenset(wanted.accounts),
                chats=None if wanted.chats is None else frozenset(wanted.chats),
                effects=wanted.effects or ("read",),
                mode=wanted.mode or "guarded",
                at_ms=order.at_ms,
            )
            await order.record(tx, *granted(row), connection=row.no)
            return row, principal.name

        row, name = await order.change(self._store.db, work)
        return self.shown(row, name, order.caller.default_pcid)

    def shown(self, row: ConnectionRow, principal: str, default_pcid: str | None) -> Connection:
        """A connection that was just made or widened, with what to think of."""
        return self._to_wire(row, principal, default_pcid, self._warning(row))

    async def of_caller(self, order: Order[ListConnections]) -> ConnectionList:
        """The caller's own connections."""
        rows = await connections.of_principal(self._store.db, order.me.no)
        return ConnectionList(items=tuple(self._to_wire(row, order.me.name, order.caller.default_pcid) for row in rows))

    async def of_everybody(self, order: Order[ListAllConnections]) -> ConnectionList:
        """Every connection."""
        names = await principals.names(self._store.db)
        rows = await connections.all_of(self._store.db)
        return ConnectionList(items=tuple(self._to_wire(row, names[row.principal], order.caller.default_pcid) for row in rows))

    async def allow(self, order: Order[AllowConnection]) -> Connection:
        """Change effects and mode. Only the person whose accounts they are may do so."""
        wanted = order.operation

        async def work(tx: Transaction) -> tuple[ConnectionRow, str]:
            row = await _standing(tx, wanted.pcid)
            if row.owner != order.me.owner:
                raise NotAllowed(
                    "This connection reaches somebody else's accounts, so only they can change what it may do. You can stop "
                    "or revoke it."
                )
            await connections.allow(tx, row.no, wanted.effects, wanted.mode)
            return await self._changed(tx, row, order)

        row, name = await order.change(self._store.db, work)
        return self._to_wire(row, name, order.caller.default_pcid, self._warning(row))

    async def stop(self, order: Order[StopConnection]) -> Connection:
        """Stop what a connection writes, or let it go on."""
        wanted = order.operation

        async def work(tx: Transaction) -> tuple[ConnectionRow, str]:
            row = await _standing(tx, wanted.pcid)
            await connections.set_stopped(tx, row.no, wanted.stopped)
            return await self._changed(tx, row, order)

        row, name = await order.change(self._store.db, work)
        return self._to_wire(row, name, order.caller.default_pcid)

    async def revoke(self, order: Order[RevokeConnection]) -> ConnectionRevoked:
        """Revoke a connection for good."""
        pcid = order.operation.pcid

        async def work(tx: Transaction) -> None:
            row = await _standing(tx, pcid)
            await connections.revoke(tx, row.no, order.at_ms)
            await order.record(tx, connection=row.no)

        await order.change(self._store.db, work)
        return ConnectionRevoked(pcid=pcid)

    async def _changed(
        self, tx: Transaction, before: ConnectionRow, order: Order[AllowConnection] | Order[StopConnection]
    ) -> tuple[ConnectionRow, str]:
        row = await _standing(tx, before.pcid)
        principal = await principals.by_no(tx, row.principal)
        assert principal is not None
        await order.record(tx, *granted(row), connection=row.no)
        return row, principal.name

    def _warning(self, row: ConnectionRow) -> str | UnsetType:
        """What to think of before real people are written to."""
        if row.effects <= {"read"}:
            return UNSET
        if row.mode == "guarded":
            writing = ",".join(effect for effect in EFFECTS if effect in row.effects - {"read"})
            return (
                "This connection is guarded, so what it writes is still refused. "
                f"`{next_steps.allow_unwatched(row.pcid, writing)}` lets every such write through unwatched."
            )
        if row.mode == "open" and (row.backend == "unipile" or not row.roads <= self._simulated):
            return (
                "From now on whatever this connection writes goes to real people in your name, and nobody looks at it first; "
                "a message that the agent reads can tell it what to write. "
                f"`{next_steps.stop_connection(row.pcid)}` stops it at once."
            )
        return UNSET

    @staticmethod
    def _to_wire(
        row: ConnectionRow,
        principal: str,
        default_pcid: str | None,
        warning: str | UnsetType = UNSET,
    ) -> Connection:
        return Connection(
            pcid=row.pcid,
            name=row.name,
            principal=principal,
            backend=row.backend,
            roads=tuple(sorted(row.roads)),
            accounts=None if row.accounts is None else tuple(sorted(row.accounts)),
            chats=None if row.chats is None else tuple(sorted(row.chats)),
            effects=tuple(each for each in EFFECTS if each in row.effects),
            mode=row.mode,
            stopped=row.stopped,
            is_default=row.pcid == default_pcid,
            created_at=to_wire(row.created_at),
            warning=warning,
        )


async def _standing(tx: Transaction, pcid: str) -> ConnectionRow:
    row = await connections.by_pcid(tx, pcid)
    if row is None:
        raise not_found("pcid", pcid)
    return row


async def _check_reach(tx: Transaction, scope: Scope, wanted: AddConnection) -> None:
    """Accounts and chats must be the person's own, on these roads."""
    mine = {row.id: row.no for row in await accounts.in_scope(tx, scope)}
    if wanted.accounts is not None and not mine.keys() >= set(wanted.accounts):
        raise NotFound("accounts holds an id that is no account of yours on these roads. List the accounts to see which are.")
    reached = [no for account_id, no in mine.items() if wanted.accounts is None or account_id in wanted.accounts]
    if wanted.chats is not None and len(await chats.numbers_of(tx, reached, set(wanted.chats))) < len(set(wanted.chats)):
        raise NotFound("chats holds an id that is no chat of these accounts. List the chats to see which are.")


def granted(row: ConnectionRow) -> tuple[str, ...]:
    """What the connection may do now, for the audit."""
    effects = ",".join(each for each in EFFECTS if each in row.effects)
    return (f"effects {effects}", f"mode {row.mode}", *(("stopped",) if row.stopped else ()))
