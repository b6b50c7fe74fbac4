"""Headers that people gave for their posts, and the request's own."""

import re
from collections.abc import Iterable, Sequence

from trunkline.hub.outgoing.failures import Refused
from trunkline.hub.outgoing.targets import Target
from trunkline.model.errors import InvalidArgument

MOST_BYTES = 16 * 1024

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}\Z")
_VALUE = re.compile(r"[\t -~]{0,4096}\Z")
_OURS = {
    "host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect",
    "proxy-connection", "proxy-authorization", "proxy-authenticate",
}  # fmt: skip
"""What the connection itself says: a second word on these could be read in two ways."""


def check_header(name: str, value: str, parameter: str) -> None:
    """Whether a header may be given. Raises InvalidArgument; the value, which may be a secret, is not repeated."""
    wrong = _wrong(name, value)
    if wrong is not None:
        raise InvalidArgument(f"{parameter} {wrong}.")


def request_bytes(target: Target, headers: Sequence[tuple[str, str]], body: bytes, user_agent: str) -> bytes:
    """The whole request. Raises Refused for a header that may not be sent."""
    lines = [
        f"POST {target.path} HTTP/1.1",
        f"host: {target.host_header}",
        f"content-length: {len(body)}",
        *_own(headers, user_agent),
    ]
    size = 0
    for name, value in headers:
        wrong = _wrong(name, value)
        if wrong is not None:
            raise Refused(f"has a header that {wrong}")
        size += len(name) + len(value)
        lines.append(f"{name}: {value.strip()}")
    if size > MOST_BYTES:
        raise Refused(f"has {size} bytes of headers; at most {MOST_BYTES} are allowed")
    return "\r\n".join((*lines, "\r\n")).encode("ascii") + body


def _own(headers: Sequence[tuple[str, str]], user_agent: str) -> Iterable[str]:
    given = {name.lower() for name, _ in headers}
    if "user-agent" not in given:
        yield f"user-agent: {user_agent}"
    if "accept-encoding" not in given:
        yield "accept-encoding: identity"


def _wrong(name: str, value: str) -> str | None:
    if not _NAME.match(name):
        return "has a name that is no header name; use letters, digits and hyphens"
    if name.lower() in _OURS:
        return f"is named {name.lower()}, which the connection itself sets; leave it out"
    if not _VALUE.match(value):
        return f"gives {name} a value with a line break or characters beyond ASCII, or one of more than 4096 characters"
    return None
