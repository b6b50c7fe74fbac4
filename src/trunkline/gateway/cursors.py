"""Cursors: written and read here alone. Standard base64 with padding (unipile-v1 3.2) of JSON:

    {"operation": ..., "filters": {<path ids and filters>}, "limit": ..., "position": ..., "signature": ...}

The signature binds all of it to principal and connection, so a cursor is good for whom it was made and for nothing else; a
foreign, altered or cut one is refused in the same words. `position` is the backend's and opaque here.
"""

import hmac
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from functools import cache
from typing import Any, NamedTuple, TypeVar

import msgspec

from trunkline.gateway.caller import Surface
from trunkline.model.errors import InvalidArgument
from trunkline.model.page import DEFAULT_LIMIT
from trunkline.operations.declaration import Operation, is_list, name_of
from trunkline.operations.parameter import parameters_of
from trunkline.store.seal import Seal

Asked = TypeVar("Asked", bound=Operation[Any])

_MARK = b',"signature":"'
_SIGNATURE_BYTES = 16

BROKEN = (
    "cursor is not one that this list gave on this connection. Pass the cursor of the preceding page unchanged, or leave it "
    "out to begin with the first page."
)


class _Content(msgspec.Struct):
    operation: str
    filters: dict[str, Any]
    limit: int
    position: str


_content = msgspec.json.Decoder(_Content)


class Turned(NamedTuple):
    """An operation with its cursor opened: the cursor's own filters and limit in place, and where to go on."""

    operation: Operation[Any]
    position: str | None


class Cursors:
    """Opens and makes cursors."""

    def __init__(self, seal: Seal):
        self._seal = seal

    def open(self, operation: Operation[Any], principal: int, connection: int, surface: Surface) -> Turned:
        """The operation as its cursor means it. Raises InvalidArgument.

        An explicit limit wins. Other filters beside the cursor are ignored, but refused on MCP when they differ: a model that
        changes a filter half way means something, and would be misled.
        """
        text = getattr(operation, "cursor", None) if _takes_cursor(type(operation)) else None
        if text is None:
            return Turned(operation, None)
        content = self._read(text, principal, connection)
        own, given = content.filters, _filters(operation)
        if content.operation != name_of(type(operation)) or any(
            given.get(name) != own.get(name) for name in operation.route.path_names
        ):
            raise InvalidArgument(BROKEN)
        if given != own:
            if surface == "mcp":
                _refuse_other_filters(given, own)
            operation = _with_filters(operation, own)
        if operation.limit is None:  # type: ignore[attr-defined]  # every list has one
            operation = msgspec.structs.replace(operation, limit=content.limit)
        return Turned(operation, content.position)

    def make(self, operation: Operation[Any], position: str, principal: int, connection: int) -> str:
        """The cursor to the page after this one."""
        body = msgspec.json.encode(
            _Content(
                operation=name_of(type(operation)),
                filters=_filters(operation),
                limit=operation.limit or DEFAULT_LIMIT,  # type: ignore[attr-defined]
                position=position,
            )
        )
        return b64encode(b'%s%s%s"}' % (body[:-1], _MARK, self._sign(body, principal, connection))).decode()

    def _read(self, text: str, principal: int, connection: int) -> _Content:
        """What a cursor holds, once its signature is right; nothing of it is looked at before."""
        try:
            whole = b64decode(text.replace(" ", "+"), validate=True)
        except (Base64Error, ValueError):
            raise InvalidArgument(BROKEN) from None
        body, mark, signature = whole.rpartition(_MARK)
        body += b"}"
        if not mark or not hmac.compare_digest(signature, self._sign(body, principal, connection) + b'"}'):
            raise InvalidArgument(BROKEN)
        return _content.decode(body)

    def _sign(self, body: bytes, principal: int, connection: int) -> bytes:
        bound = b"%d %d %s" % (principal, connection, body)
        return self._seal.keyed_hash(bound, "cursor")[:_SIGNATURE_BYTES].hex().encode()


def _refuse_other_filters(given: dict[str, Any], own: dict[str, Any]) -> None:
    other = sorted(name for name, value in given.items() if own.get(name) != value)
    if other:
        raise InvalidArgument(
            f"{', '.join(other)} differs from the list that this cursor continues. Repeat it as it was or leave it out; for "
            "another list leave out the cursor."
        )


def _with_filters(operation: Asked, own: dict[str, Any]) -> Asked:
    names = parameters_of(type(operation)).keys() - {"cursor", "limit"}
    return msgspec.structs.replace(operation, **{name: own.get(name) for name in names})


@cache
def _takes_cursor(operation: type[Operation[Any]]) -> bool:
    return is_list(operation) and {"cursor", "limit"} <= parameters_of(operation).keys()


def _filters(operation: Operation[Any]) -> dict[str, Any]:
    """Path ids and filters that were given."""
    return {
        name: value
        for name in operation.__struct_fields__
        if name not in ("cursor", "limit") and (value := getattr(operation, name)) is not None
    }
