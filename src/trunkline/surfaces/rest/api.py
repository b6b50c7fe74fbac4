"""Every operation at its route."""

from typing import Any

from starlette.types import Receive, Scope, Send

from trunkline.gateway.caller import Caller, Reply, Surface
from trunkline.model.blob import Blob
from trunkline.model.errors import MissingArgument, NotAllowed, TrunklineError
from trunkline.operations.catalog import ALL, OperationType
from trunkline.operations.declaration import Operation, route_of
from trunkline.operations.effects import Effect
from trunkline.surfaces.door.answers import ready_answer
from trunkline.surfaces.door.credentials import Credentials
from trunkline.surfaces.door.crowd import Crowd
from trunkline.surfaces.door.delivery import Delivery
from trunkline.surfaces.door.errors import NoRoute, error_answer
from trunkline.surfaces.door.gate import Gate
from trunkline.surfaces.rest.asking import Bodies, read_key, read_operation, read_pcid
from trunkline.surfaces.rest.routes import Found, Routes
from trunkline.surfaces.rest.streaming import send_blob
from trunkline.surfaces.rest.wording import for_a_program

BASE = "/api/v1/"
PAUSED = 202
"""A login that waits at a checkpoint (unipile-v1 2.4)."""
REPLAYED = (b"idempotent-replayed", b"true")


class Api:
    """An ASGI app for everything below /api/v1/. There is no HEAD: some GET routes start work (unipile-v1 7.9)."""

    def __init__(self, gate: Gate, credentials: Credentials, crowd: Crowd, wait_ms: int, max_file_bytes: int):
        """wait_ms: how long a call may wait for a network, in milliseconds. max_file_bytes: the most one file may have."""
        self._gate = gate
        self._credentials = credentials
        self._crowd = crowd
        self._wait_ms = wait_ms
        self._bodies = Bodies(max_file_bytes)
        self._routes = Routes(ALL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises NoRoute and what the credentials raise."""
        raw_path: bytes = scope["raw_path"]
        found = self._routes.find(scope["method"], raw_path.decode("latin-1").removeprefix(BASE))
        if found is None:
            raise NoRoute(f"There is no route {scope['method']} {scope['path']}.")
        caller = await self._credentials.caller(scope)
        with self._crowd.room_for(caller.principal) as leave:
            delivery = Delivery(send, receive, self._gate, leave)
            try:
                reply = await self._ask(found, caller, scope, receive)
                delivery.call = reply.call
                await _send_reply(delivery, reply, found.operation)
            except TrunklineError as error:
                delivery.call = error.call
                headers = (REPLAYED,) if error.replayed else ()
                # The command line is a client of this surface, and puts the tools' names into its own words.
                worded = str if self._credentials.is_local(caller) else for_a_program
                await error_answer(error, scope["path"], found.operation, headers, worded).send(delivery)

    async def _ask(self, found: Found, caller: Caller, scope: Scope, receive: Receive) -> Reply:
        route = route_of(found.operation)
        if route.effect is Effect.ADMIN and not caller.is_admin:
            raise NotAllowed("This route needs an admin key. `trunkline key create --admin` makes one.")
        pcid = read_pcid(scope, caller)
        key = read_key(scope)
        operation: Operation[Any] = await read_operation(found, scope, receive, self._bodies)
        if pcid is None and route.takes_pcid and route.effect is not Effect.ADMIN:
            raise MissingArgument("This key has no connection of its own. Name one by its PCID in the header Trunkline-PCID.")
        surface: Surface = "cli" if self._credentials.is_local(caller) else "rest"
        return await self._gate.answer(
            caller, operation, pcid=pcid, surface=surface, idempotency_key=key, wait_ms=self._wait_ms
        )


async def _send_reply(send: Send, reply: Reply, operation: OperationType) -> None:
    status = PAUSED if reply.paused else route_of(operation).status
    if isinstance(reply.body, Blob):
        await send_blob(send, reply.body, status)
        return
    headers = (REPLAYED,) if reply.replayed else ()
    await ready_answer(status, reply.body, headers).send(send)
