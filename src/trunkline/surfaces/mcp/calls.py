"""Answers tool calls. Nothing escapes: to older clients the SDK would send an exception's text as it is."""

import json
import logging
from typing import Any

import mcp_types as types
import msgspec
from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError

from trunkline.model.blob import Blob
from trunkline.model.errors import InvalidArgument, TrunklineError
from trunkline.operations.check import read_arguments, read_pcid
from trunkline.surfaces.door.errors import FAILED, log_unexpected
from trunkline.surfaces.door.gate import Gate
from trunkline.surfaces.mcp.exchange import Exchange, exchange_of
from trunkline.surfaces.mcp.files import file_result
from trunkline.surfaces.mcp.tools import Toolset

KEY_META = "trunkline/idempotency-key"
MAX_KEY = 255

log = logging.getLogger(__name__)


class Calls:
    """The `tools/call` handler over a gate."""

    def __init__(self, tools: Toolset, gate: Gate, wait_ms: int):
        """wait_ms: how long a call may wait for a network, in milliseconds."""
        self._tools = tools
        self._gate = gate
        self._wait_ms = wait_ms

    async def __call__(
        self, context: ServerRequestContext[Any, Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        """Raises MCPError for a tool that is not there; every other failure is a result the model can act on."""
        if params.name not in self._tools:
            raise MCPError(types.INVALID_PARAMS, f"There is no tool {_quoted(params.name)}. tools/list names them all.")
        exchange = exchange_of(context)
        try:
            return await self._answer(exchange, context, params)
        except TrunklineError as error:
            exchange.delivery.call = error.call
            return refusal(error)
        except Exception as error:
            log_unexpected(log, params.name, error)
            return refusal(TrunklineError(FAILED))

    async def _answer(
        self, exchange: Exchange, context: ServerRequestContext[Any, Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        kind = self._tools.operation(params.name)
        key = _idempotency_key(context)
        pcid = read_pcid(kind, params.arguments)
        operation = read_arguments(kind, params.arguments)
        reply = await self._gate.answer(
            exchange.caller, operation, pcid=pcid, surface="mcp", idempotency_key=key, wait_ms=self._wait_ms
        )
        exchange.delivery.call = reply.call
        if isinstance(reply.body, Blob):
            return await file_result(exchange, operation, reply.body)
        return json_result(exchange, reply.body)


def json_result(exchange: Exchange, body: bytes) -> types.CallToolResult:
    """The same JSON as structured content and as text (style.md 6.1)."""
    text = exchange.place(msgspec.json.encode(body.decode()))
    return types.CallToolResult(content=[types.TextContent(text=text)], structured_content={exchange.place(body): 0})


def refusal(error: TrunklineError) -> types.CallToolResult:
    """An error as a result: one or two sentences on what was wrong, what is allowed and what to do next."""
    return types.CallToolResult(content=[types.TextContent(text=error.text)], is_error=True)


def _idempotency_key(context: ServerRequestContext[Any, Any]) -> str | None:
    meta = (context.params or {}).get("_meta")
    key = meta.get(KEY_META) if isinstance(meta, dict) else None
    if key is None:
        return None
    if not isinstance(key, str) or not 0 < len(key) <= MAX_KEY or not key.isprintable():
        raise InvalidArgument(f"_meta[{KEY_META!r}] must be a text of 1 to {MAX_KEY} printable characters. Nothing was done.")
    return key


def _quoted(name: str) -> str:
    return json.dumps(name if len(name) <= 80 else name[:80] + "…")
