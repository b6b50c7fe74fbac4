"""R7 through a whole server: a send that was cut off and asked for again is one send, two that were answered are two.

Without an idempotency key nothing but the fate of the first answer tells the two apart, so it has to be on the books before
the next call is: `Gate.answered` is queued at the store before the answer's reader can write again.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import anyio
import pytest
from tests.gateway.tenants import Tenant, new_tenant

from trunkline.contract.commands import Done
from trunkline.hub import sender
from trunkline.hub.carry import carry

from .served import CEILING_S, Served, served
from .wire import JSON, Line, Tools, tools_of

pytestmark = pytest.mark.slow

DELIBERATE = [pytest.param(200), pytest.param(1_000, marks=pytest.mark.heavy)]
CUT = [pytest.param(100), pytest.param(1_000, marks=pytest.mark.heavy)]
"""How many sends; the large sizes are those of security.md R7."""
CUT_AT_ONCE = 10

SEND = "send_message_in_chat"
PCID = "Trunkline-PCID"


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """One for all tests: each says words of its own."""
    async with served(tmp_path_factory.mktemp("sends") / "data") as running:
        yield running


@pytest.fixture(scope="module")
async def sender_of(server: Served) -> tuple[Tenant, str]:
    """Somebody who writes, and a chat of theirs."""
    tenant = await new_tenant(server.store, "ada", [server.network.road])
    await server.log_in("TELEGRAM", 1, tenant.person)
    async with tools_of(server.port, tenant.api_key) as tools:
        chats = (await tools.ask("list_all_chats", PCID=tenant.pcid))["items"]
    return tenant, next(chat["id"] for chat in chats if chat.get("attendee_name") == "Sofia Petrova")


async def delivered(server: Served, start: str) -> Counter[str]:
    """How often each text arrived at the network, by its own record; those that begin so."""
    rows = await server.control("record", kind="send", outcome="accepted")
    texts = [row["command"]["text"] for row in rows]
    return Counter(text for text in texts if text.startswith(start))


async def send(tools: Tools, tenant: Tenant, chat: str, text: str, number: int = 1) -> dict[str, Any]:
    """A send that is answered; its result."""
    answer = await tools.call(SEND, {"PCID": tenant.pcid, "chat_id": chat, "text": text}, number)
    result: dict[str, Any] = answer.json["result"]
    assert result["structuredContent"]["object"] == "MessageSent", result
    return result


@pytest.mark.parametrize("sends", DELIBERATE)
@pytest.mark.parametrize("same_line", [True, False], ids=["one connection", "two connections"])
async def test_two_equal_sends_that_were_both_answered_are_two(
    server: Served, sender_of: tuple[Tenant, str], same_line: bool, sends: int
) -> None:
    """The second one leaves the moment the first is answered, without an idempotency key, under the same number."""
    tenant, chat = sender_of
    start = f"ok {server.store.new_id()}"
    async with tools_of(server.port, tenant.api_key) as first, tools_of(server.port, tenant.api_key) as other:
        second = first if same_line else other
        await other.ask("get_chat", PCID=tenant.pcid, chat_id=chat)  # connected by now
        for number in range(sends // 2):
            text = f"{start} {number}"
            ids = [(await send(tools, tenant, chat, text))["structuredContent"]["message_id"] for tools in (first, second)]
            assert len(set(ids)) == 2
    arrived = await delivered(server, start)
    assert arrived == {f"{start} {number}": 2 for number in range(sends // 2)}


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> "Held":
    """The way to the network, which can be held up."""
    way = Held()
    monkeypatch.setattr(sender, "carry", way.carried(carry))
    return way


class Held:
    """Between `hold` and `let_go`, commands wait here."""

    def __init__(self) -> None:
        self.waiting = 0
        self._go = anyio.Event()
        self._go.set()

    def carried(self, carry: Callable[..., Awaitable[Done]]) -> Callable[..., Awaitable[Done]]:
        """`carry`, behind the gate."""

        async def wait(*arguments: Any) -> Done:
            self.waiting += 1
            await self._go.wait()
            return await carry(*arguments)

        return wait

    def hold(self) -> None:
        """From now on commands wait."""
        self.waiting, self._go = 0, anyio.Event()

    def let_go(self) -> None:
        """All go on."""
        self._go.set()

    async def until_one_waits(self) -> None:
        """A command has come as far as this."""
        with anyio.fail_after(CEILING_S):
            while not self.waiting:
                await anyio.lowlevel.checkpoint()


MOMENTS = ("once it is written", "before the network answers", "before it answers, and asked for again before that too")
"""When the first connection ends."""


async def _settled(server: Served, line: Tools) -> None:
    """The last call has its outcome, and whoever waited for it has had time to hear of it."""
    with anyio.fail_after(CEILING_S):
        while True:
            row = await server.store.db.row("SELECT state FROM call ORDER BY no DESC LIMIT 1")
            if row is not None and row[0] == "done":
                break
            await anyio.lowlevel.checkpoint()
    for _ in range(5):
        await line.line.ask("GET", "/health")


@pytest.mark.parametrize("cuts", CUT)
async def test_a_send_that_was_cut_off_and_asked_for_again_is_one(
    server: Served, sender_of: tuple[Tenant, str], held: Held, cuts: int
) -> None:
    """The connection ends before the answer, at one moment or another; the call comes again under a new number."""
    tenant, chat = sender_of
    start = f"cut {server.store.new_id()}"
    for number in range(cuts):
        moment = MOMENTS[number % len(MOMENTS)]
        arguments = {"PCID": tenant.pcid, "chat_id": chat, "text": f"{start} {number}"}
        lines = [tools_of(server.port, tenant.api_key) for _ in range(3)]
        async with lines[0] as first, lines[1] as second, lines[2] as third:
            if moment != MOMENTS[0]:
                held.hold()
            modern = number % 2 == 0
            await first.send(SEND, arguments, number, is_modern=modern)
            if moment != MOMENTS[0]:
                await held.until_one_waits()
            await first.line.cut()
            await third.line.ask("GET", "/health")  # by then the server has read the end of the first connection
            if moment == MOMENTS[1]:
                held.let_go()
                await _settled(server, third)
            await second.send(SEND, arguments, cuts + number, is_modern=modern)
            await third.line.ask("GET", "/health")
            held.let_go()
            result = (await second.line.read()).json["result"]
            assert result["structuredContent"]["object"] == "MessageSent", result
    assert await delivered(server, start) == {f"{start} {number}": 1 for number in range(cuts)}


def request_of(chat: str, text: str) -> tuple[str, str, bytes]:
    """The same send as a REST call."""
    return "POST", f"/api/v1/chats/{chat}/messages", json.dumps({"text": text}).encode()


@pytest.mark.parametrize("sends", DELIBERATE)
async def test_over_rest_too_two_equal_sends_that_were_both_answered_are_two(
    server: Served, sender_of: tuple[Tenant, str], sends: int
) -> None:
    tenant, chat = sender_of
    start = f"rest ok {server.store.new_id()}"
    async with Line(server.port, tenant.api_key) as first, Line(server.port, tenant.api_key) as second:
        for number in range(sends // 2):
            request = request_of(chat, f"{start} {number}")
            answers = [await line.ask(*request, headers=(*JSON, (PCID, tenant.pcid))) for line in (first, second)]
            assert [answer.status for answer in answers] == [201, 201]
            assert len({answer.json["message_id"] for answer in answers}) == 2
    assert await delivered(server, start) == {f"{start} {number}": 2 for number in range(sends // 2)}


@pytest.mark.parametrize("cuts", CUT)
async def test_over_rest_too_a_send_that_was_cut_off_and_asked_for_again_is_one(
    server: Served, sender_of: tuple[Tenant, str], held: Held, cuts: int
) -> None:
    """By its key: without one a REST call is a call of its own, as programs have always known it."""
    tenant, chat = sender_of
    start = f"rest cut {server.store.new_id()}"
    for number in range(cuts):
        moment, request = MOMENTS[number % len(MOMENTS)], request_of(chat, f"{start} {number}")
        headers = (*JSON, (PCID, tenant.pcid), ("Idempotency-Key", f"{start} {number}"))
        async with (
            Line(server.port, tenant.api_key) as first,
            Line(server.port, tenant.api_key) as second,
            tools_of(server.port, tenant.api_key) as third,
        ):
            if moment != MOMENTS[0]:
                held.hold()
            await first.send(*request, headers)
            if moment != MOMENTS[0]:
                await held.until_one_waits()
            await first.cut()
            await third.line.ask("GET", "/health")
            if moment == MOMENTS[1]:
                held.let_go()
                await _settled(server, third)
            await second.send(*request, headers)
            await third.line.ask("GET", "/health")
            held.let_go()
            answer = await second.read()
            assert (answer.status, answer.json["object"]) == (201, "MessageSent"), answer
    assert await delivered(server, start) == {f"{start} {number}": 1 for number in range(cuts)}
