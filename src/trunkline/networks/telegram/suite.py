"""Telegram on the bench of the contract suite (tests/contract_suite), against the fake at the MTProto wire."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from telethon.tl import types

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.commands import OutgoingFile
from trunkline.contract.connector import OpenAccount
from trunkline.contract.login import LoginDone, Step
from trunkline.networks._testing.clock import RunningClock
from trunkline.networks._testing.kept import MemoryKeeper, MemoryMedia
from trunkline.networks.scan import Setup
from trunkline.networks.telegram.fake.logins import CODE, scan
from trunkline.networks.telegram.fake.media import document_media
from trunkline.networks.telegram.fake.seed import ADA, CHANNEL, CHEN, GROUP, MAYA, PASSWORD, ROOM, VIKTOR, begin_topic, seed
from trunkline.networks.telegram.fake.server import APP_HASH, APP_ID, FakeTelegram
from trunkline.networks.telegram.fake.world import room_name
from trunkline.networks.telegram.options import App
from trunkline.networks.telegram.user.account import TelegramSession
from trunkline.networks.telegram.user.capabilities import TELEGRAM
from trunkline.networks.telegram.user.connector import TelegramConnector
from trunkline.networks.telegram.user.desk import write_credentials

CASES: Mapping[str, Capabilities] = {"TELEGRAM": TELEGRAM}
"""Every case by name, with what it declares."""

OPTIONS = {"telegram.api_id": str(APP_ID), "telegram.api_hash": APP_HASH}


async def prepare(folder: Path) -> None:
    """Nothing: the fake's world is made in memory."""


async def bench(case: str, prepared: Path, folder: Path) -> "TelegramBench":
    """A fresh bench, over a server of its own."""
    made = TelegramBench(case, folder)
    await made.server.start()
    await made.log_in()
    return made


