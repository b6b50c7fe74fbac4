"""The same day through a second Trunkline: the first one's unipile backend speaks to the REST surface of the second.

The record of the sandbox behind the second is the referee, as for every other way.
"""

from pathlib import Path

import httpx2
import pytest
from msgspec import json

from trunkline.operations.catalog import MESSAGING
from trunkline.operations.schema import tool_name
from trunkline.owner.find import connect

from .agent import Agent, Network
from .day import WHOLE_DAY, Day, arrivals, live
from .ways import by_plain_json_rpc, served

pytestmark = pytest.mark.slow


async def test_an_agents_day_behind_another_server(tmp_path: Path) -> None:
    """The issue: the story that runs against the hub runs through the unipile backend and gives equal answers."""
    folders = tmp_path / "front" / "data", tmp_path / "behind" / "data"
    for folder in folders:
        folder.parent.mkdir()
    front, behind = folders
    async with served(behind) as second, served(front) as first:
        key = json.decode((behind.parent / "ready.json").read_bytes())["admin_key"]
        pcid = await _connect(front, str(second.base_url), key)
        day = Day(Agent(by_plain_json_rpc(first), pcid), Network(behind), searches=False)
        await live(day)
        assert arrivals(day.network.arrived()) == WHOLE_DAY
        assert Network(front).arrived() == []
    assert day.agent.used == {tool_name(each) for each in MESSAGING}


async def _connect(folder: Path, dsn: str, key: str) -> str:
    """As `trunkline connection add-unipile --open` does it: with the owner's own token."""
    owner = connect(folder)
    assert owner is not None
    wanted = {"name": "behind", "dsn": dsn, "api_key": key, "effects": ["read", "send", "change", "destroy"], "mode": "open"}
    headers = {"authorization": f"Bearer {owner.token}"}
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{owner.port}", headers=headers, trust_env=False) as http:
        answer = await http.post("/api/v1/connections/unipile", json=wanted)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["pcid"])
