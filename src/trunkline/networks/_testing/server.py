"""A whole server as a process of its own, over a counterpart of a network, and an agent that talks to it through MCP."""

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio
import httpx2
import msgspec

CEILING_S = 30
EFFECTS = ["read", "send", "change", "destroy"]
Json = dict[str, Any]


class Server:
    """`trunkline serve` on a data folder.

    road: the one under test. settings: its own, as `TRUNKLINE_...` variables; no others reach the process. log: what it said,
    over all its starts. http: asks with the admin key. pcid: the connection that the agent acts through, once there is one.
    """

    def __init__(self, folder: Path, road: str, settings: Mapping[str, str]) -> None:
        self.folder = folder
        self.road = road
        self.log = folder.parent / "log.txt"
        self.pcid = ""
        self.http = httpx2.AsyncClient(trust_env=False, timeout=CEILING_S)
        self.process: subprocess.Popen[bytes] | None = None
        self._settings = settings
        self._key = ""
        self._numbers = itertools.count()

    async def start(self) -> None:
        """Start it, for the first time or anew after its end, and wait until it answers."""
        ready = self.folder.parent / f"ready-{time.monotonic_ns()}.json"
        line = [
            sys.executable,
            "-m",
            "trunkline",
            "serve",
            "--data",
            str(self.folder),
            "--port",
            "0",
            "--ready-file",
            str(ready),
        ]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TRUNKLINE_")}
        with self.log.open("ab") as said:
            process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=said, env={**kept, **self._settings})  # noqa: ASYNC220 (a test's own)
        self.process = process
        with anyio.fail_after(CEILING_S):
            while not ready.exists():
                assert process.poll() is None, self.log.read_text()
                await anyio.sleep(0.02)  # another process's file: there is no event to wait for
        found = msgspec.json.decode(ready.read_bytes())
        self.http.base_url = httpx2.URL(found["url"])
        self._key = found["admin_key"]
        self.authorize()

    def authorize(self) -> None:
        """Ask with the admin key."""
        self.http.headers["x-api-key"] = self._key

    async def post(self, path: str, body: Json, status: int) -> Json:
        """The answer to a post that must have this status."""
        answer = await self.http.post(path, json=body)
        assert answer.status_code == status, answer.text
        found: Json = answer.json()
        return found

    async def allow(self, *accounts: str) -> None:
        """A connection to the accounts that may do everything."""
        body = {"name": "all", "roads": [self.road], "accounts": list(accounts), "effects": EFFECTS, "mode": "open"}
        self.pcid = (await self.post("/api/v1/connections", body, 201))["pcid"]

    async def account(self, account: str) -> Json:
        """The account."""
        found: Json = (await self.http.get(f"/api/v1/accounts/{account}")).json()
        return found

    async def until_status(self, account: str, status: str = "OK") -> Json:
        """Once the account stands so; gives it."""
        with anyio.fail_after(CEILING_S):
            while (found := await self.account(account))["sources"][0]["status"] != status:  # noqa: ASYNC110 (another process: no event)
                await anyio.sleep(0.05)
        return found

    async def tries(self, tool: str, **arguments: Any) -> Json:
        """The result of a tool, or its refusal."""
        params = {"name": f"unipile_messaging_{tool}", "arguments": {"PCID": self.pcid, **arguments}}
        body = {"jsonrpc": "2.0", "id": next(self._numbers), "method": "tools/call", "params": params}
        answer = await self.http.post("/unipile-messaging", json=body, headers={"accept": "application/json"})
        result: Json = answer.raise_for_status().json()["result"]
        return result

    async def asks(self, tool: str, **arguments: Any) -> Json:
        """What a tool answers to an agent."""
        result = await self.tries(tool, **arguments)
        assert not result.get("isError"), result
        answer: Json = result["structuredContent"]
        return answer

    async def pages(self, tool: str, **arguments: Any) -> list[Json]:
        """All items of a list."""
        page = await self.asks(tool, **arguments)
        found: list[Json] = list(page["items"])
        while page["cursor"] is not None:
            page = await self.asks(tool, **arguments, cursor=page["cursor"])
            found += page["items"]
        return found

    async def until(self, is_so: Any, tool: str, **arguments: Any) -> Json:
        """Ask again until the answer is so."""
        with anyio.fail_after(CEILING_S):
            while not is_so(answer := await self.asks(tool, **arguments)):  # noqa: ASYNC110 (another process: no event)
                await anyio.sleep(0.05)
        return answer

    async def chat(self, provider_id: str) -> Json:
        """A chat by the network's id, once it is there."""
        return await self._until_item("provider_id", provider_id, "list_all_chats", limit=250)

    async def until_text(self, chat: str, text: str) -> Json:
        """The message of this text, once it is there."""
        return await self._until_item("text", text, "list_chat_messages", chat_id=chat)

    async def texts(self, chat: str) -> list[str]:
        """All texts of a chat, newest first."""
        return [item["text"] for item in await self.pages("list_chat_messages", chat_id=chat, limit=250)]

    async def _until_item(self, field: str, value: str, tool: str, **arguments: Any) -> Json:
        found = await self.until(lambda page: any(item[field] == value for item in page["items"]), tool, **arguments)
        item: Json = next(item for item in found["items"] if item[field] == value)
        return item

    def kill(self) -> None:
        """Without a warning."""
        self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """In order."""
        await self.http.aclose()
        self._end(signal.SIGTERM)

    def _end(self, number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(CEILING_S)
