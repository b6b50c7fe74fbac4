"""How a command ends when it does not end well: a sentence and an exit code, never a traceback."""

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


class WrongUsage(Ended):
    """The command line is wrong."""

    exit_code = WRONG


class NoServer(Ended):
    """No server answers for the data folder, and none could be started."""

    exit_code = NO_SERVER
