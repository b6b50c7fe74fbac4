"""Carrying out writes: on the books before anything leaves, the answer on the books before the caller has it.

A write runs to its end whether its caller waits or not. What is asked for in one chat goes out one after the other, so that a
message can be told from an equal one. A write whose answer was lost holds its chat while it is looked for; what is still not
found at the caller's deadline ends `unknown` and is looked for on, also after a restart (FOLLOW_S).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from trunkline.model.errors import NotFound, NotReached, StoreUnavailable, TrunklineError
from trunkline.operations.backend import Answer, Call
from trunkline.operations.chats import StartNewChat
from trunkline.operations.declaration import Operation, result_of, route_of
from trunkline.operations.lenient import read_leniently
from trunkline.operations.wire import Request, read_result
from trunkline.store import answers, calls, remote_writes
from trunkline.store.calls import Begun, CallState
from trunkline.store.engine import Transaction
from trunkline.store.remote_writes import RemoteWrite
from trunkline.store.store import Store
from trunkline.unipile.form import form_of
from trunkline.unipile.http import Sleep, Unclear
from trunkline.unipile.line import Line, missing_of
from trunkline.unipile.plans import Aim
from trunkline.unipile.quirks import request_of, second_path
from trunkline.unipile.unclear import Found, content_of, look, not_known, people_of, result_for

log = logging.getLogger(__name__)

LOOK_S = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Pauses before each look for a message while its caller waits."""
FOLLOW_S = (3.0, 6.0, 15.0, 30.0, 60.0, 300.0, 900.0, 1800.0)
"""Pauses before each later look. After the last one a write stays unknown until its call is repeated or a person settles it."""
LOOKS_KEPT_MS = 3_000
"""Of a caller's time, at most so much is kept for looking for its message."""
CLOSING_S = 2.0

NewLine = Callable[[int], Awaitable[Line | None]]
"""Gives the line of a connection by its number, None when it does not stand any more."""


@dataclass(frozen=True)
class Job:
    """What is to be carried out."""

    line: Line
    operation: Operation[Any]
    aim: Aim

    @property
    def target(self) -> str | None:
        """The chat, or the account of a chat still to be made."""
        return self.operation.account_id if isinstance(self.operation, StartNewChat) else self.aim.target


