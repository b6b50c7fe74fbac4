"""What a person is told, in words, when a command cannot do what it should."""


class CannotStart(Exception):
    """The text is one or two sentences; nothing was damaged."""

    exit_code = 2
    """2: what was asked for cannot be. 1: it could be, but not now."""


class NotNow(CannotStart):
    """Something else is in the way."""

    exit_code = 1
