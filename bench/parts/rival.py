"""Starting the rivals: servers of the official SDK alone, showing the tools that Trunkline shows."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from parts.served import environment
from trunkline.operations.catalog import MESSAGING, OWN
from trunkline.operations.schema import tool

_HERE = Path(__file__).parent


class Rival(NamedTuple):
    """A running rival."""

    pid: int
    port: int


def write_tools(folder: Path) -> Path:
    """Trunkline's tools as a file."""
    path = folder / "tools.json"
    path.write_text(json.dumps([tool(operation) for operation in (*MESSAGING, *OWN)]))
    return path


@contextmanager
def http_rival(tools: Path, result: Path, database: Path | None = None) -> Iterator[Rival]:
    """bare_http.py, until the block ends."""
    further = [] if database is None else [str(database)]
    asked = [sys.executable, str(_HERE / "bare_http.py"), str(tools), str(result), *further]
    process = subprocess.Popen(asked, env=environment(), stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield Rival(process.pid, int(process.stdout.readline()))
    finally:
        process.terminate()
        process.communicate(timeout=30)


def stdio_rival(tools: Path, result: Path | None = None) -> list[str]:
    """The command of bare_stdio.py."""
    return [sys.executable, str(_HERE / "bare_stdio.py"), str(tools), *([] if result is None else [str(result)])]
