"""A rival or counterpart that is one of the programs in this folder, in a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from parts.served import environment

_HERE = Path(__file__).parent


@contextmanager
def program(name: str, *arguments: str) -> Iterator[tuple[int, int]]:
    """Start it, until the block ends; gives its pid and the port that it prints."""
    started = environment(PYTHONPATH=str(_HERE.parent))
    process = subprocess.Popen([sys.executable, str(_HERE / name), *arguments], env=started, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield process.pid, int(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate(timeout=30)
