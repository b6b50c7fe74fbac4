"""WhatsApp on the bench of the contract suite: the real side process over the scripted client library and the fake network.

The business road has a bench of its own (business_bench.py).
"""

import hashlib
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import anyio

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.commands import OutgoingFile
from trunkline.contract.connector import OpenAccount
from trunkline.contract.login import LoginDone, Step
from trunkline.networks._testing.clock import RunningClock
from trunkline.networks._testing.kept import MemoryKeeper, MemoryMedia
from trunkline.networks.scan import Setup
from trunkline.networks.whatsapp.books import Books
from trunkline.networks.whatsapp.business_bench import BusinessBench
from trunkline.networks.whatsapp.cloud.capabilities import CLOUD
from trunkline.networks.whatsapp.linked.capabilities import LINKED
from trunkline.networks.whatsapp.linked.connector import LinkedConnector, WhatsappSession
from trunkline.networks.whatsapp.linked.fake import FakeNetwork
from trunkline.networks.whatsapp.linked.fake_world import GROUP, MAYA, NEW, NEWER, NEWS, OWN
from trunkline.networks.whatsapp.options import Options

SCRIPTED = Path(__file__).parent / "linked" / "scripted"
BUSINESS = "WHATSAPP-BUSINESS"
CASES: Mapping[str, Capabilities] = {"WHATSAPP": LINKED, BUSINESS: CLOUD}

_COPIES = "#!{python}\nimport shutil, sys\nshutil.copyfile(sys.argv[sys.argv.index('-i') + 1], sys.argv[-1])\n"
"""In place of ffmpeg: gives each sound as it is."""


async def prepare(folder: Path) -> None:
    """Nothing: each case has a network of its own."""


async def bench(case: str, prepared: Path, folder: Path) -> "LinkedBench | BusinessBench":
    """A fresh bench."""
    made = BusinessBench(case, folder) if case == BUSINESS else LinkedBench(case, folder)
    await made.start()
    return made


def _has_members(group: str, books: Books) -> bool:
    chat = books.chat(group)
    return chat is not None and bool(chat.info.members)


