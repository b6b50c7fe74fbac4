"""The sandbox on the bench of the contract suite (tests/contract_suite): what every promise is tried with.

Each account type is a case of its own. Time runs from the day the world was seeded on, people do not answer by themselves, and
a world that was seeded once is copied for each promise.
"""

import hashlib
import os
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from shutil import copyfile
from typing import Any

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.commands import OutgoingFile
from trunkline.contract.connector import OpenAccount
from trunkline.contract.login import LoginDone, Step, StepKind
from trunkline.model.times import Clock
from trunkline.networks._testing.clock import NOW_MS, RunningClock
from trunkline.networks._testing.kept import MemoryKeeper, MemoryMedia
from trunkline.networks.sandbox import connectors
from trunkline.networks.sandbox.capabilities import widest
from trunkline.networks.sandbox.connector import SandboxConnector
from trunkline.networks.sandbox.login_steps import CODE, WRONG_PASSWORD
from trunkline.networks.sandbox.options import Options
from trunkline.networks.sandbox.session import SandboxSession
from trunkline.networks.scan import Setup

CASES: Mapping[str, Capabilities] = {sheet.account_type: sheet for sheet in widest(Options()).values()}
"""Every case by name, with what it declares."""

_GROUPS = {"WHATSAPP": "Saturday hike 🏔️", "TELEGRAM": "Reading circle 📚", "SLACK": "product", "INSTAGRAM": "Friday jam"}
_READ_ONLY = {"WHATSAPP": "Riverside Bank", "LINKEDIN": "Cloudworks", "TELEGRAM": "City News"}
_NEW_PEOPLE = {
    "WHATSAPP": ("Jonas Weber", "Priya Nair"),
    "TELEGRAM": ("Viktor Lund", "Chen Wei"),
    "SLACK": ("Ravi Shah", "Elif Yilmaz"),
    "LINKEDIN": ("Amara Eze", "David Cohen"),
    "INSTAGRAM": ("Mila Horvat", "Leo Fischer"),
    "TWITTER": ("Wen Li", "Rosa Lindgren"),
}


async def prepare(folder: Path) -> None:
    """Make the world that every case begins with."""
    connector = _connector(folder, lambda: NOW_MS)
    await connector.controls("seed", {"seed": "small"})
    await connector.close()


async def bench(case: str, prepared: Path, folder: Path) -> "SandboxBench":
    """A fresh bench for a case, over a copy of the prepared world."""
    copyfile(prepared / "sandbox.db", folder / "sandbox.db")
    made = SandboxBench(case, folder)
    await made.log_in()
    return made


