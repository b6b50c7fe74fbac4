"""A whole server as a process of its own, over a fake Telegram in this one, and an agent that talks to it through MCP."""

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

from trunkline.networks.telegram.fake.exchange import public_key
from trunkline.networks.telegram.fake.logins import CODE
from trunkline.networks.telegram.fake.seed import PASSWORD
from trunkline.networks.telegram.fake.server import APP_HASH, APP_ID, FakeTelegram

CEILING_S = 20
Json = dict[str, Any]


class Server:
    """`trunkline serve` on a data folder, whose road to Telegram leads to the fake."""

    def __init__(self, folder: Path, telegram: FakeTelegram) -> None:
        self.folder = folder
        self.telegram = telegram
        self.log = folder.parent / "log.txt"
        self.pcid = ""
        self.http = httpx2.AsyncClient(trust_env=False, timeout=CEILING_S)
        self._numbers = itertools.count()
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        key = self.folder.parent / "server-key.pem"
        key.write_text(public_key())
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
        given = {
            "TRUNKLINE_TELEGRAM_API_ID": str(APP_ID),
            "TRUNKLINE_TELEGRAM_API_HASH": APP_HASH,
            "TRUNKLINE_TELEGRAM_SERVER": f"127.0.0.1:{self.telegram.port}",
            "TRUNKLINE_TELEGRAM_SERVER_KEY": str(key),
        }
        with self.log.open("ab") as said:
            self._process = _begun(line, said, {**kept, **given})
        with anyio.fail_after(CEILING_S):
            while not ready.exists():
                assert self._process.poll() is None, self.log.read_text()
                await anyio.sleep(0.02)  # another process's file: there is no event to wait for
        found = msgspec.json.decode(ready.read_bytes())
        self.http.base_url = httpx2.URL(found["url"])
        self.http.headers["x-api-key"] = found["admin_key"]

    async def connect(self, phone: str, password: str | None = PASSWORD, *, wait: bool = True) -> str:
        """Log in by phone number and code, over REST's checkpoints; gives the account's id. wait: for its first sync."""
        body = {"provider": "TELEGRAM", "road": "telegram", "phone_number": phone}
        waiting = await self.post("/api/v1/accounts", body, 202)
        assert waiting["checkpoint"]["type"] == "OTP"
        account: str = waiting["account_id"]
        for code, status in ((CODE, 202 if password else 201), *([(password, 201)] if password else [])):
            solved = {"provider": "TELEGRAM", "account_id": account, "code": code}
            answer = await self.post("/api/v1/accounts/checkpoint", solved, status)
        account = answer["account_id"]
        if wait:
            await self.until_status(account, "OK")
        return account

    async def allow(self, *accounts: str) -> None:
        """A connection to the accounts that may do everything."""
        body = {
            "name": "Telegram",
            "roads": ["telegram"],
            "accounts": list(accounts),
            "effects": ["read", "send", "change", "destroy"],
            "mode": "open",
        }
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

    async def until_status(self, account: str, status: str) -> None:
        """Once the account stands so."""
        with anyio.fail_after(CEILING_S):
            while (await self.account(account))["sources"][0]["status"] != status:  # noqa: ASYNC110 (another process: no event)
                await anyio.sleep(0.05)

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

    async def texts(self, chat: str) -> list[str]:
        """All texts of a chat, newest first."""
        found: list[str] = []
        cursor: Json = {}
        while True:
            page = await self.asks("list_chat_messages", chat_id=chat, limit=250, **cursor)
            found += [item["text"] for item in page["items"]]
            if not page["cursor"]:
                return found
            cursor = {"cursor": page["cursor"]}

    def kill(self) -> None:
        """Without a warning."""
        self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """In order."""
        await self.http.aclose()
        self._end(signal.SIGTERM)

    def _end(self, number: int) -> None:
        process, self._process = self._process, None
        if process is not None:
            if process.poll() is None:
                process.send_signal(number)
            process.wait(CEILING_S)


def _begun(line: list[str], said: IO[bytes], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=said, env=environment)
