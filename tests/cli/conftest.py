"""A real server for the command line, and ways to run a command: in this process for most tests, as a program for a few."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from trunkline.owner.lock import Lock
from trunkline.owner.stop import Stop
from trunkline.surfaces.cli.program import run

CEILING_S = 30


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the one JSON document it has to be."""
        return json.loads(self.out)


Command = Callable[..., Said]


def plain_environment() -> dict[str, str]:
    """This process's, without settings of Trunkline."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TRUNKLINE_")}


@contextmanager
def serving(folder: Path) -> Iterator[dict[str, Any]]:
    """A `trunkline serve` with the small world, whose people keep silent; gives what its ready file says."""
    ready_file = folder.parent / "ready.json"
    options = ["--data", str(folder), "--port", "0", "--seed", "small", "--ready-file", str(ready_file)]
    server = subprocess.Popen(
        [sys.executable, "-m", "trunkline", "serve", *options],
        env={**plain_environment(), "TRUNKLINE_SANDBOX_ANSWERS": "0"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        deadline = time.monotonic() + CEILING_S
        while not ready_file.exists():
            assert server.poll() is None, server.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.02)  # another process's file: there is no event to wait for
        yield json.loads(ready_file.read_text())
    finally:
        server.terminate()
        server.communicate(timeout=CEILING_S)


@dataclass(frozen=True)
class World:
    """The running server."""

    folder: Path
    url: str
    admin_key: str
    pcid: str


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One for all tests, which therefore leave alone what others look at."""
    folder = tmp_path_factory.mktemp("world") / "data"
    with serving(folder) as ready:
        yield World(folder, ready["url"], ready["admin_key"], ready["pcid"])


def no_server_here(lock: Lock, stop: Stop) -> int:
    """For commands that have to find the one that runs."""
    raise AssertionError("the command became the server")


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command line in this process."""

    def say(*arguments: str, environ: Mapping[str, str] = {}, serve: Any = no_server_here) -> Said:
        code = run(arguments, serve, {}, {"HOME": "/nonexistent", **environ})
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return say


@pytest.fixture
def trunkline(command: Command, world: World) -> Command:
    """Runs a command line against the server."""

    def say(*arguments: str, **more: Any) -> Said:
        return command(*arguments, environ={"TRUNKLINE_DATA": str(world.folder)}, **more)

    return say


def program(*arguments: str, folder: Path, **more: Any) -> Said:
    """Runs the program itself, as a shell would."""
    done = subprocess.run(
        [sys.executable, "-m", "trunkline", *arguments],
        env={**plain_environment(), "TRUNKLINE_DATA": str(folder)},
        capture_output=True,
        text=True,
        timeout=CEILING_S,
        check=False,
        **more,
    )
    return Said(done.returncode, done.stdout, done.stderr)
