"""A stdio process that ends for another reason than the end of its input, which its client still holds open."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from trunkline.store.store import DATABASE_FILE

from .conftest import CEILING_S, environment

pytestmark = pytest.mark.slow

PING = b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n'


def started(folder: Path) -> "subprocess.Popen[bytes]":
    """A stdio process."""
    command = [sys.executable, "-m", "trunkline", "mcp", "--data", str(folder)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment())


def said(process: "subprocess.Popen[bytes]") -> tuple[int, str]:
    """Its exit code and what it wrote to standard error, with its input still open."""
    assert process.stderr is not None
    with process:
        try:
            return process.wait(CEILING_S), process.stderr.read().decode()
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(folder: Path, number: signal.Signals) -> None:
    """Ours: the reading thread waits in standard input; the interpreter aborts where it meets that file at its end."""
    process = started(folder)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(PING)
    process.stdin.flush()
    assert process.stdout.readline()
    process.send_signal(number)
    assert said(process) == (0, "")


def test_a_start_that_fails_is_said_in_words(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    with sqlite3.connect(folder / DATABASE_FILE) as database:
        database.execute("CREATE TABLE migration (name TEXT PRIMARY KEY)")
        database.execute("INSERT INTO migration (name) VALUES ('9999_tomorrow')")
    database.close()
    code, err = said(started(folder))
    assert (code, err.count("\n")) == (1, 1)
    assert err.startswith("trunkline: The database was written by a newer Trunkline")
