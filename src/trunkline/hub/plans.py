"""Plans: calls with their ids resolved, not yet run."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from trunkline.operations.backend import Act, Answer, Call
from trunkline.operations.declaration import Operation, route_of
from trunkline.operations.effects import Effect
from trunkline.operations.nature import nature_of

Run = Callable[[Call | None], Awaitable[Answer]]


@dataclass(frozen=True)
class HubPlan:
    """What would happen, and how to make it happen."""

    act: Act
    _run: Run

    async def run(self, call: Call | None) -> Answer:
        """Do it."""
        return await self._run(call)


def read_plan(operation: Operation[Any], run: Callable[[], Awaitable[Answer]], target: str | None = None) -> HubPlan:
    """A plan that reads."""

    async def read(_call: Call | None) -> Answer:
        return await run()

    return HubPlan(_act(operation, target, frozenset()), read)


def write_plan(
    operation: Operation[Any],
    run: Callable[[Call], Awaitable[Answer]],
    *,
    target: str | None,
    carries: frozenset[str] = frozenset(),
    new_people: int = 0,
) -> HubPlan:
    """A plan that writes: it needs its call."""

    async def write(call: Call | None) -> Answer:
        if call is None:
            raise TypeError("a write needs its call")
        return await run(call)

    return HubPlan(_act(operation, target, carries, new_people), write)


def _act(operation: Operation[Any], target: str | None, carries: frozenset[str], new_people: int = 0) -> Act:
    nature = nature_of(operation)
    return Act(
        kind=nature.kind,
        effect=Effect(route_of(type(operation)).effect),
        target=target,
        carries=carries,
        new_people=new_people,
        access=nature.access,
        bits=nature.bits,
    )