class TelegramBench:
    """One account under test, and the world around it."""

    def __init__(self, case: str, folder: Path, own: int = ADA) -> None:
        self.case = case
        self.sheet = CASES[case]
        self.folder = folder
        self.own = own
        self.clock = RunningClock()
        self.server = FakeTelegram(self.clock)
        seed(self.server)
        self.keeper = MemoryKeeper()
        self.media = MemoryMedia()
        self.connector = self._connector()
        self._identity = str(own)

    async def log_in(self) -> None:
        """Log the account in (again)."""
        session = self.server.logged_in(self.own)
        self.keeper.kept["credentials"] = write_credentials(session, App(APP_ID, APP_HASH))

    def accept(self, done: Step | LoginDone) -> None:
        """Take over what a login gave."""
        assert isinstance(done, LoginDone)
        self.keeper.kept["credentials"] = done.credentials
        self._identity = done.identity

    def session(self) -> TelegramSession:
        """A session that is not connected yet."""
        opened = OpenAccount(account_id="account", account_type="TELEGRAM", identity=self._identity)
        made = self.connector.open(opened, self.keeper, self.media)
        self._sessions.append(made)
        return made

    async def restart(self) -> None:
        """What another process would find: a new connector, no connection, no memory."""
        await self._close_sessions()
        self.connector = self._connector()

    async def close(self) -> None:
        """Let go of everything."""
        await self._close_sessions()
        await self.server.stop()

    def outgoing(self, data: bytes, file_name: str, media_type: str) -> OutgoingFile:
        """A file ready to be sent."""
        content = hashlib.sha256(data).hexdigest()
        self.media.kept[content] = data
        return OutgoingFile(content=content, file_name=file_name, media_type=media_type, size=len(data))

    async def direct(self) -> str:
        """A 1:1 chat that can be written in."""
        return str(MAYA)

    async def group(self) -> str | None:
        """A group that our user made."""
        return str(-GROUP)

    async def read_only(self) -> str | None:
        """A channel of somebody else's."""
        return room_name(CHANNEL)

    async def strangers(self) -> tuple[str, ...]:
        """Two contacts with whom there is no chat yet."""
        return str(VIKTOR), str(CHEN)

    async def writes(self, chat: str, text: str | None, data: bytes | None = None) -> str:
        """The other side of a 1:1 chat writes."""
        said: dict[str, Any] = {"message": text or ""}
        if data is not None:
            named = [types.DocumentAttributeFilename("data.bin")]
            said["media"] = document_media(self.server.world, data, "application/octet-stream", named)
        self.server.acts.write(int(chat), str(self.own), **said)
        return str(self.server.world.boxes[self.own].last_id)

    async def thread(self) -> tuple[str, str]:
        """A chat with a thread, and the thread's first message."""
        return room_name(ROOM), f"{ROOM}:{begin_topic(self.server, 'Cats')}"

    async def writes_elsewhere(self, chat: str, text: str) -> str:
        """Our own user writes on another device."""
        message, _ = self.server.acts.write(self.own, chat, message=text)
        return str(message.id)

    async def edits(self, chat: str, message: str, text: str) -> None:
        """The other side edits a message."""
        self.server.acts.edit(self.own, chat, int(message), message=text, edit_date=self.server.world.date())

    async def deletes(self, chat: str, message: str) -> None:
        """The other side deletes a message."""
        self.server.acts.delete(self.own, [int(message)])

    async def reacts(self, chat: str, message: str, emoji: str) -> None:
        """The other side puts an emoji on a message."""
        self.server.acts.react(self.own, chat, int(message), int(chat), emoji)

    async def reads(self, chat: str, message: str) -> None:
        """The other side has read up to a message."""
        self.server.acts.read_by_peer(self.own, chat, int(message))

    async def strange(self, raw: dict[str, object]) -> None:
        """The network says something unknown: JSON inside an update that only bots have."""
        update = types.UpdateBotWebhookJSON(types.DataJSON(json.dumps(raw)))
        self.server.tell(self.own, [update])

    async def fault(self, kind: str, count: int = 1, ms: int = 0) -> None:
        """Let something go wrong for this account."""
        match kind:
            case "dropped_link":
                self.server.drop()
            case "logged_out":
                self.server.revoke(self.own)
            case "restricted":
                self.server.world.people[self.own].is_banned = True
            case "duplicate_events":
                self.server.acts.twice += count
            case "reordered_events":
                self.server.acts.shuffle += count
            case _:
                self.server.fault(kind, count, ms)

    async def forget(self) -> None:
        """The network forgets what happened so far, and nobody finds it in the history either."""
        box = self.server.world.boxes[self.own]
        box.sequence.forget()
        for number in list(box.messages):
            box.drop(number)

    async def move_clock(self, by_ms: int) -> None:
        """Move the network's clock."""
        self.clock.move(by_ms)

    async def arrived(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The referee: what the network took, oldest first."""
        return [each for each in self.server.record if kind in (None, each["kind"])]

    async def unread(self, chat: str) -> int:
        """How many unread messages the network counts."""
        box = self.server.world.boxes[self.own]
        return max(self.server.acts.unread(box, chat), int(box.place(chat).unread_mark))

    def right(self, step: Step) -> dict[str, str]:
        """What a person types who does everything right."""
        phone = f"+{self.server.world.people[self.own].phone}"
        given = {"code": CODE, "password": PASSWORD, "phone_number": phone, "api_id": str(APP_ID), "api_hash": APP_HASH}
        return {field.name: given[field.name] for field in step.fields}

    def wrong(self, step: Step) -> dict[str, str]:
        """What a person types who makes a mistake."""
        given = {"code": "00000", "password": "wrong"}
        return {field.name: given.get(field.name, "") for field in step.fields}

    async def acts(self) -> None:
        """The person scans the QR code."""
        scan(self.server, self.own)

    def _connector(self) -> TelegramConnector:
        setup = Setup(self.folder, self.clock, os.urandom, OPTIONS)
        self._sessions: list[TelegramSession] = []
        return TelegramConnector(setup, self.server.wire)

    async def _close_sessions(self) -> None:
        for session in self._sessions:
            await session.close()
