"""What a refused write says, and that nothing happened."""

from typing import Any

import pytest

from trunkline.model.connection import Grant, Mode
from trunkline.model.errors import MissingArgument, NotAllowed, NotFound
from trunkline.operations.administration import StopConnection
from trunkline.operations.chats import DeleteChat, GetChat, ListAllChats, PatchChat, SendMessageInChat, StartNewChat
from trunkline.operations.declaration import Operation
from trunkline.operations.effects import Effect
from trunkline.operations.messages import AddReaction, DeleteMessage, ForwardMessage, PatchMessage
from trunkline.operations.missing import no_such_chat, not_found

from .conftest import World
from .tenants import new_connection
from .wire import asked

WRITES: tuple[Operation[Any], ...] = (
    AddReaction(message_id="m", reaction="👍"),
    DeleteChat(chat_id="c"),
    DeleteMessage(message_id="m"),
    ForwardMessage(message_id="m", chat_id="c"),
    PatchChat(chat_id="c", action="setMuteStatus", value=True),
    PatchMessage(message_id="m", text="t"),
    SendMessageInChat(chat_id="c", text="t"),
    StartNewChat(account_id="a", attendees_ids=("p",), text="t"),
)


async def refused(world: World, operation: Operation[Any], pcid: str) -> str:
    """The words of the refusal, after looking that nothing was written."""
    with pytest.raises(NotAllowed) as error:
        await world.gate.answer(world.me.caller, operation, pcid=pcid, surface="mcp")
    assert world.backend.asked == []
    return error.value.text


@pytest.mark.parametrize("operation", WRITES)
async def test_a_guarded_connection_refuses_a_write_and_names_its_effect_alone(world: World, operation: Operation[Any]) -> None:
    pcid = await new_connection(world.store, world.me, mode="guarded")
    text = await refused(world, operation, pcid)
    assert f"`trunkline connection allow {pcid} {operation.route.effect} --open`" in text
    assert "Nothing was done" in text


@pytest.mark.parametrize("operation", WRITES)
async def test_a_read_only_connection_refuses_every_write(world: World, operation: Operation[Any]) -> None:
    pcid = await new_connection(world.store, world.me, mode="read_only")
    assert "read-only" in await refused(world, operation, pcid)


@pytest.mark.parametrize("operation", WRITES)
async def test_a_write_without_its_effect_is_refused_with_the_effect(world: World, operation: Operation[Any]) -> None:
    effect = operation.route.effect
    others: list[Grant] = [each for each in ("read", "send", "change", "destroy") if each != effect]
    pcid = await new_connection(world.store, world.me, effects=others)
    assert f"trunkline connection allow {pcid} {effect}" in await refused(world, operation, pcid)


@pytest.mark.parametrize("mode", ["guarded", "read_only"])
async def test_reading_goes_on_in_every_mode(world: World, mode: Mode) -> None:
    pcid = await new_connection(world.store, world.me, mode=mode)
    reply = await world.gate.answer(world.me.caller, ListAllChats(), pcid=pcid, surface="mcp")
    assert reply.body == b'{"object":"ChatList","items":[],"cursor":null}'


async def test_a_stopped_connection_reads_on_and_says_how_it_may_write_again(world: World) -> None:
    await asked(world, StopConnection(pcid=world.me.pcid))
    text = await refused(world, SendMessageInChat(chat_id="c", text="t"), world.me.pcid)
    assert f"`trunkline connection start {world.me.pcid}`" in text
    await world.gate.answer(world.me.caller, ListAllChats(), pcid=world.me.pcid, surface="mcp")
    await asked(world, StopConnection(pcid=world.me.pcid, stopped=False))
    await world.gate.answer(world.me.caller, SendMessageInChat(chat_id="c", text="t"), pcid=world.me.pcid, surface="mcp")


async def test_what_lies_outside_a_limited_connection_is_not_found_in_the_usual_words(world: World) -> None:
    pcid = await new_connection(world.store, world.me, chats=["A"])
    for operation, parameter, value in (
        (GetChat(chat_id="B"), "chat_id", "B"),
        (SendMessageInChat(chat_id="B", text="t"), "chat_id", "B"),
        (DeleteChat(chat_id="B"), "chat_id", "B"),
        (ForwardMessage(message_id="m", chat_id="B"), "chat_id", "B"),
    ):
        with pytest.raises(NotFound) as missing:
            await world.gate.answer(world.me.caller, operation, pcid=pcid, surface="mcp")
        expected = no_such_chat(operation) if isinstance(operation, GetChat) else not_found(parameter, value)
        assert missing.value.text == expected.text
    world.backend.carries = frozenset({"B"})
    with pytest.raises(NotFound) as missing:
        await world.gate.answer(world.me.caller, ForwardMessage(message_id="m", chat_id="A"), pcid=pcid, surface="mcp")
    assert missing.value.text == not_found("message_id", "m").text


async def test_a_call_that_names_no_connection_is_told_how_to(world: World) -> None:
    caller = world.me.caller
    without = type(caller)(caller.principal, caller.key_id, caller.is_admin, default_pcid=None)
    with pytest.raises(MissingArgument, match="Trunkline-PCID"):
        await world.gate.answer(without, ListAllChats(), pcid=None, surface="rest")


async def test_the_backend_learns_what_the_connection_reaches(world: World) -> None:
    pcid = await new_connection(world.store, world.me, chats=["A"])
    await world.gate.answer(world.me.caller, ListAllChats(), pcid=pcid, surface="mcp")
    scope = world.backend.planned[-1].scope
    assert (scope.owner, scope.roads, scope.accounts, scope.chats) == (
        world.me.person,
        frozenset({"playground"}),
        None,
        frozenset({"A"}),
    )


def test_the_writes_here_are_all_the_writes() -> None:
    """S23, at the level of the gate: a new write is tried in every mode."""
    assert {type(each).route.effect for each in WRITES} == {Effect.SEND, Effect.CHANGE, Effect.DESTROY}
    assert len({type(each) for each in WRITES}) == 8
