"""A network that does what the test says: each send meets the next step, and after the last one the sandbox itself."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from trunkline.contract.commands import Done, SendMessage
from trunkline.contract.events import HistoryPage
from trunkline.model.errors import NetworkFailed
from trunkline.networks.sandbox.abilities import ReadsHistory, Sends

LOST = "lost"
"""The network does it, and its answer is lost."""
Step = str | Exception | Callable[[], Awaitable[object]]
"""An exception is raised before the network hears of it. A function is awaited first; then the network does it."""


def script_sends(monkeypatch: pytest.MonkeyPatch, *steps: Step) -> list[SendMessage]:
    """Let the next sends, of any account, go like this. Gives a list of those that were asked for, as they come."""
    left, seen, original = list(steps), [], Sends.send

    async def send(self: Any, command: SendMessage, token: str) -> Done:
        seen.append(command)
        step = left.pop(0) if left else None
        if isinstance(step, Exception):
            raise step
        if callable(step):
            await step()
        done = await original(self, command, token)
        if step == LOST:
            raise NetworkFailed("The answer was lost.")
        return done

    monkeypatch.setattr(Sends, "send", send)
    return seen


def script_history(monkeypatch: pytest.MonkeyPatch, *steps: Step) -> None:
    """Let the next looks into a history go like this."""
    left, original = list(steps), ReadsHistory.history

    async def history(self: Any, chat: str, cursor: str | None, count: int) -> HistoryPage:
        step = left.pop(0) if left else None
        if isinstance(step, Exception):
            raise step
        if callable(step):
            await step()
        return await original(self, chat, cursor, count)

    monkeypatch.setattr(ReadsHistory, "history", history)
