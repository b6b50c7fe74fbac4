"""A backend for tests of the gate: notes what it is asked, puts writes on the books, answers as it is told."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from msgspec import Raw, json

from trunkline.model.errors import TrunklineError
from trunkline.operations.backend import Act, Answer, Call, Page, Scope
from trunkline.operations.declaration import Operation, is_list, name_of, result_of
from trunkline.operations.nature import nature_of
from trunkline.store import answers, calls
from trunkline.store.calls import Begun, CallState
from trunkline.store.engine import Transaction
from trunkline.store.store import Store

Run = Callable[[Call | None], Awaitable[Answer]]


@dataclass(frozen=True)
class Planned:
    """One call as the backend got it."""

    operation: Operation[Any]
    scope: Scope
    position: str | None


@dataclass(frozen=True)
class FakePlan:
    """A plan of it."""

    act: Act
    answer: Run

    async def run(self, call: Call | None) -> Answer:
        return await self.answer(call)


@dataclass
class FakeBackend:
    """Answers every list with `items` and `position`, everything else with an object of its own."""

    store: Store
    items: bytes = b"[]"
    position: str | None = None
    missing: TrunklineError | None = None
    """Raised by plan."""
    failure: TrunklineError | None = None
    """What writes end with."""
    carries: frozenset[str] = frozenset()
    target: str | None = None
    planned: list[Planned] = field(default_factory=list)
    asked: list[Call] = field(default_factory=list)
    sent: list[Operation[Any]] = field(default_factory=list)
    """The writes that went out, once each."""
    before_writing: Callable[[], Awaitable[object]] | None = None
    """Happens between the verdict and the transaction."""
    while_running: Callable[[], Awaitable[object]] | None = None
    """Happens while a write is on the books and not answered."""

    async def plan(self, operation: Operation[Any], scope: Scope, position: str | None) -> FakePlan:
        self.planned.append(Planned(operation, scope, position))
        if self.missing is not None:
            raise self.missing
        nature = nature_of(operation)
        act = Act(
            kind=nature.kind,
            effect=operation.route.effect,
            target=self.target or getattr(operation, "chat_id", None),
            carries=self.carries,
            access=nature.access,
            bits=nature.bits,
        )

        async def answer(call: Call | None) -> Answer:
            return await (self._read(operation) if call is None else self._write(operation, call))

        return FakePlan(act, answer)

    async def _read(self, operation: Operation[Any]) -> Answer:
        if is_list(type(operation)):
            return Answer(Page(result_of(type(operation)).__name__, self.items, self.position))
        return Answer(json.encode({"object": name_of(type(operation))}))

    async def _write(self, operation: Operation[Any], call: Call) -> Answer:
        self.asked.append(call)
        if self.before_writing is not None:
            await self.before_writing()

        async def begin(tx: Transaction) -> Begun:
            return await calls.begin(tx, call)

        begun = await self.store.db.write(begin)
        if begun.earlier is not None:
            assert begun.earlier.answer is not None
            return Answer(answers.read(begun.earlier.answer), call=begun.no, replayed=True)
        self.sent.append(operation)
        if self.while_running is not None:
            await self.while_running()
        body = b'{"object":"done","call":%d}' % begun.no
        if self.failure is not None:
            await self._finish(begun.no, "failed", answers.of_error(self.failure))
            self.failure.call = begun.no
            raise self.failure
        await self._finish(begun.no, "done", answers.of_result(Raw(body)))
        return Answer(body, call=begun.no)

    async def _finish(self, no: int, state: CallState, body: bytes) -> None:
        async def work(tx: Transaction) -> None:
            await calls.finish(tx, no, state, body)

        await self.store.db.write(work)
