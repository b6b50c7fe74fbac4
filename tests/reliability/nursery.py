"""Servers that can be killed: forked from a process that has imported everything once, so that a start costs milliseconds.

`python -m tests.reliability.nursery` reads one order a line (`Order` as JSON) from its input, forks a server for it, and writes
the server's process id. Servers are reaped by the system; what becomes of them is seen by their socket's end.

A server speaks lines of JSON over a socket in the file system: `Ask` up, `Told` down, in any order.
"""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from tests.hub.sending_world import QUICK, SendingWorld, opened

from trunkline.gateway.caller import Surface
from trunkline.model.blob import Blob
from trunkline.model.errors import TrunklineError
from trunkline.operations.catalog import BY_NAME
from trunkline.operations.check import read_arguments
from trunkline.store.engine import Transaction

from .broken import BREAKS
from .crashing import Crashes, crash_in

LINE_MOST = 64 * 1024 * 1024


class Order(Struct, frozen=True, kw_only=True):
    """A server to be started. crash_at: the boundary, counted from 1, at which it ends; None: none is counted, 0: all are."""

    folder: str
    socket: str
    sandbox: dict[str, str] = {}
    crash_at: int | None = None
    armed: bool = False
    """Whether boundaries count from the start on, and not only from the word `arm`."""
    only: str | None = None
    """The one account type that is served; None: all."""
    broken: str | None = None
    """A key of broken.BREAKS; None: nothing is."""


class Ask(Struct, frozen=True, kw_only=True):
    """What is asked of a server: an operation, a control of the sandbox, or one of its own words."""

    n: int
    name: str
    values: dict[str, Any] = {}
    key: str | None = None
    wait_ms: int = 20_000
    surface: Surface = "rest"


class Told(Struct, frozen=True, kw_only=True):
    """The answer: `body` is JSON. error: the name of the error's class."""

    n: int
    body: msgspec.Raw = msgspec.Raw(b"null")
    error: str | None = None
    text: str | None = None
    message_id: str | None = None


def main() -> None:
    """Fork a server for each order, until the input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin.buffer:
        order = msgspec.json.decode(line, type=Order)
        pid = os.fork()
        if pid == 0:
            with suppress(KeyboardInterrupt):
                asyncio.run(serve(order))
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


async def serve(order: Order) -> None:
    """The whole stack over the order's folder, until it is killed."""
    if order.broken is not None:
        BREAKS[order.broken]()
    crashes = Crashes(order.crash_at, armed=order.armed)
    wrap = (lambda db: db) if order.crash_at is None else crashes.database
    async with opened(
        Path(order.folder), hub_options=PATIENT, sandbox=order.sandbox, start=False, find=False, wrap=wrap
    ) as stack:
        if order.only is not None:
            await _stop_others(stack, order.only)
        if order.crash_at is not None:
            crash_in(stack, crashes)
        await stack.hub.start()
        server = await asyncio.start_unix_server(lambda r, w: _converse(stack, crashes, r, w), order.socket, limit=LINE_MOST)
        async with server:
            await server.serve_forever()


async def _stop_others(stack: SendingWorld, only: str) -> None:
    async def work(tx: Transaction) -> None:
        await tx.run("UPDATE account SET stopped = 1 WHERE type <> $1", only)

    await stack.store.db.write(work)


PATIENT = replace(QUICK, network_call_ms=20_000)


async def _converse(stack: SendingWorld, crashes: Crashes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    tasks: set[asyncio.Task[None]] = set()
    while line := await reader.readline():
        task = asyncio.create_task(_answer(stack, crashes, msgspec.json.decode(line, type=Ask), writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


async def _answer(stack: SendingWorld, crashes: Crashes, ask: Ask, writer: asyncio.StreamWriter) -> None:
    try:
        told = Told(n=ask.n, body=msgspec.Raw(await _body(stack, crashes, ask)))
    except TrunklineError as error:
        told = Told(n=ask.n, error=type(error).__name__, text=error.text, message_id=error.message_id)
    except Exception as error:
        told = Told(n=ask.n, error=f"a bug: {error!r}")
    writer.write(msgspec.json.encode(told) + b"\n")


async def _body(stack: SendingWorld, crashes: Crashes, ask: Ask) -> bytes:
    if ask.name == "arm":
        crashes.armed = True
        return b"null"
    if ask.name == "boundaries":
        return msgspec.json.encode(crashes.passed)
    if ask.name == "drained":
        return msgspec.json.encode(await _is_drained(stack))
    if ask.name in BY_NAME:
        operation = read_arguments(BY_NAME[ask.name], ask.values)
        reply = await stack.gate.answer(
            stack.admin, operation, pcid=stack.pcid, surface=ask.surface, idempotency_key=ask.key, wait_ms=ask.wait_ms
        )
        assert not isinstance(reply.body, Blob)
        crashes.pass_("the answer goes out")
        return reply.body
    return msgspec.json.encode(await stack.connector.controls(ask.name, ask.values))


async def _is_drained(stack: SendingWorld) -> bool:
    """Whether nothing is queued, under way or being looked for, and every account is alive."""
    (count,) = await stack.store.db.fetch("SELECT count(*) FROM outbox WHERE finished_at IS NULL")
    (accounts,) = await stack.store.db.fetch("SELECT count(*) FROM account WHERE stopped = 0")
    return not count[0] and len(stack.hub.parts.lives.by_account) == accounts[0]


if __name__ == "__main__":
    main()