class SandboxBench:
    """One account of the sandbox under test, and the world around it."""

    def __init__(self, case: str, folder: Path) -> None:
        self.case = case
        self.sheet = CASES[case]
        self.folder = folder
        self.keeper = MemoryKeeper()
        self._clock = RunningClock()
        self.connector = _connector(folder, self._clock)
        self._media = MemoryMedia()
        self._identity = ""

    async def log_in(self) -> None:
        """Log the account in (again)."""
        login, _ = await self.connector.login("instant", {"account_type": self.case})
        self.accept(await login.submit({}))

    def accept(self, done: Step | LoginDone) -> None:
        """Take over what a login gave."""
        assert isinstance(done, LoginDone)
        self.keeper.kept["credentials"] = done.credentials
        self._identity = done.identity

    def session(self) -> SandboxSession:
        """A session that is not connected yet."""
        opened = OpenAccount(account_id="account", account_type=self.sheet.account_type, identity=self._identity)
        return self.connector.open(opened, self.keeper, self._media)

    async def restart(self) -> None:
        """What another process would find: a new connector over the same files."""
        await self.connector.close()
        self.connector = _connector(self.folder, self._clock)

    async def close(self) -> None:
        """Let go of everything."""
        await self.connector.close()

    def outgoing(self, data: bytes, file_name: str, media_type: str) -> OutgoingFile:
        """A file ready to be sent."""
        content = hashlib.sha256(data).hexdigest()
        self._media.kept[content] = data
        return OutgoingFile(content=content, file_name=file_name, media_type=media_type, size=len(data))

    async def direct(self) -> str:
        """A 1:1 chat that can be written in."""
        return await self._chat(lambda chat: chat["type"] == 0 and not chat["read_only"])

    async def group(self) -> str | None:
        """A group that our user rules, or a channel; None where there is none."""
        title = _GROUPS.get(self.case)
        return None if title is None else await self._chat(lambda chat: chat["name"] == title)

    async def read_only(self) -> str | None:
        """A chat nobody may write in; None where there is none."""
        name = _READ_ONLY.get(self.case)
        return None if name is None else await self._chat(lambda chat: name in chat["with"] and chat["read_only"])

    async def strangers(self) -> tuple[str, ...]:
        """Two people: with the first there is no 1:1 chat yet."""
        people: Any = await self.connector.controls("people", {"account": self.case})
        return tuple(one["provider_id"] for name in _NEW_PEOPLE[self.case] for one in people if one["name"] == name)

    async def writes(self, chat: str, text: str | None, data: bytes | None = None) -> str:
        """Somebody else writes into a 1:1 chat; gives the message's id."""
        values = {"as": await self._other(chat), "account": self.case, "chat": chat, "text": text}
        if data is not None:
            values |= {"data": _base64(data), "file_name": "data.bin"}
        return await self._play("write", values)

    async def writes_elsewhere(self, chat: str, text: str) -> str:
        """Our own user writes on another device."""
        return await self._play("own_device_send", {"account": self.case, "chat": chat, "text": text})

    async def edits(self, chat: str, message: str, text: str) -> None:
        """Somebody else edits a message of theirs."""
        await self._play(
            "edit", {"as": await self._other(chat), "account": self.case, "chat": chat, "message": message, "text": text}
        )

    async def deletes(self, chat: str, message: str) -> None:
        """Somebody else deletes a message of theirs."""
        await self._play("delete", {"as": await self._other(chat), "account": self.case, "chat": chat, "message": message})

    async def reacts(self, chat: str, message: str, emoji: str) -> None:
        """Somebody else puts an emoji on a message."""
        await self._play(
            "react", {"as": await self._other(chat), "account": self.case, "chat": chat, "message": message, "text": emoji}
        )

    async def reads(self, chat: str, message: str) -> None:
        """Somebody else has read up to a message."""
        await self._play("read", {"as": await self._other(chat), "account": self.case, "chat": chat, "message": message})

    async def strange(self, raw: dict[str, object]) -> None:
        """The network says something unknown."""
        await self.connector.controls("strange", {"account": self.case, "raw": raw})

    async def fault(self, kind: str, count: int = 1, ms: int = 0) -> None:
        """Let something go wrong for this account."""
        await self.connector.controls("fault", {"kind": kind, "account": self.case, "count": count, "ms": ms})

    async def forget(self) -> None:
        """The network forgets what happened so far."""
        await self.connector.controls("forget", {"account": self.case})

    async def move_clock(self, by_ms: int) -> None:
        """Move the network's clock."""
        await self.connector.controls("clock", {"by": by_ms})

    async def arrived(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The referee: what the network took, oldest first."""
        found: Any = await self.connector.controls("record", {"account": self.case, "kind": kind, "outcome": "accepted"})
        return list(found)

    async def unread(self, chat: str) -> int:
        """How many unread messages the network counts."""
        chats: Any = await self.connector.controls("chats", {"account": self.case})
        return int(next(one["unread"] for one in chats if one["provider_id"] == chat))

    def right(self, step: Step) -> dict[str, str]:
        """What a person types who does everything right."""
        if step.kind == StepKind.CHOICE:
            return {"choice": step.options[0].id}
        given = {"code": CODE, "phone_number": "(+33)0612345678", "url": "https://localhost/?code=abc&state=1"}
        return {field.name: given.get(field.name, "sandbox") for field in step.fields}

    def wrong(self, step: Step) -> dict[str, str]:
        """What a person types who makes a mistake."""
        given = {"code": "000000", "password": WRONG_PASSWORD, "access_token": WRONG_PASSWORD}
        return {field.name: given.get(field.name, "") for field in step.fields}

    async def acts(self) -> None:
        """The person scans, confirms or allows what a login waits for."""
        await self.connector.controls("scan", {})

    async def _play(self, control: str, values: dict[str, Any]) -> str:
        made: Any = await self.connector.controls(control, values)
        return str(made["provider_id"])

    async def _other(self, chat: str) -> str:
        people: Any = await self.connector.controls("people", {"account": self.case})
        chats: Any = await self.connector.controls("chats", {"account": self.case})
        name = next(one["with"][0] for one in chats if one["provider_id"] == chat)
        return str(next(one["provider_id"] for one in people if one["name"] == name))

    async def _chat(self, wanted: Any) -> str:
        chats: Any = await self.connector.controls("chats", {"account": self.case})
        return str(next(chat["provider_id"] for chat in chats if wanted(chat)))


def _connector(folder: Path, clock: Clock) -> SandboxConnector:
    setup = Setup(folder, clock, os.urandom, {"sandbox.answers": "0"})
    (connector,) = connectors(setup)
    assert isinstance(connector, SandboxConnector)
    return connector


def _base64(data: bytes) -> str:
    return b64encode(data).decode()
