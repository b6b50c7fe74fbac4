"""An agent that calls tools, whichever way its calls travel, and the simulated network's own word on what arrived there."""

import base64
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import httpx2

from trunkline.owner.find import connect

CEILING_S = 30
"""How long anything may take to come true."""

Result = dict[str, Any]
Call = Callable[[str, dict[str, Any]], Awaitable[Result]]
"""Calls a tool by its full name; gives the result as the wire has it."""


class Agent:
    """Calls tools on one connection. Short names are of the 21."""

    def __init__(self, call: Call, pcid: str):
        self._call = call
        self.pcid = pcid
        self.used: set[str] = set()
        """Full names of the tools that were called."""

    async def ask(self, tool: str, **arguments: Any) -> Result:
        """What a tool answers. Its text and its structured content are the same JSON (style.md 6.1)."""
        result = await self._result(tool, arguments)
        assert not result.get("isError"), result
        assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
        answer: Result = result["structuredContent"]
        return answer

    async def pages(self, tool: str, **arguments: Any) -> list[Result]:
        """All items of a list."""
        page = await self.ask(tool, **arguments)
        found = list(page["items"])
        while page["cursor"] is not None:
            page = await self.ask(tool, **arguments, cursor=page["cursor"])
            found += page["items"]
        return found

    async def file(self, tool: str, **arguments: Any) -> bytes:
        """The bytes of a file that a tool gives."""
        result = await self._result(tool, arguments)
        assert not result.get("isError"), result
        _, block = result["content"]
        data = base64.b64decode(block["data"] if "data" in block else block["resource"]["blob"])
        assert result["structuredContent"]["size"] == len(data)
        return data

    async def refusal(self, tool: str, **arguments: Any) -> str:
        """The words in which a tool refuses."""
        result = await self._result(tool, arguments)
        assert result.get("isError"), result
        text: str = result["content"][0]["text"]
        return text

    async def until(self, is_so: Callable[[Result], bool], tool: str, **arguments: Any) -> Result:
        """Ask again and again until the answer is so."""
        with anyio.fail_after(CEILING_S):
            while not is_so(answer := await self.ask(tool, **arguments)):
                await anyio.lowlevel.checkpoint()
        return answer

    async def _result(self, tool: str, arguments: dict[str, Any]) -> Result:
        name = tool if tool.startswith("trunkline_") else f"unipile_messaging_{tool}"
        self.used.add(name)
        return await self._call(name, {"PCID": self.pcid, **arguments})


class Network:
    """The sandbox behind a data folder, asked past all tools through whichever process serves."""

    def __init__(self, folder: Path):
        self._folder = folder

    def control(self, name: str, **values: Any) -> Any:
        """What one of the sandbox's controls answers."""
        return self._request("POST", f"/networks/sandbox/controls/{name}", {"values": values})["answer"]

    def arrived(self, after: int = 0) -> list[Result]:
        """What arrived, by the sandbox's own record."""
        rows: list[Result] = self.control("record", after=after)
        return rows

    def pcid(self) -> str:
        """The connection of the first start."""
        (connection,) = self._request("GET", "/connections", None)["items"]
        return str(connection["pcid"])

    def make_backup(self) -> None:
        """Have the database copied."""
        self._request("POST", "/backups", {})

    def served_by(self) -> int:
        """Which process serves the folder."""
        owner = connect(self._folder)
        assert owner is not None
        return owner.pid

    def _request(self, method: str, path: str, body: object) -> Any:
        owner = connect(self._folder)
        assert owner is not None
        headers = {"authorization": f"Bearer {owner.token}"}
        url = f"http://127.0.0.1:{owner.port}/api/v1{path}"
        return httpx2.request(method, url, json=body, headers=headers, trust_env=False).raise_for_status().json()