class LinkedBench:
    """One linked account under test, and the network around it."""

    def __init__(self, case: str, folder: Path, *, linger_ms: int = 60_000) -> None:
        self.case = case
        self._linger_ms = linger_ms
        self.sheet = CASES[case]
        self.folder = folder
        self.keeper = MemoryKeeper()
        self.clock = RunningClock()
        self.network = FakeNetwork(self.clock)
        self._media = MemoryMedia()
        self._identity = OWN
        self.connector: LinkedConnector

    async def start(self) -> None:
        """Begin: the network, a login, and what the phone pushes."""
        converter = self.folder / "copies"
        converter.write_text(_COPIES.format(python=sys.executable))
        converter.chmod(0o700)
        await self.network.start()
        self.connector = self._connector()
        await self.log_in()
        session = self.session()
        await session.connect()
        await self._until(lambda books: books.messages(NEWS, None, 1))
        for group in (GROUP, NEWS):
            await self._until(partial(_has_members, group))
        await session.close()

    async def log_in(self) -> None:
        """Link the device (again)."""
        login, _ = await self.connector.login("whatsapp-qr", {})
        await self.acts()
        self.accept(await login.wait())
        await login.close()

    def accept(self, done: Step | LoginDone) -> None:
        """Take over what a login gave."""
        assert isinstance(done, LoginDone)
        self.keeper.kept["credentials"] = done.credentials
        self._identity = done.identity

    def session(self) -> WhatsappSession:
        """A session that is not connected yet."""
        opened = OpenAccount(account_id="account", account_type="WHATSAPP", identity=self._identity)
        return self.connector.open(opened, self.keeper, self._media)

    def beside(self, account_id: str) -> WhatsappSession:
        """A session of a second account of the server: the same login, seen as another account."""
        keeper = MemoryKeeper()
        keeper.kept["credentials"] = self.keeper.kept["credentials"]
        opened = OpenAccount(account_id=account_id, account_type="WHATSAPP", identity=self._identity)
        return self.connector.open(opened, keeper, self._media)

    async def restart(self) -> None:
        """What another process finds."""
        await self.connector.close()
        self.connector = self._connector()

    async def close(self) -> None:
        """Let go of everything."""
        await self.connector.close()
        await self.network.close()

    def outgoing(self, data: bytes, file_name: str, media_type: str) -> OutgoingFile:
        """A file ready to be sent."""
        content = hashlib.sha256(data).hexdigest()
        self._media.kept[content] = data
        return OutgoingFile(content=content, file_name=file_name, media_type=media_type, size=len(data))

    async def direct(self) -> str:
        """A 1:1 chat."""
        return MAYA

    async def group(self) -> str | None:
        """A group that our user rules."""
        return GROUP

    async def read_only(self) -> str | None:
        """A group where administrators alone write."""
        return NEWS

    async def strangers(self) -> tuple[str, ...]:
        """Two people without a chat."""
        return NEW, NEWER

    async def writes(self, chat: str, text: str | None, data: bytes | None = None) -> str:
        """The other side writes."""
        world = self.network.world
        content = {"conversation": text} if data is None else world.file_message(data, text)
        world.unread[chat] = world.unread.get(chat, 0) + 1
        return await self._said(world.message(chat, chat, content))

    async def writes_elsewhere(self, chat: str, text: str) -> str:
        """Our own user writes on the phone."""
        return await self._said(self.network.world.message(chat, None, {"conversation": text}))

    async def edits(self, chat: str, message: str, text: str) -> None:
        """The other side edits."""
        key = {"remoteJid": chat, "fromMe": True, "id": message}
        self._aside(chat, {"protocolMessage": {"key": key, "type": 14, "editedMessage": {"conversation": text}}})

    async def deletes(self, chat: str, message: str) -> None:
        """The other side deletes."""
        self._aside(chat, {"protocolMessage": {"key": {"remoteJid": chat, "fromMe": True, "id": message}, "type": 0}})

    async def reacts(self, chat: str, message: str, emoji: str) -> None:
        """The other side reacts."""
        self._aside(chat, {"reactionMessage": {"key": {"remoteJid": chat, "id": message}, "text": emoji}})

    async def reads(self, chat: str, message: str) -> None:
        """The other side has read."""
        update = {"status": 4, "messageTimestamp": self.network.world.now_s()}
        self.network.tell("messages.update", [{"key": {"remoteJid": chat, "fromMe": True, "id": message}, "update": update}])

    async def strange(self, raw: dict[str, object]) -> None:
        """Something unknown."""
        self.network.tell(str(raw["type"]), raw)

    async def fault(self, kind: str, count: int = 1, ms: int = 0) -> None:
        """Something goes wrong."""
        codes = {"dropped_link": 428, "logged_out": 401, "restricted": 403}
        world = self.network.world
        if kind not in codes:
            self.network.faults[kind] += count
            return
        if kind == "logged_out":
            world.secrets.clear()
        world.is_restricted = world.is_restricted or kind == "restricted"
        if self.network.cut(codes[kind]):
            await self.connector.link("account").ended()

    async def forget(self) -> None:
        """WhatsApp keeps what a device does not fetch for 30 days."""
        self.network.queue.clear()
        await self.move_clock(31 * 24 * 3_600_000)

    async def move_clock(self, by_ms: int) -> None:
        """Move the time."""
        self.clock.move(by_ms)
        self.network.moved()

    async def arrived(self, kind: str | None = None) -> list[dict[str, Any]]:
        """What the network took."""
        return [each for each in self.network.world.record if kind in (None, each["kind"])]

    async def unread(self, chat: str) -> int:
        """What the phone counts."""
        return self.network.world.unread.get(chat, 0)

    def right(self, step: Step) -> dict[str, str]:
        """A right answer."""
        return {field.name: "+49 1555 0000001" for field in step.fields}

    def wrong(self, step: Step) -> dict[str, str]:
        """A wrong answer."""
        return {field.name: "12" for field in step.fields}

    async def acts(self) -> None:
        """The person scans, or types the code."""
        self.network.confirm()

    async def _said(self, raw: dict[str, Any]) -> str:
        """Tell it; where somebody is connected, they have heard it then."""
        number = str(raw["key"]["id"])
        if self.network.tell("messages.upsert", {"messages": [raw], "type": "notify"}):
            await self._until(lambda books: books.message_anywhere(number))
        return number

    async def _until(self, is_so: Callable[[Books], object]) -> None:
        """Wait until something stands in the books."""
        link = self.connector.link("account")
        with anyio.fail_after(10):
            while True:
                bell = link.bell
                if await link.books(is_so):
                    return
                await bell.wait()

    def _aside(self, chat: str, content: dict[str, Any]) -> None:
        raw = self.network.world.message(chat, chat, content)
        self.network.world.messages[chat].remove(raw)
        self.network.tell("messages.upsert", {"messages": [raw], "type": "notify"})

    def _connector(self) -> LinkedConnector:
        options = Options(
            modules=str(SCRIPTED), web_socket_url=self.network.url, ffmpeg=str(self.folder / "copies"), ack_ms=300,
            new_chat_gap_ms=0, linger_ms=self._linger_ms,
        )  # fmt: skip
        return LinkedConnector(Setup(self.folder, self.clock, os.urandom), options)
