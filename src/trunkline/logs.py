"""Logging: to standard error, one line a record, without secrets and without what people wrote.

Source: security.md 5.2. Exceptions are logged as their kind and where they happened; their texts may quote a message.
"""

import logging
import re
import sys
import traceback
from types import TracebackType
from typing import TextIO

STRUCK_OUT = "***"
_SECRETS = re.compile(
    r"(?i:bearer +\S+)"
    r"|tlt?_[A-Za-z0-9_-]{8,}"  # API keys and tokens
    r"|pc_[A-Za-z0-9_-]{8,}"  # PCIDs
    r"|\b[0-9a-f]{64}\b"  # the local user's token
    r"|\+?\d[\d -]{7,}\d"  # phone numbers
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_Info = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class SafeFormatter(logging.Formatter):
    """One line, secrets struck out, control characters shown as codes."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", _SECRETS.sub(STRUCK_OUT, super().format(record)))

    def formatException(self, ei: _Info) -> str:  # noqa: N802 (logging's name)
        """Kind and place of an exception, and of those that caused it."""
        parts = []
        error = ei[1]
        while error is not None:
            frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
            parts.append(f"{type(error).__qualname__} at " + " < ".join(reversed(frames)))
            error = error.__cause__
        return "; caused by ".join(parts)


def set_up(level: str, stream: TextIO = sys.stderr) -> None:
    """Log everything of this level and above to the stream, and nothing anywhere else."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(SafeFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
