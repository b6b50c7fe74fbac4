"""Every call leaves a row: reads through the buffer, writes with their effect, acts on grants with the change."""

from typing import Any

import anyio
import pytest

from trunkline.gateway.gate import Gate
from trunkline.model.errors import NotAllowed, NotFound, StoreUnavailable, Throttled
from trunkline.operations.administration import AllowConnection, ControlNetwork, CreateKey, ListAudit, StopConnection
from trunkline.operations.chats import GetChat, ListAllChats, SendMessageInChat
from trunkline.operations.declaration import Operation
from trunkline.store.engine import Transaction, Work

from .conftest import World, new_gate
from .tenants import new_connection
from .wire import asked

HELLO = SendMessageInChat(chat_id="c", text="hello")


async def rows(world: World, **filters: Any) -> list[dict[str, Any]]:
    """The audit without the reading of it, oldest first, without sequence and time."""
    page = await asked(world, ListAudit(**filters))
    kept = [row for row in page["items"] if row["operation"] != "list_audit"]
    return [{name: value for name, value in row.items() if name not in ("object", "sequence", "at")} for row in kept[::-1]]


def row(world: World, operation: str, **other: Any) -> dict[str, Any]:
    """A row of mine."""
    return {
        "principal": "ada",
        "key_id": world.me.caller.key_id,
        "connection": 1,
        "surface": "mcp",
        "operation": operation,
        "target": None,
        "verdict": "allow",
        "reasons": [],
        "outcome": "ok",
    } | other


async def ask(world: World, operation: Operation[Any], pcid: str | None = None) -> None:
    """As me, over MCP."""
    await world.gate.answer(world.me.caller, operation, pcid=pcid, surface="mcp")


async def test_reads_writes_and_refusals_leave_a_row_each(world: World) -> None:
    guarded = await new_connection(world.store, world.me, mode="guarded")
    await ask(world, ListAllChats())
    await ask(world, GetChat(chat_id="c"))
    await ask(world, HELLO)
    with pytest.raises(NotAllowed):
        await ask(world, HELLO, guarded)
    with pytest.raises(NotFound):
        await ask(world, HELLO, world.other.pcid)
    world.backend.failure = Throttled()
    with pytest.raises(Throttled):
        await ask(world, SendMessageInChat(chat_id="c", text="once more"))
    refused = {"verdict": "refuse", "outcome": "errors/insufficient_permissions", "connection": 3, "reasons": ["guarded"]}
    missing = {"verdict": "refuse", "outcome": "errors/resource_not_found", "connection": None}
    found = await rows(world)
    assert sorted(found, key=str) == sorted(
        [
            row(world, "list_all_chats"),
            row(world, "get_chat", target="c"),
            row(world, "send_message_in_chat", target="c"),
            row(world, "send_message_in_chat", target="c", **refused),
            row(world, "send_message_in_chat", **missing),
            row(world, "send_message_in_chat", target="c", outcome="errors/too_many_requests"),
        ],
        key=str,
    )


async def test_a_repeated_call_leaves_a_row_of_its_own(world: World) -> None:
    for _ in range(2):
        await world.gate.answer(world.me.caller, HELLO, pcid=None, surface="mcp", idempotency_key="k")
    assert [each["outcome"] for each in await rows(world)] == ["ok", "replayed"]


async def test_acts_on_grants_say_what_was_changed(world: World) -> None:
    made = await asked(world, CreateKey(name="bot", principal="bot"))
    await asked(world, AllowConnection(pcid=world.me.pcid, effects=("send", "read"), mode="guarded"))
    await asked(world, StopConnection(pcid=world.me.pcid))
    local = {"key_id": None, "surface": "rest"}
    assert await rows(world) == [
        row(world, "create_key", connection=None, target=made["key"]["id"], reasons=["not admin"], **local),
        row(world, "allow_connection", reasons=["effects read,send", "mode guarded"], **local),
        row(world, "stop_connection", reasons=["effects read,send", "mode guarded", "stopped"], **local),
    ]


async def test_an_act_of_the_hub_is_on_the_books_before_it_is_done(world: World) -> None:
    world.backend.missing = None
    operation = ControlNetwork(road="playground", name="clock", values={})
    await asked(world, operation)
    outcomes = [(each["reasons"], each["outcome"]) for each in await rows(world)]
    assert outcomes == [(["begun"], "running"), ([], "ok")]


async def test_the_audit_can_be_searched_and_paged(world: World) -> None:
    await ask(world, ListAllChats())
    world.clock.now += 1_000
    await ask(world, GetChat(chat_id="c"))
    await world.gate.answer(world.other.caller, GetChat(chat_id="x"), pcid=None, surface="mcp")
    assert [each["target"] for each in await rows(world, operation="get_chat")] == ["c", "x"]
    assert [each["target"] for each in await rows(world, principal="grace")] == ["x"]
    assert [each["target"] for each in await rows(world, operation="get_chat", principal="ada")] == ["c"]
    assert [each["operation"] for each in await rows(world, before="2026-09-21T14:13:21.000Z")] == ["list_all_chats"]
    assert [each["operation"] for each in await rows(world, after="2026-09-21T14:13:20.000Z")] == ["get_chat"] * 2
    with pytest.raises(NotFound):
        await rows(world, principal="nobody")


