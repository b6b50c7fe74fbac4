"""The SDK's HTTP transport behind a path: credentials, room and caps before it; ready JSON and the acknowledgement after it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import INVALID_REQUEST
from starlette.types import Receive, Scope, Send

from trunkline.model.errors import MalformedRequest, TrunklineError
from trunkline.operations.json_names import refuse_repeated
from trunkline.surfaces.door.answers import Answer, json_answer
from trunkline.surfaces.door.body import MAX_MCP_BYTES, BodyTooLarge, read_json, replay
from trunkline.surfaces.door.credentials import Credentials
from trunkline.surfaces.door.crowd import Crowd
from trunkline.surfaces.door.delivery import Delivery
from trunkline.surfaces.door.errors import WrongMethod
from trunkline.surfaces.door.gate import Gate
from trunkline.surfaces.door.headers import base_url, values_of
from trunkline.surfaces.door.hosts import Allowed
from trunkline.surfaces.mcp.exchange import Exchange
from trunkline.surfaces.mcp.splice import Splicer

INLINE_BYTES = 3 * 1024 * 1024
"""Base64 adds a third; common clients and proxies take 4 MiB."""

PIPE_INLINE_BYTES = 16 * 1024 * 1024
PIPE_HEADER = b"trunkline-pipe"


class Endpoint:
    """An ASGI app for POST. Stateless, JSON answers, both protocol eras; `life` has to be entered first."""

    def __init__(self, server: Server[Any], gate: Gate, credentials: Credentials, crowd: Crowd, allowed: Allowed):
        self._gate = gate
        self._credentials = credentials
        self._crowd = crowd
        self._manager = StreamableHTTPSessionManager(
            app=server,
            json_response=True,
            stateless=True,
            max_request_body_size=MAX_MCP_BYTES,
            # The door has checked already; a second wall costs nothing.
            security_settings=TransportSecuritySettings(
                allowed_hosts=list(allowed.host_values), allowed_origins=list(allowed.origin_values)
            ),
        )

    @asynccontextmanager
    async def life(self) -> AsyncIterator[None]:
        """The transport's own tasks. Once."""
        async with self._manager.run():
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one JSON-RPC message. Raises errors of model/errors.py for what the SDK never sees."""
        if scope["method"] != "POST":
            raise WrongMethod
        caller = await self._credentials.caller(scope)
        with self._crowd.room_for(caller.principal) as leave:
            is_pipe = self._credentials.is_local(caller) and bool(values_of(scope, PIPE_HEADER))
            try:
                body = await read_json(scope, receive, MAX_MCP_BYTES)
                _refuse_repeated(body)
            except (BodyTooLarge, MalformedRequest) as error:
                if is_pipe:  # which makes a result of it that the model can read
                    raise
                await _refusal(error).send(send)
                return
            delivery = Delivery(send, receive, self._gate, leave)
            exchange = Exchange(caller, delivery, base_url(scope), PIPE_INLINE_BYTES if is_pipe else INLINE_BYTES)
            out = Splicer(delivery, exchange.pieces)
            await self._manager.handle_request(exchange.open(_lower_host(scope)), replay(body, receive), out)


def _refuse_repeated(body: bytes) -> None:
    """The SDK keeps the last of two members of one name; what stands before this server may have judged the first."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return  # the SDK says what is wrong with it
    refuse_repeated(body, message, "The message")


def _refusal(error: TrunklineError) -> Answer:
    """The refusal as clients of the protocol read it: they keep the sentence of a JSON-RPC error alone, whatever the status."""
    body = {"jsonrpc": "2.0", "id": None, "error": {"code": INVALID_REQUEST, "message": error.text}}
    return json_answer(error.status, body)


def _lower_host(scope: Scope) -> Scope:
    """Host and Origin in lower case, as the SDK compares them letter by letter."""
    headers = [(name, value.lower() if name in (b"host", b"origin") else value) for name, value in scope["headers"]]
    return {**scope, "headers": headers}
