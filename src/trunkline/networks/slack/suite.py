"""Slack on the bench of the contract suite: npm's emulator of Slack, run as a process, with what it lacks put before it.

What was written by others answers nearly every call; what user_token/fake.py adds is named there and in the README.
"""

import hashlib
import http.client
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.commands import OutgoingFile
from trunkline.contract.connector import OpenAccount
from trunkline.contract.login import LoginDone, Step
from trunkline.model.times import system_clock
from trunkline.networks._testing.kept import MemoryKeeper, MemoryMedia
from trunkline.networks.slack.emoji import name_of
from trunkline.networks.slack.options import Options
from trunkline.networks.slack.suite_world import (
    ADA,
    APP_TOKEN,
    ARCHIVED,
    CLIENT_ID,
    CLIENT_SECRET,
    DIRECT,
    ELIF,
    MAYA,
    PRODUCT,
    RAVI,
    TEAM,
    TOKENS,
    world,
)
from trunkline.networks.slack.user_token.capabilities import widest
from trunkline.networks.slack.user_token.connector import SlackConnector
from trunkline.networks.slack.user_token.emulator import Emulator
from trunkline.networks.slack.user_token.fake import Fault, Front, State
from trunkline.networks.slack.user_token.fake_reads import Reads
from trunkline.networks.slack.user_token.road import Road
from trunkline.networks.slack.user_token.session import SlackSession

SETTLE_MS = 1_000
"""The emulator shows at once what was said, and stamps it with whole seconds."""
CASES: Mapping[str, Capabilities] = {"SLACK": widest(SETTLE_MS)}
"""Every case by name, with what it declares."""
DAY_MS = 24 * 3_600_000


async def prepare(folder: Path) -> None:
    """Every bench starts an emulator of its own."""


async def bench(case: str, prepared: Path, folder: Path) -> "SlackBench":
    """A fresh workspace, with its account logged in."""
    made = SlackBench(case)
    await made.log_in()
    return made


class _Clock:
    def __init__(self) -> None:
        self.ahead_ms = 0

    def __call__(self) -> int:
        return system_clock() + self.ahead_ms


class _Lines(aiohttp.TCPConnector):
    """Connections that are refused when they shall be."""

    def __init__(self, refusals: list[int]) -> None:
        super().__init__()
        self._refusals = refusals

    async def connect(self, req: Any, traces: Any, timeout: Any) -> Any:  # noqa: ASYNC109 (aiohttp's own)
        if self._refusals:
            self._refusals.pop()
            raise aiohttp.ClientConnectorError(req.connection_key, OSError(111, "refused"))
        return await super().connect(req, traces, timeout)


