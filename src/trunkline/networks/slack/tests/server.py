"""A whole server with a Slack account, as a process of its own, and an agent that talks to it through MCP."""

import itertools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import anyio
import httpx2
import msgspec

from trunkline.networks.slack.suite import SlackBench
from trunkline.networks.slack.suite_world import ADA, APP_TOKEN, TOKENS

CEILING_S = 20
Json = dict[str, Any]


class Server:
    """`trunkline serve` on a data folder. bench: the workspace that its Slack road leads to."""

    def __init__(self, folder: Path, bench: SlackBench, **settings: str) -> None:
        self._folder, self._bench, self._settings = folder, bench, settings
        self._ready = folder.parent / f"ready-{time.monotonic_ns()}.json"
        line = [sys.executable, "-m", "trunkline", "serve", "--data", str(folder), "--port", "0"]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TRUNKLINE_")}
        given = {"api": f"{bench.front.url}/api/", "web": f"{bench.front.url}/", "paced": "0", "settle_ms": "1000", **settings}
        environment = {**kept, **{f"TRUNKLINE_SLACK_{name.upper()}": value for name, value in given.items()}}
        self.log = folder.parent / f"log-{time.monotonic_ns()}.txt"
        with self.log.open("wb") as said:
            self.process = subprocess.Popen(
                [*line, "--ready-file", str(self._ready)], stdout=subprocess.DEVNULL, stderr=said, env=environment
            )
        self._numbers = itertools.count()
        self.pcid = ""
        self._key = ""
        self.http = httpx2.AsyncClient(trust_env=False, timeout=CEILING_S)

    async def ready(self) -> "Server":
        """Once it answers."""
        with anyio.fail_after(CEILING_S):
            while not self._ready.exists():
                assert self.process.poll() is None, self.log.read_text()
                await anyio.sleep(0.02)  # another process's file: there is no event to wait for
        found = msgspec.json.decode(self._ready.read_bytes())
        self.http.base_url = httpx2.URL(found["url"])
        self._key = found["admin_key"]
        self.authorize()
        return self

    def authorize(self) -> None:
        """Ask with the admin key."""
        self.http.headers["x-api-key"] = self._key

    async def connect(self, user: str = ADA, **values: str) -> str:
        """Log in with somebody's token, let an agent do everything with it; gives the account's id."""
        given = {"app_token": APP_TOKEN, **values}
        body = {"provider": "SLACK", "road": "slack", "access_token": TOKENS[user], "values": given}
        answer = await self.http.post("/api/v1/accounts", json=body)
        assert answer.status_code == 201, answer.text
        account: str = answer.json()["account_id"]
        await self.until_connected(account)
        return account

    async def allow(self, account: str) -> None:
        """A connection to the account that may do everything."""
        body = {
            "name": "Slack",
            "roads": ["slack"],
            "accounts": [account],
            "effects": ["read", "send", "change", "destroy"],
            "mode": "open",
        }
        answer = await self.http.post("/api/v1/connections", json=body)
        assert answer.status_code == 201, answer.text
        self.pcid = answer.json()["pcid"]

    async def until_connected(self, account: str, status: str = "OK") -> None:
        """Once the account stands so."""
        with anyio.fail_after(CEILING_S):
            while (await self.account(account))["sources"][0]["status"] != status:  # noqa: ASYNC110 (another process: there is no event)
                await anyio.sleep(0.05)

    async def account(self, account: str) -> Json:
        """The account."""
        answer = await self.http.get(f"/api/v1/accounts/{account}")
        found: Json = answer.json()
        return found

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

    async def tries(self, tool: str, **arguments: Any) -> Json:
        """The result of a tool, or its refusal."""
        params = {"name": f"unipile_messaging_{tool}", "arguments": {"PCID": self.pcid, **arguments}}
        body = {"jsonrpc": "2.0", "id": next(self._numbers), "method": "tools/call", "params": params}
        answer = await self.http.post("/unipile-messaging", json=body, headers={"accept": "application/json"})
        result: Json = answer.raise_for_status().json()["result"]
        return result

    async def until(self, is_so: Any, tool: str, **arguments: Any) -> Json:
        """Ask again until the answer is so."""
        with anyio.fail_after(CEILING_S):
            while not is_so(answer := await self.asks(tool, **arguments)):  # noqa: ASYNC110 (another process: there is no event)
                await anyio.sleep(0.05)
        return answer

    async def again(self) -> "Server":
        """The same folder served anew, after its process has ended; the fixture ends that one too."""
        fresh = Server(self._folder, self._bench, **self._settings)
        self.process, self.log, self._ready = fresh.process, fresh.log, fresh._ready
        await fresh.http.aclose()
        return await self.ready()

    def kill(self) -> None:
        """Without a warning."""
        self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """In order."""
        await self.http.aclose()
        self._end(signal.SIGTERM)

    def _end(self, number: int) -> None:
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(CEILING_S)
