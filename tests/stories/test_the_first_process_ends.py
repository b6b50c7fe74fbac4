"""The day goes on in a second stdio process when the first one, which serves both, ends: in order or by a kill.

Source: design.md 7, Processes. The network's record says that nothing was lost and nothing done twice.
"""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from .agent import CEILING_S, Network
from .day import CHAPTERS, WHOLE_DAY, Day, arrivals, live
from .ways import command, environment, stdio

pytestmark = pytest.mark.slow

ENDS = {
    "its standard input is closed": lambda process: process.stdin.close(),
    "it is killed": lambda process: process.send_signal(signal.SIGKILL),
}


@pytest.fixture
def first(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A stdio process that serves the folder `data`."""
    line = command("mcp", "--data", str(tmp_path / "data"))
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
        process.stdin.flush()
        assert b'"id":1' in process.stdout.readline()
        yield process
        process.kill()


@pytest.mark.parametrize("era", ["legacy", "2026-07-28"])
@pytest.mark.parametrize("how", ENDS)
async def test_the_second_process_goes_on(tmp_path: Path, first: subprocess.Popen[bytes], how: str, era: str) -> None:
    """After each third of the day's chapters the serving process may end; what was begun is finished elsewhere."""
    folder = tmp_path / "data"
    network = Network(folder)
    async with stdio(folder, era) as agent:
        day = Day(agent, network, searches=True)
        third = len(CHAPTERS) // 3
        await live(day, CHAPTERS[:third])
        assert network.served_by() == first.pid
        ENDS[how](first)
        await live(day, CHAPTERS[third:])
        with anyio.fail_after(CEILING_S):
            await anyio.to_thread.run_sync(first.wait)
        assert network.served_by() != first.pid
        assert first.returncode == (0 if how == "its standard input is closed" else -signal.SIGKILL)
        assert arrivals(network.arrived()) == WHOLE_DAY
