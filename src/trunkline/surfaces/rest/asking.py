"""What a request asks, beside its path: query, body, and the headers that are Trunkline's own."""

from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.types import Receive, Scope

from trunkline.gateway.caller import Caller
from trunkline.model.errors import InvalidArgument, MalformedRequest
from trunkline.operations.declaration import Operation, route_of
from trunkline.operations.wire import read_request
from trunkline.surfaces.door.body import MAX_JSON_BYTES, read_json
from trunkline.surfaces.door.headers import value_of, values_of
from trunkline.surfaces.rest.routes import Found

PCID_HEADER = b"trunkline-pcid"
KEY_HEADER = b"idempotency-key"
MAX_HEADER = 255
MAX_FIELDS = 200


async def read_operation(found: Found, scope: Scope, receive: Receive) -> Operation[Any]:
    """The operation with its parameters. Raises CallerErrors of model/errors.py, and EmptyMessage."""
    if route_of(found.operation).in_query:
        return read_request(found.operation, found.values, read_query(scope))
    return read_request(found.operation, found.values, body=await _read_body(scope, receive))


def read_query(scope: Scope) -> list[tuple[str, str]]:
    """The query's pairs. A cursor is base64, whose plus signs sloppy clients leave as they are (unipile-v1 3.2)."""
    text: bytes = scope["query_string"]
    try:
        pairs = parse_qsl(text.decode("latin-1"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="surrogateescape")
    except ValueError:
        raise InvalidArgument(f"The query has more than {MAX_FIELDS} fields.") from None
    return [(name, value.replace(" ", "+") if name == "cursor" else value) for name, value in pairs]


def read_pcid(scope: Scope, caller: Caller) -> str | None:
    """The connection that is named, else the key's own. Raises InvalidArgument."""
    return _header(scope, PCID_HEADER, "Trunkline-PCID") or caller.default_pcid


def read_key(scope: Scope) -> str | None:
    """The idempotency key, if there is one. Raises InvalidArgument."""
    return _header(scope, KEY_HEADER, "Idempotency-Key")


async def _read_body(scope: Scope, receive: Receive) -> Any:
    if (value_of(scope, b"content-length") or "0") == "0" and not values_of(scope, b"transfer-encoding"):
        return None
    text = await read_json(scope, receive, MAX_JSON_BYTES)
    try:
        return msgspec.json.decode(text) if text else None
    except (msgspec.DecodeError, RecursionError):
        raise MalformedRequest("The body is no valid JSON. Send a JSON object in UTF-8.") from None


def _header(scope: Scope, header: bytes, shown: str) -> str | None:
    values = values_of(scope, header)
    if not values:
        return None
    text = values[0].decode("latin-1")
    if len(values) > 1 or not 0 < len(text) <= MAX_HEADER or not (text.isascii() and text.isprintable()):
        raise InvalidArgument(f"The header {shown} must be sent once: 1 to {MAX_HEADER} printable ASCII characters.")
    return text
