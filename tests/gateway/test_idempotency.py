"""What the gate hands the backend of a write, and that asking twice sends once (security.md 6.2, R6, R7)."""

from typing import Any

import anyio
import pytest
from msgspec import json

from trunkline.gateway.caller import Reply, Surface
from trunkline.model.errors import (
    IdempotencyBusy,
    IdempotencyMismatch,
    InvalidArgument,
    NotAllowed,
    NotFound,
    Throttled,
)
from trunkline.operations.chats import ListAllChats, SendMessageInChat
from trunkline.operations.messages import PatchMessage
from trunkline.store import calls
from trunkline.store.engine import Transaction, Work

from .conftest import World
from .tenants import new_connection

HELLO = SendMessageInChat(chat_id="c", text="hello")


async def send(
    world: World,
    operation: SendMessageInChat | PatchMessage = HELLO,
    key: str | None = None,
    surface: Surface = "rest",
    pcid: str | None = None,
) -> Reply:
    """Send as me."""
    return await world.gate.answer(world.me.caller, operation, pcid=pcid, surface=surface, idempotency_key=key)


async def test_the_call_tells_who_what_and_until_when(world: World) -> None:
    await world.gate.answer(world.me.caller, HELLO, pcid=None, surface="cli", idempotency_key="k", wait_ms=5_000)
    (call,) = world.backend.asked
    assert (call.principal, call.key_id, call.surface, call.operation, call.target, call.idempotency_key) == (
        world.me.person,
        world.me.caller.key_id,
        "cli",
        "send_message_in_chat",
        "c",
        "k",
    )
    assert (call.at_ms, call.deadline_ms) == (world.clock.now, world.clock.now + 5_000)
    assert len(call.fingerprint) == 32


async def test_the_same_key_and_parameters_give_the_same_answer_and_send_once(world: World) -> None:
    first, second = await send(world, key="k"), await send(world, key="k")
    assert (second.body, second.call, second.replayed) == (first.body, first.call, True)
    assert not first.replayed
    assert world.backend.sent == [HELLO]


@pytest.mark.parametrize("changed", [SendMessageInChat(chat_id="c", text="hello!"), PatchMessage(message_id="c", text="hello")])
async def test_the_same_key_with_other_parameters_is_refused(world: World, changed: SendMessageInChat | PatchMessage) -> None:
    await send(world, key="k")
    with pytest.raises(IdempotencyMismatch):
        await send(world, changed, key="k")
    assert world.backend.sent == [HELLO]


async def test_the_same_key_on_another_connection_is_refused(world: World) -> None:
    await send(world, key="k")
    with pytest.raises(IdempotencyMismatch):
        await send(world, key="k", pcid=await new_connection(world.store, world.me))


async def test_keys_are_each_principals_own(world: World) -> None:
    await send(world, key="k")
    reply = await world.gate.answer(world.other.caller, HELLO, pcid=None, surface="rest", idempotency_key="k")
    assert not reply.replayed
    assert world.backend.sent == [HELLO, HELLO]


@pytest.mark.parametrize("key", ["", "x" * 256, "a\x00b", "\ud800"])
async def test_a_key_that_cannot_be_kept_is_refused(world: World, key: str) -> None:
    with pytest.raises(InvalidArgument, match="idempotency key"):
        await send(world, key=key)
    assert world.backend.asked == []


async def test_a_key_may_have_255_characters(world: World) -> None:
    await send(world, key="é" * 255)
    assert (await send(world, key="é" * 255)).replayed


async def test_a_key_on_a_read_changes_nothing(world: World) -> None:
    for _ in range(2):
        reply = await world.gate.answer(world.me.caller, ListAllChats(), pcid=None, surface="mcp", idempotency_key="k")
        assert reply.call is None
        assert not reply.replayed


async def test_a_cut_call_that_comes_back_without_a_key_is_the_same_call(world: World) -> None:
    """R7: a client of the newer MCP revision re-issues a cut call under a new id."""
    first = await send(world, surface="mcp")
    again = await send(world, surface="mcp")
    assert (again.call, again.replayed) == (first.call, True)
    assert world.backend.sent == [HELLO]


async def test_once_answered_the_same_text_is_meant_again(world: World) -> None:
    """R7: "ok" twice is two messages."""
    for _ in range(3):
        reply = await send(world, surface="mcp")
        assert reply.call is not None
        await world.gate.answered(reply.call)
    assert world.backend.sent == [HELLO] * 3


async def test_what_was_answered_is_over_before_that_is_written_down(world: World) -> None:
    """R7: who has the answer asks again at once, while its row says "not answered" still."""
    first = await send(world, surface="mcp")
    assert first.call is not None
    write, earlier, looked = world.store.db.write, calls.earlier, anyio.Event()

    async def write_later(work: Work[Any]) -> Any:
        await looked.wait()
        return await write(work)

    async def look(*of: Any) -> Any:
        found = await earlier(*of)
        looked.set()
        return found

    async with anyio.create_task_group() as tasks:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(world.store.db, "write", write_later)
            tasks.start_soon(world.gate.answered, first.call)
            await anyio.lowlevel.checkpoint()  # it is at the store, and does not come back before the row was looked at
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(calls, "earlier", look)
            again = await send(world, surface="mcp")
    assert (again.call != first.call, again.replayed) == (True, False)
    assert world.backend.sent == [HELLO] * 2


