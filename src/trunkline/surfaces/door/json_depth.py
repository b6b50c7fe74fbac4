"""How deep a JSON text is nested, told before it is parsed: a deep one costs its reader stack and time."""

import re

MAX_DEPTH = 64
_PARTS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[{]+|[\]}]+', re.DOTALL)
"""A string, or a run of brackets. Possessive, so a text without an end costs one pass."""


def is_too_deep(text: bytes, most: int = MAX_DEPTH) -> bool:
    """Whether arrays and objects are nested more than `most` deep. Only counts: broken JSON is for its parser to refuse."""
    if text.count(b"[") + text.count(b"{") <= most:
        return False
    depth = 0
    for part in _PARTS.finditer(text):
        first = text[part.start()]
        if first in b"[{":
            depth += part.end() - part.start()
            if depth > most:
                return True
        elif first in b"]}":
            depth -= part.end() - part.start()
    return False