async def test_the_audit_holds_no_text_no_pcid_and_no_key(world: World) -> None:
    await ask(world, SendMessageInChat(chat_id="c", text="a private text"))
    with pytest.raises(NotFound):
        await ask(world, ListAllChats(), world.other.pcid)
    whole = str(await world.store.db.fetch("SELECT * FROM audit"))
    for secret in ("private", world.me.pcid, world.other.pcid, world.me.api_key, world.me.api_key[-43:]):
        assert secret not in whole


async def test_equal_arguments_have_equal_hashes_that_only_we_can_make(world: World) -> None:
    for chat_id in ("a", "a", "b"):
        await ask(world, GetChat(chat_id=chat_id))
    await asked(world, ListAudit())
    first, second, third = (row[0] for row in await world.store.db.fetch("SELECT arguments FROM audit ORDER BY seq LIMIT 3"))
    assert first == second != third
    assert len(first) == 32


async def test_rows_are_written_within_a_moment_and_at_the_end(world: World) -> None:
    await ask(world, ListAllChats())
    with anyio.fail_after(30):
        while not await world.store.db.fetch("SELECT 1 FROM audit"):
            await anyio.lowlevel.checkpoint()
    await ask(world, GetChat(chat_id="c"))
    await world.gate.close()
    assert len(await world.store.db.fetch("SELECT 1 FROM audit")) == 2


async def test_the_order_of_calls_is_the_order_of_rows(world: World) -> None:
    for number in range(300):
        await ask(world, GetChat(chat_id=str(number)))
    await world.gate.close()
    targets = [each[0] for each in await world.store.db.fetch("SELECT target FROM audit ORDER BY seq")]
    assert targets == [str(number) for number in range(300)]


async def test_a_call_whose_caller_went_away_leaves_a_row(world: World) -> None:
    waiting = anyio.Event()

    async def wait() -> None:
        waiting.set()
        await anyio.sleep_forever()

    world.backend.before_writing = wait
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask, world, HELLO)
        await waiting.wait()
        tasks.cancel_scope.cancel()
    assert [each["outcome"] for each in await rows(world)] == ["cancelled"]


class Refusing:
    """A database whose disk can be made to refuse."""

    def __init__(self, inner: Any):
        self._inner = inner
        self.refuses = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def write(self, work: Work[Any]) -> Any:
        """Write, unless the disk refuses."""
        if self.refuses:
            raise StoreUnavailable

        async def passed_on(tx: Transaction) -> Any:
            return await work(tx)

        return await self._inner.write(passed_on)


async def test_while_the_audit_cannot_be_written_nothing_is_read_either(world: World) -> None:
    """Reads are refused, not merely unrecorded; once the disk is back, all that was noted is written."""
    database = Refusing(world.store.db)
    object.__setattr__(world.store, "db", database)
    gate: Gate = new_gate(world.store, world.backend)
    database.refuses = True
    await gate.start()
    await gate.answer(world.me.caller, GetChat(chat_id="before it was known"), pcid=None, surface="mcp")
    planned = len(world.backend.planned)
    with anyio.fail_after(30):
        while not gate.audit_is_broken():
            await anyio.lowlevel.checkpoint()
    with pytest.raises(StoreUnavailable, match="audit cannot be written"):
        await gate.answer(world.me.caller, GetChat(chat_id="meanwhile"), pcid=None, surface="mcp")
    assert len(world.backend.planned) == planned
    database.refuses = False
    with anyio.fail_after(30):
        while gate.audit_is_broken():
            await anyio.lowlevel.checkpoint()
    await gate.answer(world.me.caller, GetChat(chat_id="again"), pcid=None, surface="mcp")
    await gate.close()
    targets = [each[0] for each in await world.store.db.fetch("SELECT target FROM audit ORDER BY seq")]
    assert targets == ["before it was known", "again"]


async def test_what_cannot_be_audited_is_not_changed(world: World) -> None:
    """The row commits with the act, so a failing row takes the act with it."""

    async def drop(tx: Transaction) -> None:
        await tx.run("ALTER TABLE audit RENAME TO audit_away")

    await world.store.db.write(drop)
    with pytest.raises(Exception, match=r"no such table: audit|relation \"audit\" does not exist"):
        await asked(world, StopConnection(pcid=world.me.pcid))
    assert (await world.store.db.fetch("SELECT stopped FROM connection WHERE no = 1"))[0][0] == 0

    async def back(tx: Transaction) -> None:
        await tx.run("ALTER TABLE audit_away RENAME TO audit")

    await world.store.db.write(back)


async def test_a_cancelled_call_stays_cancelled_while_the_audit_is_broken(world: World) -> None:
    """Else a server that is ending would hang on its own refusal."""
    database = Refusing(world.store.db)
    object.__setattr__(world.store, "db", database)
    gate = new_gate(world.store, world.backend)
    await gate.start()
    waiting, outcome = anyio.Event(), []

    async def wait() -> None:
        waiting.set()
        await anyio.sleep_forever()

    async def send() -> None:
        try:
            await gate.answer(world.me.caller, HELLO, pcid=None, surface="mcp")
        except BaseException as error:
            outcome.append(type(error))
            raise

    world.backend.before_writing = wait
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(send)
        await waiting.wait()
        database.refuses = True
        await gate.answer(world.me.caller, ListAllChats(), pcid=None, surface="mcp")
        with anyio.fail_after(30):
            while not gate.audit_is_broken():
                await anyio.lowlevel.checkpoint()
        tasks.cancel_scope.cancel()
    assert outcome == [anyio.get_cancelled_exc_class()]
    database.refuses = False
    await gate.close()
