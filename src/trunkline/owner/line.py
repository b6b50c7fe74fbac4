"""A JSON-RPC line of a stdio client, and how it travels as an HTTP request.

The header rules are those of MCP 2026-07-28 (transports, "Standard request headers"): version, method and, for three
methods, the name repeated in headers that must agree with the body. Clients of the handshake era only send the version
they agreed on.
"""

import base64
import json
import os
from functools import partial
from typing import Any, NamedTuple

from trunkline.owner.thing import thing_of

VERSION_META = "io.modelcontextprotocol/protocolVersion"
KEY_META = "trunkline/idempotency-key"
MAX_LINE_BYTES = 8 * 1024 * 1024
PARSE_ERROR, INVALID_REQUEST, INTERNAL_ERROR = -32700, -32600, -32603

_NAMED_BY = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
_CALL = "tools/call"


class Line(NamedTuple):
    """A line ready to travel."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    id: Any = None
    method: str = ""
    is_request: bool = False
    """Wants an answer; False for a notification."""
    thing: str | None = None
    """What a tool call changes: of lines that change the same thing each waits for the one before."""

    @property
    def is_call(self) -> bool:
        """A tool call: what goes wrong on the way is told as a result the model can read."""
        return self.method == _CALL

    @property
    def is_initialize(self) -> bool:
        """The handshake of the older era."""
        return self.method == "initialize"


class BadLine(Exception):
    """The line is no JSON-RPC message; `answer` is what to write back, None for nothing."""

    def __init__(self, answer: bytes | None):
        super().__init__("not a JSON-RPC message")
        self.answer = answer


def read_line(raw: bytes, agreed_version: str | None) -> Line:
    """Understand a line as far as the pipe must, and give a tool call its idempotency key. Raises BadLine.

    agreed_version: what the handshake settled on, None before it and in the newer era.
    """
    repeated: list[str] = []
    try:
        message = json.loads(raw, parse_constant=_refuse_constant, object_pairs_hook=partial(_object, repeated))
    except (ValueError, RecursionError):
        raise BadLine(error_line(None, PARSE_ERROR, "Parse error: the line is no valid JSON.")) from None
    if not isinstance(message, dict):
        text = "A line must hold one JSON-RPC request or notification object."
        raise BadLine(error_line(None, INVALID_REQUEST, text))
    if repeated:  # which of the two is meant depends on who reads it (RFC 8259 4)
        text = f"The message names the member {repeated[0][:80]!r} twice in one object; give it once."
        raise BadLine(error_line(message.get("id"), INVALID_REQUEST, text))
    method = message.get("method")
    if not isinstance(method, str):
        if "id" in message and ("result" in message or "error" in message):
            raise BadLine(None)  # an answer to a question that nobody here asks
        raise BadLine(error_line(message.get("id"), INVALID_REQUEST, "The message has no method."))
    headers = tuple(_headers(message, method, agreed_version))
    body = raw
    if method == _CALL:
        body = _with_key(message, raw)
    thing = thing_of(message.get("params")) if method == _CALL else None
    return Line(body, headers, message.get("id"), method, "id" in message, thing)


def error_line(request_id: object, code: int, text: str) -> bytes:
    """A JSON-RPC error."""
    return _dump({"jsonrpc": "2.0", "id": request_id, "error": {"code": code, "message": text}})


def failure_line(line: Line, text: str) -> bytes | None:
    """How a line is answered that could not be carried.

    A tool call gets a result the model can read, another request an error, a notification nothing.
    """
    if not line.is_request:
        return None
    if not line.is_call:
        return error_line(line.id, INTERNAL_ERROR, text)
    result = {"content": [{"type": "text", "text": text}], "isError": True, "resultType": "complete"}
    return _dump({"jsonrpc": "2.0", "id": line.id, "result": result})


def with_id(body: bytes | bytearray, line: Line) -> bytes | None:
    """A JSON-RPC answer as one line that carries the request's id; None when the body is no JSON-RPC answer."""
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    if not isinstance(answer, dict) or "jsonrpc" not in answer:
        return None
    if answer.get("id") is None:
        answer["id"] = line.id
    return _dump(answer)


def detail_in(body: bytes | bytearray) -> str | None:
    """The sentence of an error body of ours."""
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    text = answer.get("detail") or answer.get("title") if isinstance(answer, dict) else None
    return text if isinstance(text, str) else None


def version_in(body: bytes | bytearray) -> str | None:
    """The protocol version that an answer to `initialize` settles on."""
    try:
        version = json.loads(body)["result"]["protocolVersion"]
    except (ValueError, KeyError, TypeError):
        return None
    return version if isinstance(version, str) and _is_plain(version) else None


def _headers(message: dict[str, Any], method: str, agreed_version: str | None) -> list[tuple[str, str]]:
    params = message.get("params")
    meta = params.get("_meta") if isinstance(params, dict) else None
    version = meta.get(VERSION_META) if isinstance(meta, dict) else None
    if not isinstance(version, str):
        return [("MCP-Protocol-Version", agreed_version)] if agreed_version else []
    headers = [("MCP-Protocol-Version", version if _is_plain(version) else "unknown")]
    if _is_plain(method):
        headers.append(("Mcp-Method", method))
    name = params.get(_NAMED_BY.get(method, "")) if isinstance(params, dict) else None
    if isinstance(name, str) and (value := _header_value(name)) is not None:
        headers.append(("Mcp-Name", value))
    return headers


def _header_value(text: str) -> str | None:
    """The text as a header value: as it is, or in the protocol's base64 wrapping where HTTP would not carry it."""
    if _is_plain(text) and not (text.startswith("=?base64?") and text.endswith("?=")):
        return text
    try:
        return f"=?base64?{base64.b64encode(text.encode()).decode()}?="
    except UnicodeEncodeError:
        return None


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and text == text.strip() and len(text) <= 1024


def _with_key(message: dict[str, Any], raw: bytes) -> bytes:
    """The line with a random idempotency key, unless it has one: a repeat over another connection is the same call."""
    params = message.get("params")
    if not isinstance(params, dict):
        return raw
    meta = params.setdefault("_meta", {})
    if not isinstance(meta, dict) or KEY_META in meta:
        return raw
    meta[KEY_META] = os.urandom(16).hex()
    return _dump(message)


def _object(repeated: list[str], pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a member that it names twice goes among the repeated."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            repeated.append(name)
        found[name] = value
    return found


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _dump(message: object) -> bytes:
    return json.dumps(message, separators=(",", ":"), allow_nan=False).encode()
