"""An agent's day through every way that calls can take, in both eras of the protocol: the same day, told once (day.py).

The sandbox's own record is the referee: what the agent did has arrived there once each, in order, and nothing else has.
"""

from pathlib import Path

import pytest

from trunkline.operations.catalog import MESSAGING, OWN
from trunkline.operations.schema import tool_name

from .agent import Network
from .day import WHOLE_DAY, Day, arrivals, live
from .ways import Way, over_http, owning_process, plain_json_rpc, thin_pipe

pytestmark = pytest.mark.slow

LEGACY, MODERN = "legacy", "2026-07-28"

WAYS: dict[str, Way] = {
    "owning process, legacy": owning_process(LEGACY),
    "owning process, modern": owning_process(MODERN),
    "thin pipe, legacy": thin_pipe(LEGACY),
    "thin pipe, modern": thin_pipe(MODERN),
    "HTTP, legacy": over_http("/mcp", LEGACY),
    "HTTP, modern": over_http("/mcp", MODERN),
    "drop-in, legacy": over_http("/unipile-messaging", LEGACY),
    "drop-in, modern": over_http("/unipile-messaging", MODERN),
    "drop-in, plain JSON-RPC": plain_json_rpc,
}


@pytest.mark.parametrize("name", WAYS)
async def test_an_agents_day(tmp_path: Path, name: str) -> None:
    """issue "How it is shown to work": read unread, answer with a quote and a picture, react, start a group, edit too late,
    sync, forward, search, and all else that the 21 tools do."""
    folder = tmp_path / "data"
    searches = not name.startswith("drop-in")
    async with WAYS[name](folder) as agent:
        day = Day(agent, Network(folder), searches)
        await live(day)
        assert arrivals(day.network.arrived()) == WHOLE_DAY
    own = {"trunkline_search_messages"} if searches else set()
    assert {tool_name(each) for each in OWN} >= own
    assert agent.used == {tool_name(each) for each in MESSAGING} | own
