"""What a request asks, beside its path: query, body, and the headers that are Trunkline's own."""

import sys
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.types import Receive, Scope

from trunkline.gateway.caller import Caller
from trunkline.model.errors import InvalidArgument, MalformedRequest, TooLarge
from trunkline.operations.declaration import Operation, route_of
from trunkline.operations.json_names import refuse_repeated
from trunkline.operations.wire import read_request
from trunkline.surfaces.door.body import (
    MAX_JSON_BYTES,
    BodyTooLarge,
    WrongContentType,
    chunks_of,
    is_json,
    read_body,
    read_json,
)
from trunkline.surfaces.door.headers import value_of, values_of
from trunkline.surfaces.rest.forms import FORM_FILES, TEXT_BYTES, Form, Room, Share, read_urlencoded
from trunkline.surfaces.rest.routes import Found

PCID_HEADER = b"trunkline-pcid"
KEY_HEADER = b"idempotency-key"
MAX_HEADER = 255
MAX_FIELDS = 200
FORM = "multipart/form-data"
URLENCODED = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Bodies:
    """How bodies are read. max_file_bytes: the most that one file may have."""

    max_file_bytes: int
    room: Room = field(default_factory=Room)

    @property
    def max_form_bytes(self) -> int:
        """The most that a multipart body may have."""
        return self.max_file_bytes * FORM_FILES + TEXT_BYTES

    @property
    def max_json_bytes(self) -> int:
        """The most that a JSON body with files may have: one file of the largest size as base64, and what is around it."""
        return self.max_file_bytes * 4 // 3 + MAX_JSON_BYTES


async def read_operation(found: Found, scope: Scope, receive: Receive, bodies: Bodies) -> Operation[Any]:
    """The operation with its parameters. Raises CallerErrors of model/errors.py, and EmptyMessage."""
    route = route_of(found.operation)
    if route.in_query:
        return read_request(found.operation, found.values, read_query(scope))
    if not route.form or _is_empty(scope):
        return read_request(found.operation, found.values, body=await _read_json(scope, receive, MAX_JSON_BYTES))
    with bodies.room.share() as share:
        try:
            return await _read_sending(found, scope, receive, bodies, share)
        except BodyTooLarge as error:
            raise TooLarge(f"{error.text} Nothing was sent.") from None


async def _read_sending(found: Found, scope: Scope, receive: Receive, bodies: Bodies, share: Share) -> Operation[Any]:
    """One of the routes that take forms beside JSON (unipile-v1 2.3)."""
    content_type = value_of(scope, b"content-type") or ""
    most = bodies.max_file_bytes
    match content_type.partition(";")[0].strip().lower():
        case "multipart/form-data":
            body = share.count(chunks_of(scope, receive, bodies.max_form_bytes))
            form = await Form(content_type, body, most).read()
        case "application/x-www-form-urlencoded":
            form = read_urlencoded(await read_body(scope, receive, TEXT_BYTES))
        case _:
            if not is_json(scope):
                raise WrongContentType(f"This route takes the content types {FORM}, {URLENCODED} and application/json.")
            share.take(min(_announced(scope), bodies.max_json_bytes))
            value = await _read_json(scope, receive, bodies.max_json_bytes)
            return read_request(found.operation, found.values, body=value, max_file_bytes=most)
    return read_request(found.operation, found.values, form=form, max_file_bytes=most)


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


def _announced(scope: Scope) -> int:
    """How many bytes are to come; a body that does not say may be of any size."""
    length = value_of(scope, b"content-length") or ("" if values_of(scope, b"transfer-encoding") else "0")
    return int(length) if length.isdigit() and len(length) < 16 else sys.maxsize


def _is_empty(scope: Scope) -> bool:
    return (value_of(scope, b"content-length") or "0") == "0" and not values_of(scope, b"transfer-encoding")


async def _read_json(scope: Scope, receive: Receive, most: int) -> Any:
    if _is_empty(scope):
        return None
    text = await read_json(scope, receive, most)
    try:
        value = msgspec.json.decode(text) if text else None
    except (msgspec.DecodeError, RecursionError):
        raise MalformedRequest("The body is no valid JSON. Send a JSON object in UTF-8.") from None
    refuse_repeated(text, value, "The body")
    return value


def _header(scope: Scope, header: bytes, shown: str) -> str | None:
    values = values_of(scope, header)
    if not values:
        return None
    text = values[0].decode("latin-1")
    if len(values) > 1 or not 0 < len(text) <= MAX_HEADER or not (text.isascii() and text.isprintable()):
        raise InvalidArgument(f"The header {shown} must be sent once: 1 to {MAX_HEADER} printable ASCII characters.")
    return text
