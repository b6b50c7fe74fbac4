"""A line too long to be read: who asked, and what they are told. The line passes by in pieces and is never held whole.

JSON-RPC wants the request's id in the answer, and a client that finds none there waits for good; the id may stand at either
end of the line. So its outermost object is kept with all that is nested in it, and every long text, left out.
"""

import json
import re
from typing import Any

from trunkline.owner.line import INVALID_REQUEST, MAX_LINE_BYTES, Line, error_line, failure_line

TOO_LONG = (
    f"The line is longer than {MAX_LINE_BYTES} bytes. Nothing was done. Upload large files with POST /api/v1/uploads and name"
    " the upload in place of the content; send a shorter text."
)

_MOST_OF_TEXT = 1024
_MOST_OF_ALL = 64 * 1024

_MARK = re.compile(rb'["{}\[\]]')
_END_OF_TEXT = re.compile(rb'["\\]')


class Skeleton:
    """The outermost level of a JSON text, of which `feed` is given piece after piece."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._text = bytearray()
        self._depth = 0
        self._is_in_text = False
        self._is_escaped = False

    def feed(self, piece: bytes) -> None:
        """The next piece."""
        at = 0
        while at < len(piece):
            at = self._within_text(piece, at) if self._is_in_text else self._between_texts(piece, at)

    def value(self) -> Any:
        """What is left of the whole, None when it is no JSON or still too long."""
        if len(self._kept) > _MOST_OF_ALL:
            return None
        try:
            return json.loads(self._kept)
        except (ValueError, RecursionError):
            return None

    def _between_texts(self, piece: bytes, at: int) -> int:
        found = _MARK.search(piece, at)
        end = len(piece) if found is None else found.start()
        if self._depth <= 1:
            self._keep(piece[at:end].strip())
        if found is None:
            return end
        mark = found[0]
        if mark == b'"':
            self._is_in_text = True
            self._text.clear()
        elif mark in b"{[":
            self._depth += 1
            if self._depth <= 2:
                self._keep(mark if self._depth == 1 else b"null")
        else:
            self._depth -= 1
            if self._depth <= 0:
                self._keep(mark)
        return end + 1

    def _within_text(self, piece: bytes, at: int) -> int:
        if self._is_escaped:
            self._is_escaped = False
            self._hold(piece[at : at + 1])
            return at + 1
        found = _END_OF_TEXT.search(piece, at)
        end = len(piece) if found is None else found.start()
        self._hold(piece[at:end])
        if found is None:
            return end
        if found[0] == b"\\":
            self._is_escaped = True
            self._hold(b"\\")
            return end + 1
        self._is_in_text = False
        if self._depth <= 1:
            self._keep(b'"%b"' % bytes(self._text) if len(self._text) <= _MOST_OF_TEXT else b"null")
        return end + 1

    def _keep(self, part: bytes) -> None:
        self._kept += part[: _MOST_OF_ALL + 1 - len(self._kept)]

    def _hold(self, part: bytes) -> None:
        if self._depth <= 1:
            self._text += part[: _MOST_OF_TEXT + 1 - len(self._text)]


def answer_to(message: Any) -> bytes | None:
    """How a line too long is answered. message: its outermost level. None: it wants no answer."""
    if not isinstance(message, dict):
        return error_line(None, INVALID_REQUEST, TOO_LONG)
    method, request_id = message.get("method"), message.get("id")
    if not isinstance(method, str):
        is_answer = "id" in message and ("result" in message or "error" in message)
        return None if is_answer else error_line(_plain(request_id), INVALID_REQUEST, TOO_LONG)
    if "id" not in message:
        return None
    line = Line(b"", (), _plain(request_id), method, is_request=True)
    return failure_line(line, TOO_LONG) if line.is_call else error_line(line.id, INVALID_REQUEST, TOO_LONG)


def _plain(request_id: object) -> object:
    """The id, where it is one: null otherwise."""
    return request_id if isinstance(request_id, str | int | float) and not isinstance(request_id, bool) else None
