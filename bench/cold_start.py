"""From starting `trunkline mcp` to the first answer of tools/list, and the memory it then takes; a thin pipe; an idle server.

Rival: a stdio server of the official SDK alone that shows the same tools (parts/bare_stdio.py). Ours opens a data folder with
the small world and its seven accounts, and goes on serving it; what it does after the first answer is in the memory of the end.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from parts.lines import Lines
from parts.measure import IS_FULL, Claim, Figures, turns
from parts.process import cpu_seconds, resident_mb
from parts.rival import stdio_rival, write_tools
from parts.served import command, environment, served

ROUNDS = 20 if IS_FULL else 6
IDLE_S = 60 if IS_FULL else 10
SETTLED_S = 2.0
"""How long a server is left alone before its memory or idle cost is read."""


class Start(NamedTuple):
    """What one start took."""

    seconds: float
    """Until the answer to tools/list was here."""
    cpu: float
    """Seconds of processor time until then."""
    resident: float
    """Memory in MB, a moment later."""


def start(arguments: Sequence[str]) -> Start:
    """Start a stdio server, greet it, list its tools, end it."""
    server = Lines(arguments)
    try:
        server.greet()
        server.ask("tools/list", {})
        seconds, cpu = time.perf_counter() - server.started_at, cpu_seconds(server.pid)
        time.sleep(SETTLED_S)
        return Start(seconds, cpu, resident_mb(server.pid))
    finally:
        server.close()


def make_world(data: Path) -> None:
    """A data folder with the small world."""
    with served(data, "--seed", "small"):
        pass


def starts(rounds: int, subjects: dict[str, Sequence[str]]) -> dict[str, Figures]:
    """Start each in turns; gives seconds, processor time and memory."""
    figures = {field: Figures(subjects) for field in Start._fields}
    for arguments in subjects.values():
        start(arguments)  # the first start compiles modules
    for name in turns(rounds, list(subjects)):
        for field, value in start(subjects[name])._asdict().items():
            figures[field].note(name, value)
    for name in subjects:
        seconds, cpu, resident = (figures[field].median(name) for field in Start._fields)
        print(f"  {name:<24} {seconds:.3f} s until the answer, {cpu:.3f} s of processor, {resident:.1f} MB")
    return figures


def idle(data: Path) -> None:
    """What a server costs that nobody asks anything."""
    with served(data) as server:
        time.sleep(SETTLED_S)
        before = cpu_seconds(server.pid)
        time.sleep(IDLE_S)
        used = cpu_seconds(server.pid) - before
        print(Claim(f"an idle server over {IDLE_S} s, of one processor", used / IDLE_S * 100, unit="%"))
        print(Claim("its memory", resident_mb(server.pid), unit=" MB"))


def bare_python() -> float:
    """Seconds that Python alone takes to start and end."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], env=environment(), check=True)
    return time.perf_counter() - begin


def main() -> None:
    """Make the world, compare, print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data, tools = folder / "data", write_tools(folder)
        make_world(data)
        print("trunkline mcp, from the start of its process to the first answer of tools/list")
        trunkline = command("mcp", "--data", str(data))
        owner = starts(ROUNDS, {"owner": trunkline, "bare SDK": stdio_rival(tools)})
        with served(data):
            pipe = starts(ROUNDS, {"thin pipe": trunkline})
        print(f"  {'Python alone':<24} {min(bare_python() for _ in range(ROUNDS)):.3f} s")
        print(Claim("cold start / bare SDK stdio server", owner["seconds"].ratio("owner", "bare SDK"), 1.3))
        print(Claim("its processor time / bare SDK stdio server", owner["cpu"].ratio("owner", "bare SDK")))
        print(Claim("resident memory / bare SDK stdio server", owner["resident"].ratio("owner", "bare SDK"), 1.3))
        print(Claim("cold start of a thin pipe", pipe["seconds"].median("thin pipe"), 0.2, unit=" s"))
        print(Claim("resident memory of a thin pipe", pipe["resident"].median("thin pipe"), 25, unit=" MB"))
        idle(data)


if __name__ == "__main__":
    main()
