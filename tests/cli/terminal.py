"""A real pseudo-terminal for the program: what a person would see and type. POSIX only."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

CEILING_S = 30
ROWS, COLUMNS = 60, 110


class Terminal:
    """A program that thinks it is talking to a person.

    seen: everything it wrote so far, as the terminal got it. descriptor: the terminal's, for keys other than lines.
    """

    def __init__(self, pid: int, descriptor: int):
        self._pid = pid
        self.descriptor = descriptor
        self._read = 0
        self.seen = ""

    def wait_for(self, text: str) -> str:
        """Until the program has written this after what was waited for before; gives what came up to its end."""
        deadline = time.monotonic() + CEILING_S
        while (at := self.seen.find(text, self._read)) < 0:
            assert self._take(deadline), f"{text!r} did not come; what did:\n{self.seen[self._read :]}"
        before, self._read = self._read, at + len(text)
        return self.seen[before : self._read]

    def type(self, text: str) -> None:
        """Type a line."""
        os.write(self.descriptor, f"{text}\n".encode())

    def press_ctrl_c(self) -> None:
        """The key itself: the terminal makes the signal of it. Not before the program waits for a key: Python's input() misses
        a signal that comes between its prompt and its read, which takes microseconds.
        """
        deadline = time.monotonic() + CEILING_S
        while not self._waits():
            assert time.monotonic() < deadline
            time.sleep(0.01)  # another process's state: there is no event to wait for
        os.write(self.descriptor, b"\x03")

    def _waits(self) -> bool:
        stat = Path(f"/proc/{self._pid}/stat")
        return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "S"

    def end(self) -> int:
        """Until the program has ended; gives its exit code."""
        deadline = time.monotonic() + CEILING_S
        while self._take(deadline):
            pass
        _, status = os.waitpid(self._pid, 0)
        self._pid = 0
        return os.waitstatus_to_exitcode(status)

    def close(self) -> None:
        """End what still runs."""
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        os.close(self.descriptor)

    def _take(self, deadline: float) -> bool:
        """What comes next; False after the last."""
        readable, _, _ = select.select([self.descriptor], [], [], max(0, deadline - time.monotonic()))
        assert readable, f"nothing more came; all that did:\n{self.seen}"
        try:
            chunk = os.read(self.descriptor, 65_536)
        except OSError:
            return False  # what Linux says at the end of a pseudo-terminal
        self.seen += chunk.decode("utf-8", "replace")
        return bool(chunk)


@contextmanager
def at_a_terminal(*arguments: str, environ: Mapping[str, str], columns: int = COLUMNS) -> Iterator[Terminal]:
    """Runs `trunkline` at a terminal of its own, so many columns wide."""
    pid, descriptor = pty.fork()
    if pid == 0:
        os.execve(sys.executable, [sys.executable, "-m", "trunkline", *arguments], dict(environ))
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))
    terminal = Terminal(pid, descriptor)
    try:
        yield terminal
    finally:
        terminal.close()
