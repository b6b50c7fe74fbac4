"""Text that strangers wrote, made harmless for a terminal: no control character reaches it, no text turns a line around."""

import re

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""They reorder what stands beside them too. The text keeps its own direction without them."""


def block(text: str) -> str:
    """The text with its line breaks, and every other control character as a code (`\\x1b`)."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return _CONTROL.sub(_code, _DIRECTION.sub("", unified))


def line(text: str) -> str:
    """The text on one line; breaks show as `⏎`."""
    return block(text).strip("\n").replace("\n", " ⏎ ")


def json_text(text: str) -> str:
    """JSON that a terminal may show: control characters that JSON lets through are written as escapes, which mean the same."""
    return re.sub("[\x7f-\x9f\u2028-\u202e\u2066-\u2069]", lambda found: f"\\u{ord(found[0]):04x}", text)


def _code(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"
