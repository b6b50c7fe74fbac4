"""The side process when nobody needs it: it ends by itself, who comes meanwhile gets a whole one, and no call is lost."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest
from anyio.lowlevel import checkpoint

from trunkline.contract.commands import StartChat
from trunkline.model.errors import NotReached
from trunkline.networks.whatsapp.linked.fake import FakeNetwork
from trunkline.networks.whatsapp.linked.fake_world import NEW
from trunkline.networks.whatsapp.linked.process import SideProcess
from trunkline.networks.whatsapp.suite import LinkedBench
from trunkline.networks.whatsapp.tests.server import LinkedServer

ANSWERS = """
import json, sys
print('{"kind":"ready"}', flush=True)
for text in sys.stdin:
    line = json.loads(text)
    if line["kind"] == "call":
        print(json.dumps({"kind": "result", "id": line["id"], "value": line["account"]}), flush=True)
    if line["kind"] == "bye":
        open(sys.argv[1]).read()
        break
"""
"""A side process that says yes to everything. Told to end, it waits until the other end of a pipe was opened and closed."""


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[LinkedBench]:
    """A linked account whose side process does not linger."""
    made = LinkedBench("WHATSAPP", tmp_path, linger_ms=0)
    await made.start()
    yield made
    await made.close()


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """What the side process waits for at its end."""
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


@pytest.fixture
async def process(pipe: Path) -> AsyncIterator[SideProcess]:
    """One that says yes, and does not linger."""

    async def command() -> list[str]:
        return [sys.executable, "-c", ANSWERS, str(pipe)]

    made = SideProcess(command, ping_ms=60_000, call_ms=5_000, linger_ms=0)
    yield made
    closing = asyncio.create_task(made.close())
    if made.pid is not None:
        os.close(await opened(pipe))
    await closing


async def test_it_ends_after_the_last_session_and_the_next_one_starts_it_again(bench: LinkedBench) -> None:
    """A hundred megabytes that nobody needs are given back; nobody has to know of it."""
    process, session = bench.connector.process, bench.session()
    await session.connect()
    pid, starts = process.pid, process.starts
    assert pid is not None
    await session.close()
    await ended(process)
    assert process.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    again = bench.session()
    await again.connect()
    done = await again.start(StartChat(people=(NEW,), text="Here again"), "token-1")
    assert [each["provider_id"] for each in await bench.arrived("send")] == [done.provider_id]
    assert process.starts == starts + 1


async def test_it_stays_while_another_account_is_in_it(bench: LinkedBench) -> None:
    """One that leaves takes nothing from the others."""
    process, session, other = bench.connector.process, bench.session(), bench.beside("other")
    await session.connect()
    await other.connect()
    pid, starts = process.pid, process.starts
    await session.close()
    await other.start(StartChat(people=(NEW,), text="Still here"), "token-1")
    assert (process.pid, process.starts) == (pid, starts)


async def test_it_ends_after_a_login_that_was_given_up(bench: LinkedBench) -> None:
    """A first connect that came to nothing leaves no process behind."""
    login, _ = await bench.connector.login("whatsapp-qr", {})
    await login.close()
    await ended(bench.connector.process)
    assert bench.connector.process.pid is None


async def test_it_ends_after_a_login_that_could_not_begin(bench: LinkedBench) -> None:
    """WhatsApp is not reached: nobody is given a login that could be closed."""
    await bench.network.close()
    process = bench.connector.process
    with pytest.raises(NotReached):
        await bench.connector.login("whatsapp-qr", {})
    assert process.starts > 0
    await ended(process)
    assert process.pid is None


async def test_who_comes_within_the_grace_goes_on_in_the_same_one(process: SideProcess) -> None:
    """A session that is opened anew does not start Node anew."""
    process.detach("a", await process.attach("a"))
    pid = process.pid
    inlet = await process.attach("b")
    for _ in range(20):
        await checkpoint()
    assert await process.call("b", "open", {}) == "b"
    assert (process.pid, process.starts, inlet.lines.empty()) == (pid, 1, True)


async def test_who_comes_while_it_ends_gets_a_fresh_one_and_loses_no_call(process: SideProcess, pipe: Path) -> None:
    """Several at once: one fresh process for all of them, and none is told that its side had died."""
    process.detach("a", await process.attach("a"))
    former = process.pid
    with anyio.fail_after(5):
        ends = await opened(pipe)  # it was told to end, and waits
        coming = [asyncio.create_task(process.attach(each)) for each in ("b", "c")]
        await checkpoint()
        assert not any(each.done() for each in coming)
        os.close(ends)
        inlets = await asyncio.gather(*coming)
        said = await asyncio.gather(*(process.call(each, "open", {}) for each in ("b", "c")))
    assert said == ["b", "c"]
    assert [inlet.lines.empty() for inlet in inlets] == [True, True]
    assert process.starts == 2
    assert process.pid not in (former, None)


async def test_nobody_is_left_behind_by_a_start_that_is_given_up(tmp_path: Path) -> None:
    """A login that is cancelled while Node starts: the process is not forgotten, it is ended."""
    mark = tmp_path / "mark"
    program = f"import os, time; os.symlink(str(os.getpid()), {str(mark)!r}); time.sleep(60)"

    async def command() -> list[str]:
        return [sys.executable, "-c", program]

    process = SideProcess(command, ping_ms=60_000, call_ms=5_000, linger_ms=0)
    coming = asyncio.create_task(process.attach("a"))
    with anyio.fail_after(5):
        while not mark.is_symlink():  # noqa: ASYNC110 (another process: no event)
            await anyio.sleep(0.02)
        pid = int(mark.readlink().name)
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.slow
async def test_a_server_whose_only_account_is_deleted_runs_no_node(network: FakeNetwork, tmp_path: Path) -> None:
    """Through a whole server: gone after a login that was given up, and after the deletion; each next login starts it."""
    server = LinkedServer(tmp_path / "data", network, linger_ms="0")
    try:
        await server.start()
        asked = await server.post("/api/v1/accounts", {"provider": "WHATSAPP", "road": "whatsapp"}, 202)
        former = server.side_process()
        assert (await server.http.delete(f"/api/v1/accounts/{asked['account_id']}/login")).status_code == 200
        await gone(former)
        account = await server.connect()
        former = server.side_process()
        assert (await server.http.delete(f"/api/v1/accounts/{account}")).status_code == 200
        await gone(former)
        await server.allow(await server.connect())
    finally:
        await server.stop()


async def opened(pipe: Path) -> int:
    """The writing end of a pipe, once somebody waits at the other one."""
    with anyio.fail_after(5):
        while True:
            try:
                return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:  # nobody reads yet
                await anyio.sleep(0.02)


async def ended(process: SideProcess) -> None:
    """Wait until the side process is gone."""
    with anyio.fail_after(5):
        await process.ended()


async def gone(pid: int) -> None:
    """Wait until a process is gone."""
    with anyio.fail_after(5):
        while Path(f"/proc/{pid}").exists():  # noqa: ASYNC110 (another process: no event)
            await anyio.sleep(0.02)
