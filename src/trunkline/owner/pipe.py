"""The stdio process: a line in, one POST to the owner, a line out.

Every `trunkline mcp` is this pipe. Where nobody owns the data folder the same process also serves, and its pipe talks
to it over the loopback like any other, so there is one path only. Three kinds of thread: one reads lines, some carry
them, and the main thread waits for the end of input or for the lock, which the kernel hands over the moment the owner
dies.
"""

import os
import queue
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from trunkline.owner.cannot_start import CannotStart
from trunkline.owner.chains import WAITED, Chains
from trunkline.owner.courier import Courier
from trunkline.owner.find import Owner, find
from trunkline.owner.folder import FolderUnusable
from trunkline.owner.in_flight import InFlight
from trunkline.owner.line import MAX_LINE_BYTES, BadLine, Line, failure_line, read_line
from trunkline.owner.lock import Lock, wait_for
from trunkline.owner.long_line import Skeleton, answer_to
from trunkline.owner.stop import Stop

MAX_IN_FLIGHT = 16
PIECE_BYTES = 1024 * 1024
"""Of a line that is too long, passed by."""

LAST_ANSWERS_S = 2.0
"""After this process's own server has ended: how long the lines that still wait have to be answered."""

NO_STREAMS = (
    "mcp needs standard input and output, and one of them is closed. MCP clients start this command and talk to it over both;"
    " to try it by hand, start it in a terminal."
)

Serve = Callable[[Lock, Stop], int]
"""Serve the locked folder until `stop`, write server.json meanwhile, give the exit code. Runs in the main thread."""


def run(folder: Path, serve: Serve) -> int:
    """Be the stdio process of `folder` until standard input ends; gives the exit code.

    Raises CannotStart when the process has no standard input or output, and what `find` raises.
    """
    if sys.stdin is None or sys.stdout is None:  # closed before the start: their numbers may be another file's by now
        raise CannotStart(NO_STREAMS)
    return Pipe(folder, serve, _own_stdin(), _own_stdout()).run()


def _own_stdin() -> BinaryIO:
    """Standard input as a file of the pipe's own: the thread that waits in it must not hold `sys.stdin`, or a process that
    ends for another reason than the end of its input (a signal, a start that fails) is aborted by the interpreter."""
    return os.fdopen(os.dup(0), "rb")


def _own_stdout() -> BinaryIO:
    """Standard output for the protocol alone: what any library prints goes to standard error instead."""
    sys.stdout.flush()
    protocol = os.dup(1)
    os.dup2(2 if sys.stderr is not None else os.open(os.devnull, os.O_WRONLY), 1)
    return os.fdopen(protocol, "wb")


class Pipe:
    """One stdio client's pipe. Threads that carry lines are kept for later ones: starting one costs as much as a small call."""

    def __init__(self, folder: Path, serve: Serve, lines: BinaryIO, answers: BinaryIO):
        self._folder = folder
        self._serve = serve
        self._lines = lines
        self._answers = answers
        self._courier = Courier(folder)
        self._stop = Stop()
        self._events: queue.SimpleQueue[Lock | FolderUnusable | None] = queue.SimpleQueue()
        self._write_mutex = threading.Lock()
        self._in_flight = InFlight(MAX_IN_FLIGHT)
        self._chains = Chains()
        self._waiting: queue.SimpleQueue[Line] = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)
        """Counts the carrying threads that have no line."""

    def run(self) -> int:
        """See the function of this name."""
        found = find(self._folder)
        if isinstance(found, Owner):
            self._courier.meet(found)
        threading.Thread(target=self._read, name="lines", daemon=True).start()
        if isinstance(found, Lock):
            return self._own(found)
        threading.Thread(target=self._wait_for_lock, name="lock", daemon=True).start()
        event = self._events.get()
        if isinstance(event, Lock):
            return self._own(event)
        if isinstance(event, FolderUnusable):
            raise event
        return 0

    def _own(self, lock: Lock) -> int:
        try:
            return self._serve(lock, self._stop)
        finally:
            self._courier.close("Trunkline's server in this process has ended; standard error says why. Start it again.")
            self._in_flight.wait_until_empty(LAST_ANSWERS_S)
            lock.release()

    def _wait_for_lock(self) -> None:
        try:
            self._events.put(wait_for(self._folder))
        except FolderUnusable as error:
            self._events.put(error)

    def _read(self) -> None:
        try:
            while raw := self._lines.readline(MAX_LINE_BYTES + 1):
                if len(raw) > MAX_LINE_BYTES:
                    self._skip_line(raw)
                elif raw.strip():
                    self._take(raw)
        except OSError:
            pass  # the client's end of the pipe is gone: the same as its end of input
        self._in_flight.wait_until_empty()
        self._end()

    def _end(self) -> None:
        self._stop.set()
        self._events.put(None)

    def _skip_line(self, start: bytes) -> None:
        skeleton = Skeleton()
        rest = start
        while rest:
            skeleton.feed(rest)
            if rest.endswith(b"\n"):
                break
            rest = self._lines.readline(PIECE_BYTES)
        self._write(answer_to(skeleton.value()))

    def _take(self, raw: bytes) -> None:
        try:
            line = read_line(raw.strip(), self._courier.agreed_version)
        except BadLine as error:
            self._write(error.answer)
            return
        self._in_flight.enter()
        if self._chains.may_go(line):
            self._hand_over(line)

    def _hand_over(self, line: Line) -> None:
        if not self._idle.acquire(blocking=False):
            threading.Thread(target=self._carry, daemon=True).start()
        self._waiting.put(line)

    def _carry(self) -> None:
        while True:
            line = self._waiting.get()
            try:
                self._write(self._courier.carry(line))
            finally:
                self._in_flight.leave()
            self._idle.release()
            self._go_on_after(line)

    def _go_on_after(self, line: Line) -> None:
        following = self._chains.after(line)
        while following is not None:
            line, is_late = following
            if not is_late:
                self._hand_over(line)
                return
            try:
                self._write(failure_line(line, WAITED))
            finally:
                self._in_flight.leave()
            following = self._chains.after(line)

    def _write(self, answer: bytes | bytearray | None) -> None:
        if answer is None:
            return
        with self._write_mutex:
            try:
                self._answers.write(answer + b"\n")
                self._answers.flush()
            except OSError:
                self._end()  # nobody reads any more
