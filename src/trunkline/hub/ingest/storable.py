"""Texts that no database takes: a NUL, or half of a surrogate pair. People send them; what they said must not be lost for it.

Source: security.md 2.3: refused from callers, replaced in what networks hand up.
"""

import re
from typing import Any

import msgspec

from trunkline.contract.events import Event

_REFUSED = re.compile("[\x00\ud800-\udfff]")
_encode = msgspec.json.Encoder().encode


def storable(event: Event) -> Event:
    """The event with U+FFFD for each of them; nearly always the event itself."""
    try:
        if b"\\u0000" not in _encode(event):
            return event
    except UnicodeEncodeError:
        pass
    mended: Event = msgspec.convert(_mended(msgspec.to_builtins(event)), Event)
    return mended


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return _REFUSED.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_mended(name): _mended(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_mended(item) for item in value]
    return value
