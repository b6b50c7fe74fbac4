"""Finds who answers: handlers here for the gateway's own operations, the hub for what runs the server beside them."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from msgspec import Struct, json

from trunkline.gateway import next_steps
from trunkline.gateway.administration.audit import AuditHandlers
from trunkline.gateway.administration.connections import ConnectionHandlers
from trunkline.gateway.administration.keys import KeyHandlers
from trunkline.gateway.administration.order import Order
from trunkline.gateway.administration.unipile_connections import Remotes, UnipileConnectionHandlers
from trunkline.gateway.answering import outcome_of, page_body
from trunkline.gateway.asked import Asked, Trail
from trunkline.gateway.audit_buffer import AuditBuffer
from trunkline.gateway.caller import Reply
from trunkline.gateway.cursors import Cursors
from trunkline.gateway.hosted import check_link
from trunkline.model.errors import InvalidCredentials, NotAllowed
from trunkline.operations.administration import (
    AddConnection,
    AddUnipileConnection,
    AllowConnection,
    CheckConnection,
    CreateKey,
    ListAllConnections,
    ListAudit,
    ListKeys,
    RevokeConnection,
    RevokeKey,
    StopConnection,
    StopKey,
)
from trunkline.operations.backend import Answer, Backend, Page, Scope
from trunkline.operations.catalog import OperationType, pair
from trunkline.operations.effects import Effect, Kind
from trunkline.operations.own import ListConnections
from trunkline.store import accounts, audit, principals
from trunkline.store.engine import Transaction
from trunkline.store.store import Store

ANSWERED_HERE: tuple[OperationType, ...] = (
    ListConnections,
    CreateKey,
    ListKeys,
    StopKey,
    RevokeKey,
    AddConnection,
    AddUnipileConnection,
    ListAllConnections,
    AllowConnection,
    StopConnection,
    RevokeConnection,
    CheckConnection,
    ListAudit,
)
"""What the gateway answers itself; a start-up check pairs it with the handlers."""

Handler = Callable[[Order[Any]], Awaitable[Struct | Page]]

NO_CONNECTION = 0
"""Stands for the connection in the cursors of lists that go through none."""


class Desk:
    """Answers what goes through no connection."""

    def __init__(
        self,
        store: Store,
        hub: Backend,
        cursors: Cursors,
        buffer: AuditBuffer,
        *,
        roads: Collection[str],
        simulated: Collection[str],
        remotes: Remotes | None = None,
    ):
        self._store = store
        self._hub = hub
        self._cursors = cursors
        self._buffer = buffer
        self._roads = frozenset(roads)
        keys = KeyHandlers(store)
        connections = ConnectionHandlers(store, roads, simulated)
        unipile = UnipileConnectionHandlers(store, remotes, connections)
        self._handlers: Mapping[OperationType, Handler] = {
            CreateKey: keys.create,
            ListKeys: keys.page,
            StopKey: keys.stop,
            RevokeKey: keys.revoke,
            AddConnection: connections.add,
            AddUnipileConnection: unipile.add,
            CheckConnection: unipile.check,
            ListConnections: connections.of_caller,
            ListAllConnections: connections.of_everybody,
            AllowConnection: connections.allow,
            StopConnection: connections.stop,
            RevokeConnection: connections.revoke,
            ListAudit: AuditHandlers(store, buffer).page,
        }
        pair(self._handlers, ANSWERED_HERE)

    def answers(self, operation: OperationType) -> bool:
        """Whether this operation goes through no connection."""
        return operation in self._handlers or operation.route.effect is Effect.ADMIN

    async def answer(self, asked: Asked) -> Reply:
        """The reply. Raises TrunklineError."""
        trail = Trail()
        try:
            order = await self._order(asked, trail)
            result = await self._result(order)
        except BaseException as error:
            self._buffer.note(asked.row(trail, outcome_of(error)))
            raise
        if not order.recorded:
            self._buffer.append(asked.row(trail, "ok"))
        if isinstance(result, Struct):
            return Reply(json.encode(result))
        if isinstance(result, Page):
            return Reply(self._page(result, order))
        body = self._page(result.body, order) if isinstance(result.body, Page) else result.body
        return Reply(body, paused=result.paused)

    async def _order(self, asked: Asked, trail: Trail) -> Order[Any]:
        if asked.operation.route.effect is Effect.ADMIN:
            _check_admin(asked, trail)
        me = await principals.by_no(self._store.db, asked.principal)
        if me is None:
            raise InvalidCredentials
        trail.verdict = "allow"
        operation, position = self._cursors.open(asked.operation, asked.principal, NO_CONNECTION, asked.surface)
        return Order(asked=asked, operation=operation, position=position, me=me, trail=trail)

    async def _result(self, order: Order[Any]) -> Struct | Page | Answer:
        handler = self._handlers.get(type(order.operation))
        return await (self._by_hub(order) if handler is None else handler(order))

    async def _by_hub(self, order: Order[Any]) -> Answer:
        """What the hub answers. An act is on the books before it is done; how it ended comes in a second row.

        It reaches all accounts of the person, also where the road's library is missing: that is what they have to be told.
        """
        roads = self._roads | await accounts.roads_of(self._store.db, order.me.owner)
        scope = Scope(owner=order.me.owner, roads=roads)
        plan = await self._hub.plan(order.operation, scope, order.position)
        if order.operation.route.kind is not Kind.READ:
            await order.change(self._store.db, _Intent(order.asked))
        return await plan.run(None)

    def _page(self, page: Page, order: Order[Any]) -> bytes:
        cursor = page.position and self._cursors.make(order.operation, page.position, order.asked.principal, NO_CONNECTION)
        return page_body(page, cursor)


def _check_admin(asked: Asked, trail: Trail) -> None:
    """An agent never runs the server, not even with the key or in the process of somebody who may."""
    if check_link(asked.caller, asked.operation):
        return
    trail.reasons = ("not admin",)
    if asked.surface == "mcp":
        raise NotAllowed("The server is not run over MCP. Use the command line or the REST API.")
    if not asked.caller.is_admin:
        raise NotAllowed(f"This key may not run the server. `{next_steps.MAKE_ADMIN_KEY}` makes one that may.")
    trail.reasons = ()


class _Intent:
    """Writes the row of an act that is about to be done."""

    def __init__(self, asked: Asked):
        self._asked = asked

    async def __call__(self, tx: Transaction) -> None:
        await audit.append(tx, self._asked.row(Trail(verdict="allow", reasons=("begun",)), None))