async def test_an_answered_refusal_of_the_network_is_no_answer_to_the_next_try(world: World) -> None:
    """Else whoever waits as told gets the old refusal for ten minutes."""
    world.backend.failure = Throttled(retry_after_ms=1_000)
    with pytest.raises(Throttled) as refused:
        await send(world, surface="mcp")
    assert refused.value.call is not None
    await world.gate.answered(refused.value.call)
    world.backend.failure = None
    assert not (await send(world, surface="mcp")).replayed


async def test_a_key_is_kept_for_seven_days(world: World) -> None:
    """R6. The hub's upkeep forgets calls by their age."""
    week_ms = 7 * 24 * 3600 * 1000

    async def forget(tx: Transaction) -> int:
        return await calls.forget(tx, world.clock.now - week_ms)

    await send(world, key="k")
    world.clock.now += week_ms
    assert await world.store.db.write(forget) == 0
    assert (await send(world, key="k")).replayed
    world.clock.now += 1
    assert await world.store.db.write(forget) == 1
    assert not (await send(world, key="k")).replayed


async def test_a_repeat_is_answered_before_anything_is_looked_up_anew(world: World) -> None:
    """What was done may have made its own ids unknown, or its time over: a deleted chat, an edit after its window."""
    first = await send(world, key="k")
    planned = len(world.backend.planned)
    world.backend.missing = NotFound()
    again = await send(world, key="k")
    assert (again.body, again.call, again.replayed) == (first.body, first.call, True)
    assert len(world.backend.planned) == planned
    with pytest.raises(NotFound):
        await send(world, key="another")
    with pytest.raises(IdempotencyMismatch):
        await send(world, SendMessageInChat(chat_id="c", text="hello!"), key="k")


async def test_a_cut_call_that_comes_back_is_answered_before_anything_is_looked_up_anew(world: World) -> None:
    first = await send(world, surface="mcp")
    world.backend.missing = NotFound()
    again = await send(world, surface="mcp")
    assert (again.body, again.replayed) == (first.body, True)


async def test_the_error_a_call_ended_with_is_its_answer_to_a_repeat(world: World) -> None:
    world.backend.failure = Throttled("Wait.", retry_after_ms=1_000)
    with pytest.raises(Throttled) as first:
        await send(world, key="k")
    world.backend.failure, world.backend.missing = None, NotFound()
    with pytest.raises(Throttled) as again:
        await send(world, key="k")
    assert (again.value.text, again.value.retry_after_ms, again.value.replayed) == ("Wait.", 1_000, True)
    assert again.value.call == first.value.call


async def test_a_repeat_of_a_call_that_still_runs_waits_for_it_when_its_ids_are_gone(world: World) -> None:
    """The first one deletes the chat: the second finds no chat, and the first is not done yet."""
    running, go_on = anyio.Event(), anyio.Event()
    bodies = []

    async def keep_running() -> None:
        running.set()
        await go_on.wait()

    world.backend.while_running = keep_running

    async def first() -> None:
        bodies.append((await send(world, key="k")).body)

    async def second() -> None:
        await running.wait()
        world.backend.missing = NotFound()
        with anyio.fail_after(30):
            bodies.append((await send(world, key="k")).body)

    async with anyio.create_task_group() as group:
        group.start_soon(first)
        group.start_soon(second)
        await running.wait()
        go_on.set()
    assert bodies[0] == bodies[1]
    assert world.backend.sent == [HELLO]


async def test_a_repeat_of_a_call_that_outlasts_it_is_told_so(world: World) -> None:
    async def keep_running() -> None:
        world.backend.missing = NotFound()
        with pytest.raises(IdempotencyBusy):
            await world.gate.answer(world.me.caller, HELLO, pcid=None, surface="rest", idempotency_key="k", wait_ms=0)

    world.backend.while_running = keep_running
    await send(world, key="k")
    assert world.backend.sent == [HELLO]


@pytest.mark.parametrize("change", [{"effects": ["read"]}, {"mode": "read_only"}, {"stopped": True}], ids=str)
async def test_what_the_connection_may_no_longer_do_is_not_repeated_either(world: World, change: dict[str, object]) -> None:
    await send(world, key="k")
    column, value = next(iter(change.items()))
    stored = json.encode(value).decode() if isinstance(value, list) else value

    async def narrow(tx: Transaction) -> None:
        await tx.run(f"UPDATE connection SET {column} = $1", int(stored) if stored is True else stored)

    await world.store.db.write(narrow)
    with pytest.raises(NotAllowed):
        await send(world, key="k")
    assert world.backend.sent == [HELLO]


async def test_a_chat_outside_the_connection_now_is_not_repeated_either(world: World) -> None:
    await send(world, key="k")

    async def narrow(tx: Transaction) -> None:
        await tx.run("UPDATE connection SET chats = $1", '["another"]')

    await world.store.db.write(narrow)
    with pytest.raises(NotFound):
        await send(world, key="k")
    assert world.backend.sent == [HELLO]
