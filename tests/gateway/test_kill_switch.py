"""Stopping and revoking bite at once: also between the verdict and the transaction that begins the call (security.md 4.6)."""

from collections.abc import Callable
from typing import Any

import pytest

from trunkline.model.errors import NotAllowed
from trunkline.operations.administration import RevokeConnection, RevokeKey, StopConnection, StopKey
from trunkline.operations.backend import Call
from trunkline.operations.chats import SendMessageInChat
from trunkline.operations.declaration import Operation
from trunkline.store import calls, grants
from trunkline.store.calls import CallRow
from trunkline.store.engine import Reader

from .conftest import World
from .wire import asked

HELLO = SendMessageInChat(chat_id="c", text="hello")

SWITCHES: list[Callable[[World], Operation[Any]]] = [
    lambda world: StopConnection(pcid=world.me.pcid),
    lambda world: RevokeConnection(pcid=world.me.pcid),
    lambda world: StopKey(key_id=world.me.caller.key_id or ""),
    lambda world: RevokeKey(key_id=world.me.caller.key_id or ""),
]


@pytest.mark.parametrize("switch", SWITCHES, ids=["stop connection", "revoke connection", "stop key", "revoke key"])
async def test_a_call_that_was_judged_already_still_sends_nothing(
    world: World, switch: Callable[[World], Operation[Any]]
) -> None:
    world.backend.before_writing = lambda: asked(world, switch(world))
    with pytest.raises(NotAllowed, match="stopped or revoked"):
        await world.gate.answer(world.me.caller, HELLO, pcid=None, surface="mcp")
    assert world.backend.sent == []


@pytest.mark.parametrize("switch", SWITCHES, ids=["stop connection", "revoke connection", "stop key", "revoke key"])
async def test_what_was_stopped_does_not_even_repeat_an_earlier_answer(
    world: World, switch: Callable[[World], Operation[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped after the caller was let in and its connection looked up: at the last moment before the answer is read."""
    await world.gate.answer(world.me.caller, HELLO, pcid=None, surface="mcp", idempotency_key="k")
    look = calls.earlier

    async def stop_then_look(reader: Reader, call: Call) -> CallRow | None:
        monkeypatch.setattr(calls, "earlier", look)
        await asked(world, switch(world))
        return await look(reader, call)

    monkeypatch.setattr(calls, "earlier", stop_then_look)
    with pytest.raises(NotAllowed, match="stopped or revoked"):
        await world.gate.answer(world.me.caller, HELLO, pcid=None, surface="mcp", idempotency_key="k")


async def test_a_call_of_the_local_user_has_no_key_to_stop(world: World) -> None:
    await world.gate.answer(world.admin, HELLO, pcid=None, surface="cli")
    assert world.backend.sent == [HELLO]


async def test_whoever_claims_a_send_can_ask_again(world: World) -> None:
    key_id = world.me.caller.key_id
    assert await grants.still_hold(world.store.db, 1, key_id)
    assert not await grants.still_hold(world.store.db, 99, key_id)
    assert not await grants.still_hold(world.store.db, 1, "unknown")
    await asked(world, StopKey(key_id=key_id or ""))
    assert not await grants.still_hold(world.store.db, 1, key_id)
    assert await grants.still_hold(world.store.db, 1, None)
    await asked(world, StopConnection(pcid=world.me.pcid))
    assert not await grants.still_hold(world.store.db, 1, None)
