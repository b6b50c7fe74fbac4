"""Whether a JSON object names a member twice: parsers keep one of the two, and not all of them the same one (RFC 8259 4).

What was checked on the way as the first value could so arrive as the second. Nothing is guessed: such a text is refused.
"""

import json
import re
from typing import Any

from trunkline.model.errors import MalformedRequest
from trunkline.operations.values import quoted

_PARTS = re.compile(rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)"\s*+(:?)|([{}])', re.DOTALL)
"""A text and whether it names a member, or the bound of an object. Possessive, so a text without an end costs one pass."""


def repeated_name(text: bytes, value: Any) -> str | None:
    """The first member name that an object of the JSON text has twice, None when there is none.

    value: what the text was parsed to. It tells most texts clean without a look at their parts: one that has no more colons
    than its value has members holds none twice.
    """
    if text.count(b":") <= _members(value):
        return None
    open_objects: list[set[bytes]] = []
    for name, is_name, bound in _PARTS.findall(text):
        if bound == b"{":
            open_objects.append(set())
        elif bound:
            open_objects.pop()
        elif is_name:
            plain = _unescaped(name) if b"\\" in name else name
            if plain in open_objects[-1]:
                return plain.decode(errors="replace")
            open_objects[-1].add(plain)
    return None


def refuse_repeated(text: bytes, value: Any, what: str) -> None:
    """Raise MalformedRequest when an object of the text has a member twice. what: its name in the sentence."""
    name = repeated_name(text, value)
    if name is not None:
        raise MalformedRequest(f"{what} names the member {quoted(name)} twice in one object; give it once.")


def _members(value: Any) -> int:
    """How many members the objects of a value have."""
    if isinstance(value, dict):
        return len(value) + sum(_members(inner) for inner in value.values() if isinstance(inner, dict | list))
    if isinstance(value, list):
        return sum(_members(inner) for inner in value if isinstance(inner, dict | list))
    return 0


def _unescaped(name: bytes) -> bytes:
    """The same name without escapes: `te\\u0078t` is `text`."""
    return str(json.loads(b'"%b"' % name)).encode(errors="surrogatepass")
