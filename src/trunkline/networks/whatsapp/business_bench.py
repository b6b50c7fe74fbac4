"""The business road on the bench of the contract suite, over our fake of the Cloud API at its wire."""

import asyncio
import hashlib
import os
import sys
from pathlib import Path
from typing import Any

import anyio
import httpx2

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.commands import OutgoingFile
from trunkline.contract.connector import OpenAccount
from trunkline.contract.events import MessageArrived, PersonInfo, QuoteInfo, ReactionInfo
from trunkline.contract.login import LoginDone, Step
from trunkline.networks._testing.clock import RunningClock
from trunkline.networks._testing.kept import MemoryKeeper, MemoryMedia
from trunkline.networks.scan import Setup
from trunkline.networks.whatsapp.cloud.capabilities import CLOUD
from trunkline.networks.whatsapp.cloud.connector import BusinessSession, CloudConnector
from trunkline.networks.whatsapp.cloud.fake import FakeGraph
from trunkline.networks.whatsapp.cloud.fake_world import (
    APP_SECRET,
    JONAS,
    MAYA,
    NEW,
    NEWER,
    NUMBER_ID,
    OTHER_NUMBER_ID,
    OTHER_OWN,
    OTHER_SECRET,
    OTHER_TOKEN,
    OWN,
    PRIYA,
    TOKEN,
    TOMAS,
    Fault,
    Phone,
    World,
)
from trunkline.networks.whatsapp.cloud.login import TOKEN as WAY
from trunkline.networks.whatsapp.cloud.said import said
from trunkline.networks.whatsapp.options import Options

VERIFY_TOKEN = "meatyhamhock"
WEEK_MS = 7 * 24 * 3_600_000
PATIENCE_S = 30

COPIES = "#!{python}\nimport shutil, sys\nshutil.copyfile(sys.argv[sys.argv.index('-i') + 1], sys.argv[-1])\n"
"""In place of ffmpeg: gives each sound as it is."""


class _Lines(httpx2.AsyncHTTPTransport):
    """Connections that are refused when they shall be."""

    def __init__(self, refusals: list[int]) -> None:
        super().__init__()
        self._refusals = refusals

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if self._refusals:
            self._refusals.pop()
            raise httpx2.ConnectError("refused", request=request)
        return await super().handle_async_request(request)


def jid(number: str) -> str:
    """A person's address."""
    return f"{number}@s.whatsapp.net"


def two_phones(clock: Any) -> World:
    """A business with two numbers, of two apps."""
    world = World(clock)
    world.add_phone(Phone(NUMBER_ID, OWN, "Lucky Shrub", TOKEN, APP_SECRET))
    world.add_phone(Phone(OTHER_NUMBER_ID, OTHER_OWN, "Lucky Shrub Help", OTHER_TOKEN, OTHER_SECRET))
    return world


