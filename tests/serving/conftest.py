"""Whole servers, started as a person starts them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest

CEILING_S = 20


class Server:
    """A `trunkline serve` of its own."""

    def __init__(self, folder: Path, *options: str, port: str = "0") -> None:
        self.folder = folder
        self.ready_file = folder.parent / f"ready-{time.monotonic_ns()}.json"
        command = [sys.executable, "-m", "trunkline", "serve", "--data", str(folder), "--port", port]
        self.process = subprocess.Popen(
            [*command, "--ready-file", str(self.ready_file), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        )

    def wait(self) -> dict[str, Any]:
        """What the ready file says, once it is there."""
        deadline = time.monotonic() + CEILING_S
        while not self.ready_file.exists():
            assert self.process.poll() is None, self.end()
            assert time.monotonic() < deadline
            time.sleep(0.02)  # another process's file: there is no event to wait for
        ready: dict[str, Any] = json.loads(self.ready_file.read_text())
        return ready

    def http(self) -> httpx2.Client:
        """A client with the admin key."""
        ready = self.wait()
        return httpx2.Client(base_url=ready["url"], headers={"x-api-key": ready["admin_key"]}, trust_env=False)

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """Exit code, standard output and standard error, after a signal if it still runs."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=CEILING_S)
        return self.process.returncode, out.decode(), err.decode()


Begin = Callable[..., Server]


NOWHERE = {
    "npm_config_registry": "http://127.0.0.1:9/",
    "TRUNKLINE_WHATSAPP_WEB_SOCKET_URL": "ws://127.0.0.1:9",
    "TRUNKLINE_SLACK_API": "http://127.0.0.1:9/api/",
}
"""A random request may begin a real login: it reaches neither npm's registry nor a network."""


def environment() -> dict[str, str]:
    """This process's, without settings of Trunkline; the sandbox's people answer at once."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRUNKLINE_")}
    return {**kept, **NOWHERE, "TRUNKLINE_SANDBOX_ANSWERS": "0"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder that is not there yet."""
    return tmp_path / "data"


@pytest.fixture
def begin(folder: Path) -> Iterator[Begin]:
    """Starts servers on the folder; ends those that are left."""
    with ExitStack() as stack:

        def start(*options: str, **more: Any) -> Server:
            server = Server(more.pop("folder", folder), *options, **more)
            stack.callback(finish, server)
            return server

        yield start


def finish(server: Server) -> None:
    """Kill what is left of it."""
    if server.process.poll() is None:
        server.process.kill()
        server.process.communicate()
    for stream in (server.process.stdout, server.process.stderr):
        if stream is not None:
            stream.close()