class Writer:
    """Carries out writes. `start` first, `close` last."""

    def __init__(self, store: Store, new_line: NewLine, sleep: Sleep = asyncio.sleep):
        self._store = store
        self._new_line = new_line
        self._sleep = sleep
        self._running: dict[int, asyncio.Task[None]] = {}
        self._following: dict[int, asyncio.Task[None]] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def start(self) -> None:
        """Writes that were running when the last process ended are unknown; what can be found out about them is."""
        for write in await remote_writes.still_open(self._store.db):
            call = await calls.by_no(self._store.db, write.call_no)
            if call is not None and call.state == "running":
                await self._book(write, "unknown", answers.of_error(not_known(write, Unclear())))
            self._follow(write)

    async def close(self) -> None:
        """Let what runs come to its end for a moment; the rest is unknown at the next start."""
        if self._running:
            await asyncio.wait(self._running.values(), timeout=CLOSING_S)
        tasks = [*self._running.values(), *self._following.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def carry_out(self, job: Job, call: Call) -> Answer:
        """Do it, or give the answer of the call that this one repeats. Raises its error, or OutcomeUnknown at the deadline."""

        async def work(tx: Transaction) -> tuple[Begun, RemoteWrite]:
            begun = await calls.begin(tx, call)
            write = self._write_of(job, begun.no, call)
            if begun.earlier is None:
                await remote_writes.put(tx, write)
            return begun, write

        begun, write = await self._store.db.write(work)
        if begun.earlier is None:
            self._run(write, job, call.deadline_ms)
        elif begun.earlier.state == "unknown":
            await self._look_again(begun.no, call.deadline_ms)
        return await self._outcome(write, call.deadline_ms, replayed=begun.earlier is not None)

    def _write_of(self, job: Job, call_no: int, call: Call) -> RemoteWrite:
        seal, operation = self._store.seal, job.operation
        return RemoteWrite(
            call_no=call_no,
            connection=call.connection,
            target=job.target,
            people=people_of(seal, operation.attendees_ids) if isinstance(operation, StartNewChat) else None,
            content=content_of(seal, job.aim.text, job.aim.files),
            at=call.at_ms,
        )

    def _run(self, write: RemoteWrite, job: Job, deadline_ms: int) -> None:
        self._spawn(self._running, write.call_no, self._do(write, job, deadline_ms))

    def _follow(self, write: RemoteWrite) -> None:
        self._spawn(self._following, write.call_no, self._look_on(write))

    @staticmethod
    def _spawn(tasks: dict[int, asyncio.Task[None]], number: int, work: Coroutine[Any, Any, None]) -> None:
        def ended(task: asyncio.Task[None]) -> None:
            tasks.pop(number, None)
            if not task.cancelled() and (error := task.exception()) is not None:
                log.error("call %d stays open until the next start: %s", number, type(error).__name__)

        tasks[number] = asyncio.create_task(work)
        tasks[number].add_done_callback(ended)

    async def _outcome(self, write: RemoteWrite, deadline_ms: int, *, replayed: bool) -> Answer:
        """What the books say, once the work is done or the caller's time is over."""
        task = self._running.get(write.call_no)
        if task is not None:
            await asyncio.wait({task}, timeout=max((deadline_ms - self._store.clock()) / 1000, 0.0))
        row = await calls.by_no(self._store.db, write.call_no)
        try:
            if row is None or row.answer is None:
                raise not_known(write, Unclear())
            return Answer(answers.read(row.answer), call=write.call_no, replayed=replayed)
        except TrunklineError as error:
            error.call, error.replayed = write.call_no, replayed
            raise

    async def _do(self, write: RemoteWrite, job: Job, deadline_ms: int) -> None:
        """Send, and put what came of it on the books."""
        turn = self._turn(write)
        try:
            async with asyncio.timeout(self._left_s(deadline_ms)):
                await turn.acquire()
        except TimeoutError:
            await self._book(write, "failed", answers.of_error(_never_began()))
            return
        try:
            await self._send(write, job, deadline_ms)
        except (StoreUnavailable, OSError) as error:
            # What was done is done, and cannot be noted: the row stays open, and the next start finds out.
            log.error("the outcome of call %d could not be noted: %s", write.call_no, type(error).__name__)
        finally:
            turn.release()

    async def _send(self, write: RemoteWrite, job: Job, deadline_ms: int) -> None:
        kept_ms = min(LOOKS_KEPT_MS, (deadline_ms - self._store.clock()) // 5)
        try:
            result = await _ask(job, deadline_ms - kept_ms)
        except Unclear as lost:
            found = await self._look_for(job.line, write, deadline_ms)
            if found is None or not await self._settle(write, found):
                await self._book(write, "unknown", answers.of_error(not_known(write, lost)))
                self._follow(write)
            return
        except TrunklineError as error:
            await self._book(write, "failed", answers.of_error(error))
            return
        message_id = getattr(result, "message_id", "")
        if message_id is None and write.content is not None:
            found = await self._look_for(job.line, write, deadline_ms)
            if found is not None and await self._settle(write, found):
                return
        await self._book(write, "done", answers.of_result(result), message_id or None)

    async def _look_for(self, line: Line, write: RemoteWrite, deadline_ms: int) -> Found | None:
        """Look again and again, until the caller's time is over."""
        if write.content is None:
            return None
        for pause in LOOK_S:
            if self._store.clock() + pause * 1000 >= deadline_ms:
                break
            await self._sleep(pause)
            try:
                found = await look(self._store, line, write, deadline_ms)
            except TrunklineError:
                continue
            if found is not None:
                return found
        return None

    async def _look_on(self, write: RemoteWrite) -> None:
        """Look later, less and less often; then leave it unknown, for a person to settle."""
        if write.content is None:
            return
        for pause in FOLLOW_S:
            await self._sleep(pause)
            if await remote_writes.by_call(self._store.db, write.call_no) is None or await self._look_once(write):
                return

    async def _look_again(self, call_no: int, deadline_ms: int) -> None:
        """An unknown write is asked for again: the best moment to look whether it can be seen now."""
        write = await remote_writes.by_call(self._store.db, call_no)
        if write is None:
            return
        try:
            async with asyncio.timeout(self._left_s(deadline_ms)):
                await self._look_once(write)
        except TimeoutError:
            return

    async def _look_once(self, write: RemoteWrite) -> bool:
        """Whether the write is settled now."""
        line = await self._new_line(write.connection)
        if line is None:
            return False
        async with self._turn(write):
            try:
                found = await look(self._store, line, write, self._store.clock() + line.wait_ms)
                return found is not None and await self._settle(write, found)
            except TrunklineError as error:
                log.info("call %d could not be looked for: %s", write.call_no, type(error).__name__)
                return False

    async def _settle(self, write: RemoteWrite, found: Found) -> bool:
        """Put on the books that it was done after all; False when the message is another write's."""

        async def work(tx: Transaction) -> bool:
            operation = await calls.operation_of(tx, write.call_no)
            if operation is None or not await remote_writes.claim(tx, write, found.message_id):
                return False
            await calls.finish(tx, write.call_no, "done", answers.of_result(result_for(operation, found)))
            return True

        return await self._store.db.write(work)

    async def _book(self, write: RemoteWrite, state: CallState, answer: bytes, message_id: str | None = None) -> None:
        """Put the outcome on the books. An unknown one stays open."""

        async def work(tx: Transaction) -> None:
            await calls.finish(tx, write.call_no, state, answer)
            if message_id is not None:
                await remote_writes.claim(tx, write, message_id)
            if state != "unknown":
                await remote_writes.close(tx, write.call_no)

        await self._store.db.write(work)

    def _turn(self, write: RemoteWrite) -> asyncio.Lock:
        """Held by whoever writes in a chat, or looks what was written there."""
        name = f"{write.connection} {write.target}"
        turn = self._turns.get(name)
        if turn is None:
            turn = self._turns[name] = asyncio.Lock()
        return turn

    def _left_s(self, deadline_ms: int) -> float:
        return max((deadline_ms - self._store.clock()) / 1000, 0.0)


async def _ask(job: Job, deadline_ms: int) -> Any:
    """Send, and read what came back. Raises TrunklineError; Unclear when it may have been done."""
    operation = job.operation
    request = request_of(operation)
    try:
        body = await _once(job, request, deadline_ms)
    except NotFound as first:
        second = second_path(operation)
        if second is None:
            raise
        try:
            body = await _once(job, Request(method=request.method, path=second, body=request.body), deadline_ms)
        except TrunklineError:
            raise first from None
    if not body.strip() and not hasattr(result_of(type(operation)), "message_id"):
        return read_leniently(result_of(type(operation)), {})  # any 2xx is a yes (unipile-v1 7.12)
    try:
        return read_result(type(operation), body)
    except ValueError:
        raise Unclear from None  # something in between may have said yes


async def _once(job: Job, request: Request, deadline_ms: int) -> bytes:
    is_form = route_of(type(job.operation)).form
    return await job.line.http.ask(
        job.line.remote,
        request,
        deadline_ms=deadline_ms,
        missing=missing_of(job.operation),
        form=form_of(job.operation, request.body or {}) if is_form else None,
    )


def _never_began() -> NotReached:
    return NotReached(
        "Earlier writes of this chat were still on their way. Nothing was sent; repeat the call later, under a new idempotency"
        " key if it had one."
    )