class BusinessBench:
    """One business number under test, and the people around it."""

    def __init__(self, case: str, folder: Path) -> None:
        self.case = case
        self.sheet: Capabilities = CLOUD
        self.folder = folder
        self.keeper = MemoryKeeper()
        self.clock = RunningClock()
        self.world = two_phones(self.clock)
        self._loop = asyncio.get_running_loop()
        self.graph = FakeGraph(self.world, self._deliver)
        self.graph.start()
        self._media = MemoryMedia()
        self._refusals: list[int] = []
        self._identity = jid(OWN)
        self.connector = self.new_connector()

    def new_connector(self, **more: Any) -> CloudConnector:
        """What a process starts with. more: further settings."""
        ffmpeg = self.folder / "copies"
        ffmpeg.write_text(COPIES.format(python=sys.executable))
        ffmpeg.chmod(0o700)
        options = Options(**{"graph": f"{self.graph.url}/v25.0", "check_ms": 50, "ffmpeg": str(ffmpeg), **more})

        def opens() -> httpx2.AsyncClient:
            return httpx2.AsyncClient(transport=_Lines(self._refusals), timeout=10, follow_redirects=False)

        return CloudConnector(Setup(self.folder, self.clock, os.urandom), options, opens)

    async def start(self) -> None:
        """Log in; four people have written."""
        await self.log_in()
        session = self.session()
        await session.connect()
        for number, person in enumerate((MAYA, JONAS, PRIYA, TOMAS, MAYA, JONAS)):
            self.world.says(person, {"type": "text", "text": {"body": f"Message {number}"}})
        for person in (NEW, NEWER):
            self.world.wrote[person] = self.clock()  # before the number was connected here
        await self.settled()
        listening = session.listen(None)
        while len((await anext(listening)).events) < 1:
            pass
        await anext(listening)
        await listening.aclose()  # type: ignore[attr-defined]
        await session.close()

    async def log_in(self) -> None:
        """Log in (again)."""
        self.world.phones[NUMBER_ID].refused = None
        login, _ = await self.connector.login(WAY, {})
        self.accept(await login.submit(self.answers()))
        await login.close()

    def answers(self) -> dict[str, str]:
        """What a person gives who has set everything up at Meta."""
        return {
            "access_token": TOKEN,
            "phone_number_id": NUMBER_ID,
            "app_secret": APP_SECRET,
            "verify_token": VERIFY_TOKEN,
        }

    def accept(self, done: Step | LoginDone) -> None:
        """Take over what a login gave."""
        assert isinstance(done, LoginDone), done
        self.keeper.kept["credentials"] = done.credentials
        self._identity = done.identity

    def session(self) -> BusinessSession:
        """A session that is not connected yet."""
        opened = OpenAccount(account_id="account", account_type="WHATSAPP", identity=self._identity)
        return self.connector.open(opened, self.keeper, self._media)

    def fresh_account(self) -> BusinessSession:
        """A session of another account of this server with the same number, of which nothing was ever heard."""
        opened = OpenAccount(account_id="fresh", account_type="WHATSAPP", identity=self._identity)
        return self.connector.open(opened, self.keeper, self._media)

    async def restart(self, **more: Any) -> None:
        """What another process would find. more: further settings."""
        await self.connector.close()
        self.connector = self.new_connector(**more)

    async def close(self) -> None:
        """Let go of everything."""
        await self.connector.close()
        self.graph.stop()

    def outgoing(self, data: bytes, file_name: str, media_type: str) -> OutgoingFile:
        """A file ready to be sent."""
        content = hashlib.sha256(data).hexdigest()
        self._media.kept[content] = data
        return OutgoingFile(content=content, file_name=file_name, media_type=media_type, size=len(data))

    async def direct(self) -> str:
        """The chat with Maya."""
        return jid(MAYA)

    async def group(self) -> str | None:
        """There are none."""
        return None

    async def read_only(self) -> str | None:
        """There are none."""
        return None

    async def strangers(self) -> tuple[str, ...]:
        """Two people who were not heard of here."""
        return jid(NEW), jid(NEWER)

    async def writes(self, chat: str, text: str | None, data: bytes | None = None) -> str:
        """The person writes; heard, where somebody is connected."""
        person = chat.partition("@")[0]
        content: dict[str, Any] = {"type": "text", "text": {"body": text}}
        if data is not None:
            media = self.world.upload(data, "image/png")
            content = {"type": "image", "image": {"id": media, "mime_type": "image/png", "caption": text}}
        number = self.world.says(person, content)
        await self.settled()
        return number

    async def writes_elsewhere(self, chat: str, text: str) -> str:
        """The business writes in the WhatsApp Business app."""
        number = self.world.in_app(chat.partition("@")[0], text)
        await self.settled()
        return number

    async def edits(self, chat: str, message: str, text: str) -> None:
        """The person edits."""
        edited = {"original_message_id": message, "message": {"type": "text", "text": {"body": text}}}
        self.world.aside(chat.partition("@")[0], {"type": "edit", "edit": edited})

    async def deletes(self, chat: str, message: str) -> None:
        """The person deletes."""
        self.world.aside(chat.partition("@")[0], {"type": "revoke", "revoke": {"original_message_id": message}})

    async def reacts(self, chat: str, message: str, emoji: str) -> None:
        """The person reacts."""
        reaction = {"message_id": message, "emoji": emoji}
        self.world.aside(chat.partition("@")[0], {"type": "reaction", "reaction": reaction})

    async def reads(self, chat: str, message: str) -> None:
        """The person has read."""
        self.world.tell_status(self.world.phones[NUMBER_ID], message, chat.partition("@")[0], "read")

    async def strange(self, raw: dict[str, object]) -> None:
        """Something unknown."""
        self.world.post(self.world.phones[NUMBER_ID], {}, field=str(raw["type"]), bare=raw)

    async def fault(self, kind: str, count: int = 1, ms: int = 0) -> None:
        """Something goes wrong."""
        phone = self.world.phones[NUMBER_ID]
        if kind == "not_reached":
            self._refusals.extend([0] * count)
        elif kind == "logged_out":
            phone.refused = 190
        elif kind == "restricted":
            phone.status = "BANNED"
        elif kind == "dropped_link":
            self.world.faults[kind] = Fault(3)  # one or two looks that fail are borne
        else:
            self.world.faults[kind] = Fault(count, ms)

    async def forget(self) -> None:
        """Meta repeats for seven days."""
        self.world.posts.clear()
        await self.move_clock(WEEK_MS + 60_000)

    async def move_clock(self, by_ms: int) -> None:
        """Move the time."""
        self.clock.move(by_ms)

    async def arrived(self, kind: str | None = None) -> list[dict[str, Any]]:
        """What Meta took."""
        return [each for each in self.world.record if kind in (None, each["kind"])]

    async def unread(self, chat: str) -> int:
        """What the person has written that nobody has read."""
        return self.world.unread.get(chat.partition("@")[0], 0)

    async def shown(self, chat: str, count: int) -> tuple[MessageArrived, ...]:
        """The newest messages as the person's phone shows them: the API has no history."""
        person = chat.partition("@")[0]
        messages = self.world.messages.get(person, [])
        by_id = {each["id"]: each for each in messages}
        return tuple(self._as_shown(chat, raw, by_id) for raw in messages[: -count - 1 : -1])

    def right(self, step: Step) -> dict[str, str]:
        """A right answer: of somebody who has set up nothing at Meta yet."""
        given = self.answers() | {"verify_token": ""}
        return {field.name: given.get(field.name, "") for field in step.fields}

    def wrong(self, step: Step) -> dict[str, str]:
        """A wrong answer."""
        return self.right(step) | {"access_token": "EAAwrong"}

    async def acts(self) -> None:
        """The person enters address and verify token at Meta, which makes its challenge."""
        for token in list(self.connector.waiting):
            query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1158201444"}
            answer = await self.connector.challenged(query)
            assert (answer.status, answer.body) == (200, b"1158201444")

    async def settled(self) -> None:
        """Once everything is posted, where somebody takes it."""
        with anyio.fail_after(PATIENCE_S):
            while self.world.posts and self.connector.is_heard:  # noqa: ASYNC110 (another thread: there is no event)
                await anyio.sleep(0.005)

    def _as_shown(self, chat: str, raw: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> MessageArrived:
        what = said(raw)
        quoted = by_id.get(str((raw.get("context") or {}).get("message_id")))
        sender = jid(OWN) if raw["is_own"] else chat
        return MessageArrived(
            chat=chat,
            provider_id=raw["id"],
            at_ms=int(raw["timestamp"]) * 1000,
            order=int(raw["timestamp"]),
            sender=PersonInfo(provider_id=sender),
            is_own=raw["is_own"],
            text=what.text,
            quote=None if quoted is None else QuoteInfo(provider_id=quoted["id"], sender=chat, text=said(quoted).text),
            reactions=tuple(ReactionInfo(value=value, sender=jid(own)) for own, value in raw["reactions"].items()),
        )

    async def _deliver(self, headers: dict[str, str], body: bytes) -> int:
        """From the fake's thread to the connector in ours."""
        taken = asyncio.run_coroutine_threadsafe(self.connector.receive(headers, body), self._loop)
        return (await asyncio.wrap_future(taken)).status
