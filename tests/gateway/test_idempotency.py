"""What the gate hands the backend of a write, and that asking twice sends once (security.md 6.2, R6, R7)."""

import pytest

from trunkline.gateway.caller import Reply, Surface
from trunkline.model.errors import IdempotencyMismatch, InvalidArgument, Throttled
from trunkline.operations.chats import ListAllChats, SendMessageInChat
from trunkline.operations.messages import PatchMessage
from trunkline.store import calls
from trunkline.store.engine import Transaction

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
