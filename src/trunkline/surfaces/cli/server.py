"""The server that a command asks: the one that owns the data folder, or one in this process for as long as the command runs."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from trunkline.owner.cannot_start import CannotStart
from trunkline.owner.find import Owner, connect, find
from trunkline.owner.lock import Lock
from trunkline.owner.stop import Stop
from trunkline.surfaces.cli.exits import NoServer, place_of

Serve = Callable[[Lock, Stop], int]
"""Serve the locked folder until `stop`, write server.json meanwhile, give the exit code (as owner/pipe.py has it)."""

PATIENCE_S = 10.0
"""How long a process that holds the folder may take to answer."""
_PAUSE_S = 0.02
_LAST_S = 15.0
"""An orderly end takes less than ten seconds."""


class Server:
    """Found when it is first needed. `close` ends it if it is ours."""

    def __init__(self, folder: Path, serve: Serve, patience_s: float = PATIENCE_S):
        self.folder = folder
        self._serve = serve
        self._patience_s = patience_s
        self._owner: Owner | None = None
        self._stop = Stop()
        self._thread: threading.Thread | None = None
        self._why = "The server ended before it answered."

    @property
    def is_ours(self) -> bool:
        """Whether it runs in this process, and ends with it."""
        return self._thread is not None and self._thread.is_alive()

    def owner(self) -> Owner:
        """Where it listens. Raises NoServer."""
        if self._owner is None:
            try:
                found = find(self.folder, self._patience_s)
            except CannotStart as error:
                raise NoServer(str(error)) from None
            self._owner = found if isinstance(found, Owner) else self._start(found)
        return self._owner

    def look_again(self) -> None:
        """It went away: whoever owns the folder next is asked from now on."""
        self._owner = None

    def close(self) -> None:
        """End it if it is ours."""
        if self._thread is not None:
            self._stop.set()
            try:
                self._thread.join(_LAST_S)
            except KeyboardInterrupt:  # it is ending already; whoever is in a hurry says so twice
                self._thread.join(_LAST_S)
                raise

    def _start(self, lock: Lock) -> Owner:
        # A daemon, so that a server which does not end cannot keep the command from ending.
        self._thread = threading.Thread(target=self._run, args=(lock,), name="server", daemon=True)
        self._thread.start()
        while self._thread.is_alive():
            if (owner := connect(self.folder)) is not None:
                return owner
            time.sleep(_PAUSE_S)
        raise NoServer(self._why)

    def _run(self, lock: Lock) -> None:
        try:
            self._serve(lock, self._stop)
        except CannotStart as error:
            self._why = str(error)
        except OSError as error:
            place = f" ({error.filename})" if error.filename else ""
            self._why = f"The server cannot start: {error.strerror or error}{place}."
        except Exception as error:  # a bug there is no reason for a traceback here
            self._why = f"The server failed at its start, by a fault of its own: {place_of(error)}."
        finally:
            lock.release()
