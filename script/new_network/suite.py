"""Acme on the bench of the contract suite (tests/contract_suite): every promise is tried for what the sheet declares."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.commands import OutgoingFile
from trunkline.contract.connector import OpenAccount
from trunkline.contract.login import LoginDone, Step
from trunkline.networks._testing.clock import RunningClock
from trunkline.networks._testing.kept import MemoryKeeper, MemoryMedia
from trunkline.networks.acme.user.capabilities import WIDEST
from trunkline.networks.acme.user.connector import AcmeConnector
from trunkline.networks.acme.user.fake import TOKEN, Fake
from trunkline.networks.acme.user.session import AcmeSession

CASES: Mapping[str, Capabilities] = {sheet.account_type: sheet for sheet in WIDEST.values()}


async def prepare(folder: Path) -> None:
    """There is nothing to make: each bench has a network of its own."""


async def bench(case: str, prepared: Path, folder: Path) -> "AcmeBench":
    """A fresh bench."""
    made = AcmeBench(case)
    await made.log_in()
    return made


class AcmeBench:
    """One account, and the network around it. An ability that is declared later needs its method of the bench here."""

    def __init__(self, case: str) -> None:
        self.case = case
        self.sheet = CASES[case]
        self.keeper = MemoryKeeper()
        self.fake = Fake(RunningClock())
        self.connector = AcmeConnector(self.fake)
        self._identity = ""

    async def log_in(self) -> None:
        """Log the account in (again)."""
        login, step = await self.connector.login("acme-token", {})
        self.accept(await login.submit(self.right(step)))

    def accept(self, done: Step | LoginDone) -> None:
        """Take over what a login gave."""
        assert isinstance(done, LoginDone)
        self.keeper.kept["credentials"] = done.credentials
        self._identity = done.identity

    def session(self) -> AcmeSession:
        """A session that is not connected yet."""
        opened = OpenAccount(account_id="account", account_type=self.sheet.account_type, identity=self._identity)
        return self.connector.open(opened, self.keeper, MemoryMedia())

    async def restart(self) -> None:
        """What another process finds: a new connector to the same network."""
        await self.connector.close()
        self.connector = AcmeConnector(self.fake)

    async def close(self) -> None:
        """Let go of everything."""
        await self.connector.close()

    def outgoing(self, data: bytes, file_name: str, media_type: str) -> OutgoingFile:
        """A file; Acme takes none yet."""
        return OutgoingFile(content="", file_name=file_name, media_type=media_type, size=len(data))

    async def direct(self) -> str:
        """A 1:1 chat."""
        return "c-u-2"

    async def group(self) -> str | None:
        """There is none."""
        return None

    async def read_only(self) -> str | None:
        """There is none."""
        return None

    async def strangers(self) -> tuple[str, ...]:
        """Asked for where starting chats is declared."""
        return ()

    async def writes(self, chat: str, text: str | None, data: bytes | None = None) -> str:
        """The other side writes."""
        return self.fake.write(chat, text)

    async def writes_elsewhere(self, chat: str, text: str) -> str:
        """Our own user writes on another device."""
        return self.fake.write(chat, text, own=True)

    async def edits(self, chat: str, message: str, text: str) -> None:
        """The other side edits a message."""
        self.fake.edit(chat, message, text)

    async def deletes(self, chat: str, message: str) -> None:
        """The other side deletes a message."""
        self.fake.delete(chat, message)

    async def strange(self, raw: dict[str, object]) -> None:
        """The network says something nobody has a word for."""
        self.fake.happen(raw)

    async def fault(self, kind: str, count: int = 1, ms: int = 0) -> None:
        """Something goes wrong."""
        self.fake.fault(kind, count, ms)

    async def forget(self) -> None:
        """The network forgets what happened so far."""
        self.fake.forget()

    async def move_clock(self, by_ms: int) -> None:
        """Move the network's clock."""
        self.fake.move(by_ms)

    async def arrived(self, kind: str | None = None) -> list[dict[str, Any]]:
        """What the network took."""
        return [each for each in self.fake.taken if kind in (None, each["kind"])]

    async def unread(self, chat: str) -> int:
        """Unread messages of a chat."""
        return self.fake.unread(chat)

    def right(self, step: Step) -> dict[str, str]:
        """The right answer."""
        return {field.name: TOKEN for field in step.fields}

    def wrong(self, step: Step) -> dict[str, str]:
        """A mistake."""
        return {field.name: "wrong" for field in step.fields}

    async def acts(self) -> None:
        """Nothing is done elsewhere."""
