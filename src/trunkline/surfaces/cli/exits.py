"""How a command ends when it does not end well: a sentence and an exit code, never a traceback."""

from pathlib import Path

DONE, FAILED, WRONG, NO_SERVER, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 3, 130, 141
"""The exit codes, as docs/cli.md explains them."""


class Ended(Exception):
    """The command ends here; the text says why, and what to do next."""

    exit_code = FAILED

    @property
    def text(self) -> str:
        """The sentence."""
        return str(self.args[0])


class Failed(Ended):
    """What was asked could not be done."""


class NotThere(Failed):
    """What was asked for is not there (any more)."""


class WrongUsage(Ended):
    """The command line is wrong."""

    exit_code = WRONG


class NoServer(Ended):
    """No server answers for the data folder, and none could be started."""

    exit_code = NO_SERVER


def place_of(error: Exception) -> str:
    """The kind of an exception and where it came from: `TypeError at client.py:80`. Its text may quote a message."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = "" if place is None else f" at {Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}"
    return type(error).__name__ + where
