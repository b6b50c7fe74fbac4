"""Carries lines to the owner and brings the answers back; finds the next owner when one dies."""

import threading
import time
from pathlib import Path

from trunkline.owner import find
from trunkline.owner.line import Line, detail_in, failure_line, version_in, with_id
from trunkline.owner.loopback import Answer, Broken, Connection, Refused

PATH = "/mcp"
PIPE_HEADER = "Trunkline-Pipe"
"""Marks a request of a pipe: its answer may hold larger files, as no HTTP client has to take it whole."""

CALL_S = 120.0
"""How long an answer may take; the owner's own limits end earlier."""

_PAUSE_S = 0.02
_MAX_WAITS = 5
_MAX_IDLE_S = 50.0
"""The owner keeps idle connections longer than this."""

UNCLEAR = (
    "Trunkline's server went away twice while this call ran; it may have been carried out. "
    "Look (get_message, list_chat_messages) before you repeat it."
)
NO_OWNER = "No Trunkline server answers for this data folder, so nothing was done. Repeat the call in a moment."


class Courier:
    """Shared by the threads of a pipe."""

    def __init__(self, folder: Path, patience_s: float = find.PATIENCE_S):
        self._folder = folder
        self._patience_s = patience_s
        self._mutex = threading.Lock()
        self._owner: find.Owner | None = None
        self._idle: list[tuple[float, Connection]] = []
        self._closed: str | None = None
        self.agreed_version: str | None = None

    def meet(self, owner: find.Owner) -> None:
        """Use this owner from now on."""
        with self._mutex:
            self._owner = owner

    def close(self, reason: str) -> None:
        """No owner will come any more: lines that still wait are answered with the reason."""
        with self._mutex:
            self._closed = reason
            self._drop_idle()

    def carry(self, line: Line) -> bytes | bytearray | None:
        """The line to write back, None for a notification. Never raises: what went wrong is in the answer."""
        repeated = False
        waits = 0
        while True:
            try:
                answer = self._post(line)
            except Refused:
                return failure_line(line, self._closed or NO_OWNER)
            except Broken:
                if repeated:
                    return failure_line(line, UNCLEAR)
                repeated = True
                continue
            if answer.status == 401 and not repeated:
                # Another owner has come meanwhile, with a token of its own.
                repeated = True
                self._forget()
                continue
            if answer.status in (429, 503) and "retry-after" in answer.headers and waits < _MAX_WAITS:
                # The owner says that it did nothing: it is busy or stopping.
                waits += 1
                time.sleep(min(_seconds(answer.headers["retry-after"]), 5.0))
                continue
            return self._read(line, answer)

    def _read(self, line: Line, answer: Answer) -> bytes | bytearray | None:
        if not line.is_request:
            return None
        if answer.status == 200 and b"\n" not in answer.body and answer.body[:1] == b"{":
            if line.is_initialize:
                self.agreed_version = version_in(answer.body) or self.agreed_version
            return answer.body
        text = detail_in(answer.body) or f"Trunkline's server answered with status {answer.status}."
        return with_id(answer.body, line) or failure_line(line, text)

    def _post(self, line: Line) -> Answer:
        connection, owner = self._connection()
        headers = [
            ("Authorization", f"Bearer {owner.token}"),
            ("Content-Type", "application/json"),
            ("Accept", "application/json, text/event-stream"),
            (PIPE_HEADER, "1"),
            *line.headers,
        ]
        was_used = connection.used
        try:
            answer = connection.exchange("POST", PATH, headers, line.body)
        except Broken:
            self._forget(owner)
            if not was_used:
                raise
            # A kept connection may just have been closed for idleness. The key makes the second try the same call.
            connection, owner = self._connection()
            answer = connection.exchange("POST", PATH, headers_for(headers, owner), line.body)
        with self._mutex:
            if self._closed is None and connection.is_open:
                self._idle.append((time.monotonic(), connection))
            else:
                connection.close()
        return answer

    def _connection(self) -> tuple[Connection, find.Owner]:
        """A connection to a living owner. Raises Refused when none comes within the patience."""
        deadline = time.monotonic() + self._patience_s
        while True:
            with self._mutex:
                owner = self._owner
                while owner is not None and self._idle:
                    since, connection = self._idle.pop()
                    if connection.port == owner.port and time.monotonic() - since < _MAX_IDLE_S:
                        return connection, owner
                    connection.close()
            if owner is None:
                owner = find.connect(self._folder)
                with self._mutex:
                    self._owner = owner
            if owner is not None:
                try:
                    return Connection(owner.port, CALL_S), owner
                except Refused:
                    self._forget(owner)
            if self._closed is not None or time.monotonic() > deadline:
                raise Refused("no owner")
            time.sleep(_PAUSE_S)

    def _forget(self, owner: find.Owner | None = None) -> None:
        """Look for the owner anew, unless that has happened already (it is not `owner` any more)."""
        with self._mutex:
            if owner is None or self._owner == owner:
                self._owner = None
                self._drop_idle()

    def _drop_idle(self) -> None:
        for _, connection in self._idle:
            connection.close()
        self._idle.clear()


def headers_for(headers: list[tuple[str, str]], owner: find.Owner) -> list[tuple[str, str]]:
    """The same headers with this owner's token."""
    return [("Authorization", f"Bearer {owner.token}"), *(pair for pair in headers if pair[0] != "Authorization")]


def _seconds(text: str) -> float:
    try:
        return max(float(text), 0.05)
    except ValueError:
        return 1.0
