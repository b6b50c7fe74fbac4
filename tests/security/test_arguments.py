"""S7 over MCP: whatever a tool is called with, there is an answer in words, and what is refused was not done.

Right and wrong arguments for each of the 21 (odd_arguments.py), in both eras, against a whole server over the sandbox: never a
JSON-RPC internal error, never a failure of ours, never a status of 500 or more, never an unexpected error in the log.
"""

import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.gateway.house import Things

from trunkline.operations.catalog import MESSAGING
from trunkline.operations.schema import tool, tool_name
from trunkline.surfaces.door.errors import FAILED

from .odd_arguments import arguments
from .town import Town, open_town
from .wire import Answer, Line, Tools

pytestmark = pytest.mark.slow

CASES = 150
MANY_CASES = 500
TOOLS = {tool_name(each): tool(each) for each in MESSAGING}
LONGEST = 3_000
"""Characters of a refusal: it may repeat a value, but not all of it."""
KNOWN_ERRORS = {-32700, -32600, -32602, -32020}
"""JSON-RPC codes for what is no call at all: no JSON, no request, no arguments object, headers that belong to another body."""

SETTINGS = settings(max_examples=CASES, print_blob=True, suppress_health_check=list(HealthCheck))
MANY = settings(SETTINGS, max_examples=MANY_CASES)


@dataclass
class Bench:
    """A town, a line into it, and how the calls ended."""

    town: Town
    tools: Tools
    ends: Counter[str] = field(default_factory=Counter)

    @property
    def pool(self) -> Things:
        """Ids of all kinds, one's own and others."""
        own = {f"own {kind}": value for kind, value in self.town.mine.items()}
        spare = {f"spare {kind}": value for kind, value in self.town.spare.items()}
        return self.town.mine | own | spare | {f"foreign {kind}": value for kind, value in self.town.foreign.items()}

    @property
    def pcids(self) -> tuple[str, ...]:
        """The right one, mostly."""
        town = self.town
        return (*(town.ada.pcid,) * 6, town.grace.pcid, town.revoked_pcid)

    async def books(self) -> tuple[int, ...]:
        """How much was asked of the network, kept and sent: what a refused call leaves as it is."""
        store = self.town.store
        counts = [await store.db.row(f"SELECT count(*) FROM {table}") for table in ("call", "outbox", "upload")]
        world = await self.town.server.control("world")
        return (*(row[0] for row in counts if row is not None), world["arrived"])


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Bench]:
    """A bench over a fresh town."""
    async with open_town(folder) as town, Line(town.server.port, town.ada.api_key) as line:
        yield Bench(town, Tools(line))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[BlockingPortal, Bench]]:
    """One for all tools; what they destroy is gone for the others too. It runs in a thread: hypothesis calls no coroutines."""
    folder = tmp_path_factory.mktemp("bench") / "data"
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(opened(folder)) as bench:
        yield portal, bench


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever is unexpected is logged as an error."""
    caplog.set_level(logging.WARNING)


async def check(bench: Bench, name: str, given: Any, modern: bool, number: object = 1) -> None:
    """Call a tool; its answer is one, and a refusal has changed nothing."""
    before = await bench.books()
    answer = await bench.tools.call(name, given, number, is_modern=modern)
    end = how_it_ended(answer)
    bench.ends[end] += 1
    after = await bench.books()
    if end == "done" or after == before:
        return
    # Only the network itself may have refused: then it was asked, which is on the books, and did nothing.
    assert after[0] - before[0] == after[1] - before[1] == 1, (name, given, answer)
    arrived = (await bench.town.server.control("record"))[before[3] :]
    assert {row["outcome"] for row in arrived} <= {"refused"}, (name, given, answer)


def how_it_ended(answer: Answer) -> str:
    """done, refused or malformed. Anything else is a failure."""
    assert answer.status < 500, answer
    body = answer.json
    assert FAILED.encode() not in answer.body, answer
    assert b"Traceback" not in answer.body, answer
    if "error" in body:
        assert body["error"]["code"] in KNOWN_ERRORS, answer
        return "malformed"
    if answer.status != 200:
        assert body["status"] == answer.status, answer
        return "malformed"
    result = body["result"]
    if not result.get("isError"):
        assert result["structuredContent"]["object"]
        return "done"
    (block,) = result["content"]
    assert 0 < len(block["text"]) < LONGEST, answer
    return "refused"


def unexpected(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged as an error."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


def try_one(on: tuple[BlockingPortal, Bench], caplog: pytest.LogCaptureFixture, name: str, data: st.DataObject) -> None:
    """Draw a call and make it."""
    portal, bench = on
    given = data.draw(arguments(TOOLS[name], bench.pcids, bench.pool), label="arguments")
    portal.call(check, bench, name, given, data.draw(st.booleans(), label="modern"))
    assert unexpected(caplog) == []


@pytest.mark.parametrize("name", TOOLS)
@SETTINGS
@given(data=st.data())
def test_every_call_is_answered_in_words(
    bench: tuple[BlockingPortal, Bench], caplog: pytest.LogCaptureFixture, name: str, data: st.DataObject
) -> None:
    try_one(bench, caplog, name, data)


LONG = "x" * 3_900_000
"""Nearly as much as a message to MCP may have."""
LONGER = "x" * 10_000_000


@pytest.mark.parametrize("name", TOOLS)
def test_a_very_long_text_anywhere_is_refused(
    bench: tuple[BlockingPortal, Bench], caplog: pytest.LogCaptureFixture, name: str
) -> None:
    """10 MB are refused unread; what just fits is read and refused by the parameter's name."""
    portal, opened = bench
    for parameter in TOOLS[name]["inputSchema"]["properties"]:
        portal.call(check, opened, name, {"PCID": opened.town.ada.pcid, parameter: LONG}, True)
    portal.call(check, opened, name, {"PCID": LONGER}, False)
    assert unexpected(caplog) == []


def test_calls_ended_in_every_way(bench: tuple[BlockingPortal, Bench]) -> None:
    """Else what was drawn was too wild, or too tame, to say much."""
    _, opened = bench
    print(f"S7: {sum(opened.ends.values())} calls of {len(TOOLS)} tools: {dict(opened.ends)}")
    if sum(opened.ends.values()) > len(TOOLS) * CASES:
        assert min(opened.ends[end] for end in ("done", "refused", "malformed")) > len(TOOLS) * CASES // 40


@pytest.mark.heavy
@pytest.mark.parametrize("name", TOOLS)
@MANY
@given(data=st.data())
def test_many_more_calls_are_answered_in_words(
    bench: tuple[BlockingPortal, Bench], caplog: pytest.LogCaptureFixture, name: str, data: st.DataObject
) -> None:
    try_one(bench, caplog, name, data)
