"""A write that is asked for again: its answer is looked for before anything is looked up anew (security.md 6.2, R6 and R7).

Looked up first, the repeat of what was done would be refused: a deleted chat is not found, the time of an edit is over. What
the connection may do is judged as ever; only the ids are those of the first time.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trunkline.gateway.judge import View, decide
from trunkline.model.errors import IdempotencyBusy, TrunklineError
from trunkline.operations.backend import Act, Answer, Call
from trunkline.operations.declaration import Operation, route_of
from trunkline.operations.effects import Effect
from trunkline.operations.nature import nature_of
from trunkline.store import answers, audit, calls, grants
from trunkline.store.calls import CallRow
from trunkline.store.store import Store

LOOK_S = 0.1
"""How often a call that still runs is looked at."""


@dataclass(frozen=True)
class Repeat:
    """A write that may have been asked for before, and what its connection may do now."""

    store: Store
    call: Call
    operation: Operation[Any]
    view: View
    noting: Mapping[int, asyncio.Event]
    """The calls whose answer has left while that is being written down, by their numbers; set when it is written."""

    async def answer(self) -> Answer | None:
        """The answer of the earlier call, where that is settled; None: ask the backend, which knows what to do.

        Raises the error that it ended with, IdempotencyMismatch, and NotAllowed where a key or connection was stopped since.
        """
        earlier = await self._earlier()
        return await self._read(earlier) if earlier is not None and earlier.state in ("done", "failed") else None

    async def outcome(self) -> Answer | None:
        """The same for a call whose ids cannot be looked up any more, waiting for one that still runs; None: there is none.

        Raises IdempotencyBusy when it outlasts the caller, and what `answer` raises.
        """
        while (earlier := await self._earlier()) is not None:
            if earlier.answer is not None:
                return await self._read(earlier)
            if self.store.clock() >= self.call.deadline_ms:
                raise IdempotencyBusy
            await asyncio.sleep(LOOK_S)
        return None

    async def _earlier(self) -> CallRow | None:
        """The call that this one repeats. Whose answer has just left has to be written down first: asked for again without a
        key, it is meant again."""
        while True:
            earlier = await calls.earlier(self.store.db, self.call)
            noted = self.noting.get(earlier.no) if earlier is not None and self.call.idempotency_key is None else None
            if noted is None:
                return earlier
            await noted.wait()

    async def _read(self, earlier: CallRow) -> Answer | None:
        if earlier.answer is None or not await self._may(earlier):
            return None
        await grants.check(self.store.db, self.call.connection, self.call.key_id)
        try:
            return Answer(answers.read(earlier.answer), call=earlier.no, replayed=True)
        except TrunklineError as error:
            error.call, error.replayed = earlier.no, True
            raise

    async def _may(self, earlier: CallRow) -> bool:
        """Whether the connection may still do it, where it was done."""
        nature = nature_of(self.operation)
        effect = Effect(route_of(type(self.operation)).effect)
        target = await audit.target_of(self.store.db, earlier.no)
        return decide(Act(nature.kind, effect, target=target, access=nature.access), self.view).word == "allow"
