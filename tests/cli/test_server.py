"""Finding the server, and being it where there is none."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from trunkline.owner import server_file
from trunkline.owner.cannot_start import NotNow
from trunkline.owner.lock import Lock, take
from trunkline.owner.stop import Stop
from trunkline.surfaces.cli.exits import NoServer
from trunkline.surfaces.cli.server import Server

from .conftest import no_server_here
from .fake_server import FakeServer


class Serving:
    """Serves a folder by a fake until it is told to stop."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.starts = 0

    def __call__(self, lock: Lock, stop: Stop) -> int:
        self.starts += 1
        if self.failure is not None:
            raise self.failure
        ended = threading.Event()
        stop.on_set(ended.set)
        fake = FakeServer()
        fake.announce(lock.folder)
        ended.wait()
        fake.end()
        server_file.remove(lock.folder, fake.token)
        return 0


@pytest.fixture
def serving() -> Serving:
    """A server that starts."""
    return Serving()


def test_a_server_that_runs_is_found(tmp_path: Path) -> None:
    fake = FakeServer()
    fake.announce(tmp_path)
    server = Server(tmp_path, no_server_here)
    assert server.owner().token == fake.token
    assert not server.is_ours
    server.close()
    fake.end()


def test_where_none_runs_the_command_is_the_server_for_as_long_as_it_runs(tmp_path: Path, serving: Serving) -> None:
    """design.md 7: find the owner, else take the lock and serve in this process."""
    server = Server(tmp_path / "new", serving)
    assert server.owner().pid == os.getpid()
    assert server.owner() == server.owner()
    assert server.is_ours
    assert take(tmp_path / "new") is None
    server.close()
    assert serving.starts == 1
    assert server_file.read(tmp_path / "new") is None
    lock = take(tmp_path / "new")
    assert lock is not None
    lock.release()


def test_a_server_json_of_a_dead_process_is_passed_over(tmp_path: Path, serving: Serving) -> None:
    """Ours: kill -9 leaves the file behind, and its port may be anybody's by now."""
    stranger = FakeServer()
    stranger.announce(tmp_path)
    server_file.write(tmp_path, server_file.ServerFile(1, stranger.port, "f" * 64, "0"))
    server = Server(tmp_path, serving)
    assert server.owner().pid == os.getpid()
    assert stranger.asked == []
    server.close()
    stranger.end()


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (NotNow("The database is newer than this program."), "The database is newer than this program."),
        (OSError(28, "No space left on device", "/data/db"), "The server cannot start: No space left on device (/data/db)."),
        (KeyError("secret words"), "The server failed at its start, by a fault of its own: KeyError at test_server.py:33."),
    ],
)
def test_a_server_that_cannot_start_says_why(tmp_path: Path, failure: Exception, words: str) -> None:
    server = Server(tmp_path, Serving(failure))
    with pytest.raises(NoServer) as refused:
        server.owner()
    assert refused.value.text == words
    lock = take(tmp_path)
    assert lock is not None
    lock.release()


def test_a_server_that_ends_at_once_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoServer, match="ended before it answered"):
        Server(tmp_path, lambda lock, stop: 0).owner()


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NoServer, match="is a file"):
        Server(tmp_path / "file", no_server_here).owner()


HOLD = """
import pathlib, sys
from trunkline.owner.lock import take
held = take(pathlib.Path(sys.argv[1]))
print("held", flush=True)
input()
"""


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Path]:
    """A folder that another process holds without answering."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    yield tmp_path
    holder.communicate("\n")


def test_a_process_that_holds_the_folder_and_does_not_answer_is_named(held: Path) -> None:
    """Ours: waiting for ever would look like a hang."""
    with pytest.raises(NoServer) as refused:
        Server(held, no_server_here, patience_s=0.05).owner()
    assert "is held by another process, which does not answer. End it, or name another folder" in refused.value.text
