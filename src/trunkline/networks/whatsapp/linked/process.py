"""The side process: started at the first need, watched, and started again by whoever needs it after it died.

It is ended when it falls silent, writes what is no line of ours, or floods. Whoever waits for an answer then hears that it
is lost; each account hears that its side is gone. It is ended in order once no account has been in it for a while; who comes
while that is under way waits for its end and gets a fresh one. Nothing it writes reaches a log.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from trunkline.model.errors import NetworkFailed, NotReached
from trunkline.networks.whatsapp.linked.lines import Incoming, Outgoing, read_line, write_line

log = logging.getLogger(__name__)

_LONGEST_LINE = 64 * 1024 * 1024
_MOST_WAITING = 20_000
"""Events of one account that wait to be stored. The side process stops reading far below it."""
_BYE_S = 4.0
_START_S = 20.0


class CallFailed(Exception):
    """The side process answered a call with an error. certain: nothing was done."""

    def __init__(self, line: Incoming):
        super().__init__(line.code)
        self.code = line.code
        self.words = line.text
        self.certain = line.certain
        self.status = line.status
        self.retry_ms = line.retry_ms


class Inlet:
    """What arrives for one account: lines in order, None once the process is gone."""

    def __init__(self) -> None:
        self.lines: asyncio.Queue[Incoming | None] = asyncio.Queue()


class SideProcess:
    """One Node process for all accounts of this server. command: gives what to start; linger_ms: how long it stays unused."""

    def __init__(self, command: Callable[[], Awaitable[Sequence[str]]], *, ping_ms: int, call_ms: int, linger_ms: int):
        self._command = command
        self._linger_s = linger_ms / 1000
        self._ping_s = ping_ms / 1000
        self._call_s = call_ms / 1000
        self._process: asyncio.subprocess.Process | None = None
        self._changing = asyncio.Lock()
        """Held while it is started or ended in order, and while an account is let in."""
        self._lingering: asyncio.TimerHandle | None = None
        self._unused: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._calls: dict[int, asyncio.Future[Any]] = {}
        self._inlets: dict[str, Inlet] = {}
        self._pong = asyncio.Event()
        self._next = 0
        self._is_closing = False
        self.starts = 0
        """How often it was started."""

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return None if self._process is None else self._process.pid

    async def attach(self, account: str) -> Inlet:
        """Have it running; gives where an account's lines will arrive, in place of any earlier inlet.

        Raises NotReached when it cannot be started. It runs at least until `detach`.
        """
        async with self._changing:
            if self._process is None:
                await self._start()
            self._stay()
            if (former := self._inlets.get(account)) is not None:
                former.lines.put_nowait(None)
            self._inlets[account] = inlet = Inlet()
            return inlet

    def detach(self, account: str, inlet: Inlet) -> None:
        """Nobody takes the account's lines any more. After the last one it is ended, unless somebody comes soon."""
        if self._inlets.get(account) is not inlet:
            return
        del self._inlets[account]
        if not self._inlets and self._process is not None:
            self._stay()
            self._lingering = asyncio.get_running_loop().call_later(self._linger_s, self._leave)

    async def _start(self) -> None:
        command = await self._command()
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL, limit=_LONGEST_LINE, start_new_session=True,
            )  # fmt: skip
            await _ready(process)
        except (OSError, TimeoutError, EOFError) as error:
            text = f"WhatsApp's side process ({command[0]}) did not start ({type(error).__name__}). Is Node 20 or newer there?"
            raise NotReached(text) from error
        self._process = process
        self.starts += 1
        self._tasks = [
            asyncio.create_task(self._read(process), name="whatsapp lines"),
            asyncio.create_task(self._watch(process), name="whatsapp watch"),
        ]

    async def call(self, account: str, method: str, params: dict[str, Any], *, call_s: float | None = None) -> Any:
        """Call and wait for the answer. Raises CallFailed; NotReached when it was never asked; NetworkFailed when unknown."""
        process = self._process
        if process is None:
            raise NotReached("WhatsApp's side process is not running; it is started again by itself.")
        self._next += 1
        number = self._next
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._calls[number] = answer
        try:
            self._write(process, Outgoing("call", id=number, account=account, method=method, params=params))
            async with asyncio.timeout(self._call_s if call_s is None else call_s):
                return await answer
        except TimeoutError:
            raise NetworkFailed("WhatsApp's side process did not answer in time.") from None
        finally:
            self._calls.pop(number, None)

    async def ended(self) -> None:
        """Wait until the one that runs is gone."""
        if reading := self._tasks[:1]:
            await asyncio.wait(reading)

    def acknowledge(self, account: str, seq: int) -> None:
        """Everything of the account up to this number is stored."""
        if self._process is not None:
            self._write(self._process, Outgoing("ack", account=account, seq=seq))

    async def close(self) -> None:
        """End it in order, within seconds."""
        self._stay()
        async with self._changing:
            await self._end_in_order()
        if self._unused is not None:
            await self._unused

    def _stay(self) -> None:
        """It is not ended for being unused."""
        if self._lingering is not None:
            self._lingering.cancel()
            self._lingering = None

    def _leave(self) -> None:
        """Nobody came."""
        self._lingering = None
        if self._unused is None or self._unused.done():
            self._unused = asyncio.create_task(self._end_unused(), name="whatsapp unused")

    async def _end_unused(self) -> None:
        async with self._changing:
            if not self._inlets:
                await self._end_in_order()

    async def _end_in_order(self) -> None:
        process = self._process
        if process is None:
            await asyncio.gather(*self._tasks, return_exceptions=True)
            return
        self._is_closing = True
        try:
            with contextlib.suppress(Exception):
                self._write(process, Outgoing("bye"))
                async with asyncio.timeout(_BYE_S):
                    await process.wait()
        finally:  # also when a server that ends waits no longer: one that hangs would stay behind
            await self._end(process)
            self._is_closing = False

    def _write(self, process: asyncio.subprocess.Process, line: Outgoing) -> None:
        assert process.stdin is not None
        process.stdin.write(write_line(line))

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        why = "it ended"
        try:
            while text := await process.stdout.readline():
                self._take(read_line(text))
        except (msgspec.DecodeError, msgspec.ValidationError):
            why = "it wrote what is no line of ours"
        except (ValueError, OverflowError):
            why = "it wrote too much"
        if not self._is_closing:
            log.warning("WhatsApp's side process is gone: %s", why)
        await self._gone(process)

    def _take(self, line: Incoming) -> None:
        if line.kind in ("event", "state"):
            inlet = self._inlets.get(line.account)
            if inlet is not None:
                if inlet.lines.qsize() >= _MOST_WAITING:
                    raise OverflowError
                inlet.lines.put_nowait(line)
        elif line.kind in ("result", "error"):
            answer = self._calls.get(line.id)
            if answer is not None and not answer.done():
                if line.kind == "result":
                    answer.set_result(line.value)
                else:
                    answer.set_exception(CallFailed(line))
        elif line.kind == "ping":
            self._pong.set()
        elif line.kind == "fault":
            log.warning("WhatsApp's side process had an error of its own")
        elif line.kind not in ("ready", "bye"):
            raise ValueError

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        while True:
            self._pong.clear()
            with contextlib.suppress(ConnectionError):
                self._write(process, Outgoing("ping", id=0))
            await asyncio.sleep(self._ping_s)
            if not self._pong.is_set():
                log.warning("WhatsApp's side process fell silent and is ended")
                _kill(process)
                return

    async def _gone(self, process: asyncio.subprocess.Process) -> None:
        """It died by itself, or is made to."""
        if self._process is process:
            self._forget()
        await _end_now(process)

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        tasks, self._tasks = self._tasks, []
        self._forget()
        _kill(process)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await process.wait()
        _let_go(process)

    def _forget(self) -> None:
        self._process = None
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()
        lost = NetworkFailed("WhatsApp's side process ended in the middle of it; it is started again by itself.")
        for answer in self._calls.values():
            if not answer.done():
                answer.set_exception(lost)
        for inlet in self._inlets.values():
            inlet.lines.put_nowait(None)


async def _ready(process: asyncio.subprocess.Process) -> None:
    """Wait for its first word. Where that does not come, or nobody waits any more, it is ended."""
    assert process.stdout is not None
    try:
        async with asyncio.timeout(_START_S):
            said = read_line(await process.stdout.readline())
    except (msgspec.DecodeError, msgspec.ValidationError):
        said = Incoming(kind="garbage")
    except BaseException:
        await _end_now(process)
        raise
    if said.kind != "ready":
        await _end_now(process)
        raise EOFError


async def _end_now(process: asyncio.subprocess.Process) -> None:
    _kill(process)
    await process.wait()
    _let_go(process)


def _kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()


def _let_go(process: asyncio.subprocess.Process) -> None:
    """Close the pipes now, so that nothing is left to the garbage collector."""
    transport = getattr(process, "_transport", None)
    if transport is not None:
        transport.close()
