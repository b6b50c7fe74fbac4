"""A whole server with business numbers, as a process of its own, and the fake that posts to it over HTTP."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import httpx2

from trunkline.model.times import system_clock
from trunkline.networks._testing.server import Server
from trunkline.networks.whatsapp.business_bench import COPIES, VERIFY_TOKEN, two_phones
from trunkline.networks.whatsapp.cloud.fake import FakeGraph
from trunkline.networks.whatsapp.cloud.fake_world import NUMBER_ID, Phone
from trunkline.networks.whatsapp.cloud.login import EVENTS

Json = dict[str, Any]


class Place:
    """A server on a fake that is at the machine's time."""

    def __init__(self, folder: Path) -> None:
        self.world = two_phones(system_clock)
        self.graph = FakeGraph(self.world, self._deliver)
        self.graph.start()
        ffmpeg = folder / "copies"
        ffmpeg.write_text(COPIES.format(python=sys.executable))
        ffmpeg.chmod(0o700)
        given = {"graph": f"{self.graph.url}/v25.0", "check_ms": "100", "ffmpeg": str(ffmpeg), "node": "/nowhere/node"}
        settings = {f"TRUNKLINE_WHATSAPP_{name.upper()}": value for name, value in given.items()}
        self.server = Server(folder / "data", "whatsapp-business", settings)
        self._callback = ""

    async def start(self) -> None:
        """Start the server; Meta posts to it from now on."""
        await self.server.start()
        self._callback = f"{self.server.http.base_url}".rstrip("/") + EVENTS

    async def stop(self) -> None:
        """End both."""
        try:
            await self.server.stop()
        finally:
            self.graph.stop()

    async def challenge(self, **query: str) -> httpx2.Response:
        """Meta proves the address, without a key."""
        async with httpx2.AsyncClient(trust_env=False) as http:
            return await http.get(self._callback, params={name.replace("_", ".", 1): value for name, value in query.items()})

    async def connect(self, phone_id: str = NUMBER_ID) -> str:
        """Log a number in; gives the account's id."""
        phone: Phone = self.world.phones[phone_id]
        values = {"phone_number_id": phone.id, "app_secret": phone.secret, "verify_token": VERIFY_TOKEN}
        body = {
            "provider": "WHATSAPP", "road": "whatsapp-business", "access_token": phone.token, "values": values,
        }  # fmt: skip
        account: str = (await self.server.post("/api/v1/accounts", body, 201))["account_id"]
        await self.server.until_status(account)
        return account

    async def _deliver(self, headers: dict[str, str], body: bytes) -> int:
        """In the fake's thread. No retries here: the fake itself repeats."""
        if not self._callback:
            return 0
        return await asyncio.to_thread(_posted, self._callback, headers, body)


def _posted(url: str, headers: dict[str, str], body: bytes) -> int:
    return httpx2.post(url, content=body, headers=headers, trust_env=False).status_code
