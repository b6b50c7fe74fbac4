"""A real `trunkline serve` in a process of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_S = 120.0
"""How long a start may take, with its seed."""


@dataclass(frozen=True)
class Served:
    """A running server."""

    pid: int
    port: int
    api_key: str
    admin_key: str
    pcid: str
    data: Path


def environment(**settings: str) -> dict[str, str]:
    """What a process of Trunkline is started with: no settings but these, and compiled modules kept, as they are installed."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("TRUNKLINE_") and name != "PYTHONDONTWRITEBYTECODE"
    }
    return kept | settings


def command(*arguments: str) -> list[str]:
    """The `trunkline` command of this environment."""
    return [sys.executable, "-m", "trunkline", *arguments]


@contextmanager
def served(data: Path, *arguments: str, **settings: str) -> Iterator[Served]:
    """Serve a data folder on a free port, until the block ends. settings: `TRUNKLINE_...` variables."""
    ready = data.parent / f"{data.name}.ready.json"
    asked = command("serve", "--data", str(data), "--port", "0", "--ready-file", str(ready), *arguments)
    process = subprocess.Popen(asked, env=environment(**settings), stdout=subprocess.DEVNULL)
    try:
        found = json.loads(_wait_for(ready, process))
        port = int(found["url"].rpartition(":")[2])
        yield Served(process.pid, port, found["api_key"], found["admin_key"], found["pcid"], data)
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(ready: Path, process: subprocess.Popen[bytes]) -> str:
    end = time.monotonic() + START_S
    while not ready.exists() or not ready.read_text():
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}; its words are above")
        if time.monotonic() > end:
            raise RuntimeError("the server did not become ready")
        time.sleep(0.02)
    return ready.read_text()
