"""Reading the headers of an ASGI request."""

from collections.abc import Iterable

from starlette.types import Scope

Pairs = list[tuple[bytes, bytes]]


def trim(pairs: Iterable[tuple[bytes, bytes]]) -> Pairs:
    """The headers without blanks and tabs around their values, which are no part of them (RFC 9110 5.5).

    httptools leaves those behind a value in place.
    """
    return [(name, value.strip(b" \t")) for name, value in pairs]


def values_of(scope: Scope, name: bytes) -> list[bytes]:
    """Every value of a header, `name` in lower case."""
    return [value for key, value in scope["headers"] if key == name]


def value_of(scope: Scope, name: bytes) -> str | None:
    """The one value of a header as text; None when it is absent or sent more than once."""
    found = values_of(scope, name)
    return found[0].decode("latin-1") if len(found) == 1 else None


def base_url(scope: Scope) -> str:
    """The server's address as the caller wrote it. The Host header has been checked by then."""
    return f"{scope.get('scheme', 'http')}://{value_of(scope, b'host')}"