class SlackBench:
    """One account of the workspace under test, and the people around it."""

    def __init__(self, case: str, more: Callable[[dict[str, Any]], None] = lambda _: None) -> None:
        """more: puts further people, conversations and messages into the world."""
        self.case = case
        self.sheet = CASES[case]
        self.keeper = MemoryKeeper()
        self.clock = _Clock()
        self.state = State(own=TOKENS[ADA], apps={APP_TOKEN}, tokens=frozenset(TOKENS.values()))
        self.front = Front(self.state)
        self.front.start()
        made = world(self.front.url)
        more(made)
        self.emulator = Emulator(made, f"{self.front.url}/events")
        self.front.backend = self.emulator.url
        self.connector = self.new_connector()
        self._media = MemoryMedia()
        self._sessions: list[SlackSession] = []
        self._identity = ADA
        self.logins = 0
        """How often a login has looked whether the app-level token is good."""
        self._refusals: list[int]

    def new_connector(self, **more: Any) -> SlackConnector:
        """What a process starts with. more: further settings."""
        self._refusals = []
        refusals = self._refusals
        options = Options(
            **{"api": f"{self.front.url}/api/", "web": f"{self.front.url}/", "paced": 0, "settle_ms": SETTLE_MS, **more}
        )

        def opens() -> aiohttp.ClientSession:
            return aiohttp.ClientSession(connector=_Lines(refusals), timeout=aiohttp.ClientTimeout(total=10))

        return SlackConnector(Road(options, self.clock, opens), os.urandom)

    def app_token(self, number: int) -> str:
        """The app-level token of a further app; 0: of the one that all tests use."""
        if not number:
            return APP_TOKEN
        made = f"xapp-{number + 1}-app"
        self.state.apps |= {made}
        return made

    def act_as(self, user: str) -> None:
        """Whose account the next session is."""
        self._identity = user

    async def log_in(self) -> None:
        """Log the account in (again)."""
        self.logins += 1
        self.state.refused = None
        login, _ = await self.connector.login("slack-token", {"app_token": APP_TOKEN})
        self.accept(await login.submit({"access_token": TOKENS[ADA]}))
        await login.close()

    def accept(self, done: Step | LoginDone) -> None:
        """Take over what a login gave."""
        assert isinstance(done, LoginDone), done
        self.keeper.kept["credentials"] = done.credentials
        self._identity = done.identity

    def session(self) -> SlackSession:
        """A session that is not connected yet."""
        opened = OpenAccount(account_id="account", account_type="SLACK", identity=self._identity)
        made = self.connector.open(opened, self.keeper, self._media)
        self._sessions.append(made)
        return made

    async def restart(self) -> None:
        """What another process would find."""
        await self.connector.close()
        self.connector = self.new_connector()

    async def close(self) -> None:
        """Let go of everything."""
        try:
            for session in self._sessions:
                await session.close()
            await self.connector.close()
        finally:
            self.emulator.stop()
            self.front.stop()

    def outgoing(self, data: bytes, file_name: str, media_type: str) -> OutgoingFile:
        """A file ready to be sent."""
        content = hashlib.sha256(data).hexdigest()
        self._media.kept[content] = data
        return OutgoingFile(content=content, file_name=file_name, media_type=media_type, size=len(data))

    async def direct(self) -> str:
        """A direct message with Maya."""
        return DIRECT

    async def group(self) -> str | None:
        """A channel of ours."""
        return PRODUCT

    async def read_only(self) -> str | None:
        """An archived channel."""
        return ARCHIVED

    async def strangers(self) -> tuple[str, ...]:
        """With Ravi there is no direct message yet."""
        return RAVI, ELIF

    async def writes(self, chat: str, text: str | None, data: bytes | None = None) -> str:
        """Maya writes."""
        if data is not None:
            return await self._shares(chat, text or "", data)
        return str((await self.asks(MAYA, "chat.postMessage", channel=chat, text=text))["ts"])

    async def writes_elsewhere(self, chat: str, text: str) -> str:
        """Our own user writes in Slack's own app."""
        return str((await self.asks(ADA, "chat.postMessage", channel=chat, text=text))["ts"])

    async def edits(self, chat: str, message: str, text: str) -> None:
        """Maya edits."""
        await self.asks(MAYA, "chat.update", channel=chat, ts=message, text=text)

    async def deletes(self, chat: str, message: str) -> None:
        """Maya deletes."""
        await self.asks(MAYA, "chat.delete", channel=chat, ts=message)

    async def reacts(self, chat: str, message: str, emoji: str) -> None:
        """Maya puts an emoji on a message."""
        await self.asks(MAYA, "reactions.add", channel=chat, timestamp=message, name=name_of(emoji) or emoji)

    async def reads(self, chat: str, message: str) -> None:
        """Maya has read; Slack tells nobody."""
        await self.asks(MAYA, "conversations.mark", channel=chat, ts=message)

    async def strange(self, raw: dict[str, object]) -> None:
        """Slack says something that nobody has a word for."""
        await self.front.run(self.front.push(raw, TEAM))

    async def fault(self, kind: str, count: int = 1, ms: int = 0) -> None:
        """Something goes wrong."""
        if kind == "not_reached":
            self._refusals.extend([0] * count)
        elif kind == "dropped_link":
            await self.front.run(self.front.drop())
        elif kind == "restricted":
            self.state.refused = "account_inactive"
        elif kind == "logged_out":
            self.state.refused = "token_revoked"
            await self.strange({"type": "tokens_revoked", "tokens": {"oauth": [ADA], "bot": []}})
        else:
            self.state.faults[kind] = Fault(count, ms)

    async def forget(self) -> None:
        """The workspace is on the free plan, and 91 days pass: what was said so far is out of reach."""
        page = await self.asks(ADA, "conversations.history", channel=DIRECT, limit=1)
        self.state.forgotten = str(page["messages"][0]["ts"])
        await self.move_clock(91 * DAY_MS)

    async def move_clock(self, by_ms: int) -> None:
        """Move the clock that bounds and waits go by."""
        self.clock.ahead_ms += by_ms

    async def arrived(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The referee: what the emulator took from our token."""
        return [each for each in self.state.record if kind in (None, each["kind"])]

    async def unread(self, chat: str) -> int:
        """How many unread messages Slack counts."""
        return await self.front.run(Reads(self.front).unread(TOKENS[ADA], chat))

    def right(self, step: Step) -> dict[str, str]:
        """What a person does who does everything right."""
        given = {
            "access_token": TOKENS[ADA],
            "app_token": APP_TOKEN,
            "signing_secret": "",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        }
        if step.data is not None:
            given["url"] = self.allowed(step.data)
        return {field.name: given[field.name] for field in step.fields}

    def wrong(self, step: Step) -> dict[str, str]:
        """What a person does who makes a mistake."""
        given = {"access_token": "xoxp-wrong", "url": "https://localhost/oauth/return/slack?code=abc&state=guessed"}
        return {field.name: given.get(field.name, "") for field in step.fields}

    async def acts(self) -> None:
        """Nothing waits for a person elsewhere."""

    def allowed(self, address: str) -> str:
        """Ada allows the app in her browser; gives the address that it ends at."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        form = urlencode({**asked, "user_id": ADA, "scope": ""})
        browser = http.client.HTTPConnection("127.0.0.1", self.emulator.port, timeout=5)
        browser.request("POST", "/oauth/v2/authorize/callback", form, {"content-type": "application/x-www-form-urlencoded"})
        location = browser.getresponse().getheader("location")
        browser.close()
        assert location is not None
        return location

    async def asks(self, user: str, method: str, **form: Any) -> dict[str, Any]:
        """A call of somebody's, straight to the emulator."""
        answer = await self.front.run(self.front.ask(TOKENS[user], method, **form))
        assert answer["ok"], answer
        return answer

    async def _shares(self, chat: str, text: str, data: bytes) -> str:
        place = await self.asks(MAYA, "files.getUploadURLExternal", filename="data.bin", length=str(len(data)))

        async def upload() -> None:
            async with aiohttp.ClientSession() as session, session.post(place["upload_url"], data=data) as answer:
                await answer.read()

        await self.front.run(upload())
        files = f'[{{"id": "{place["file_id"]}", "title": "data.bin"}}]'
        done = await self.asks(MAYA, "files.completeUploadExternal", files=files, channel_id=chat, initial_comment=text)
        (file,) = done["files"]
        return str(file["shares"]["private"][chat][0]["ts"])
