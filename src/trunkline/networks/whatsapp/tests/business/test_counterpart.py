"""The road against somebody else's idea of the Cloud API: npm's @openclaw/crabline 0.1.27, on loopback.

It takes text, quotes, read marks and typing, refuses a wrong token and a text that is too long, and makes the posts that Meta
would: the test signs them and hands them to our own intake. Files, reactions, statuses and the 24 hours it has not.
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
import pytest

from trunkline.contract.commands import SendMessage, SetChat, StartChat
from trunkline.contract.connector import OpenAccount
from trunkline.contract.login import LoginDone, Step
from trunkline.model.errors import Disconnected, NetworkRefusal
from trunkline.model.times import system_clock
from trunkline.networks._graph.webhooks import SIGNATURE, signature
from trunkline.networks._testing.kept import MemoryKeeper, MemoryMedia
from trunkline.networks.scan import Setup
from trunkline.networks.whatsapp.cloud.connector import BusinessSession, CloudConnector
from trunkline.networks.whatsapp.cloud.credentials import Credentials
from trunkline.networks.whatsapp.cloud.login import TOKEN as WAY
from trunkline.networks.whatsapp.options import Options
from trunkline.networks.whatsapp.tests.business.hearing import Hearing
from trunkline.networks.whatsapp.tests.crabline_server import FOLDER, IS_INSTALLED, NODE, PEER

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not IS_INSTALLED, reason="script/test installs the counterpart"),
]
SECRET = "an-app-secret"
Json = dict[str, Any]


class Crabline:
    """The running counterpart, and our road to it."""

    def __init__(self, folder: Path, ready: Json) -> None:
        self.ready = ready
        self.recorder = folder / "wa.jsonl"
        self.keeper = MemoryKeeper()
        graph = str(ready["endpoints"]["messagesUrl"]).split(f"/{ready['phoneNumberId']}", maxsplit=1)[0]
        options = Options(graph=graph, status_ms=0)
        self.connector = CloudConnector(Setup(folder, system_clock, os.urandom), options)

    async def log_in(self, token: str) -> Step | LoginDone:
        """With a token, and what the counterpart calls its number."""
        login, _ = await self.connector.login(WAY, {})
        given = {"access_token": token, "phone_number_id": self.ready["phoneNumberId"], "app_secret": SECRET}
        done = await login.submit({**given, "verify_token": "v"})
        if isinstance(done, LoginDone):
            await self.keeper.put("credentials", done.credentials)
            self.identity = done.identity
        return done

    def session(self) -> BusinessSession:
        """A session that is not connected."""
        account = OpenAccount(account_id="account", account_type="WHATSAPP", identity=self.identity)
        return self.connector.open(account, self.keeper, MemoryMedia())

    async def says(self, text: str) -> str:
        """Somebody writes: the counterpart makes the post, we sign it and take it; gives the message's id."""
        async with httpx2.AsyncClient(trust_env=False) as client:
            answer = await client.post(
                self.ready["endpoints"]["adminInboundUrl"],
                json={"chatJid": PEER, "senderJid": PEER, "text": text},
                headers={"X-Crabline-Admin-Token": self.ready["adminToken"]},
            )
        found = answer.json()
        body = json.dumps(found["webhook"]).encode()
        assert (await self.connector.receive({SIGNATURE: signature(SECRET, body)}, body)).status == 200
        return str(found["message"]["key"]["id"])

    def taken(self) -> list[Json]:
        """The bodies of what it accepted, oldest first."""
        lines = [json.loads(line) for line in self.recorder.read_text().splitlines()]
        return [line["body"] for line in lines if line["type"] == "api" and line["method"] == "POST" and line["accepted"]]


@asynccontextmanager
async def crabline(folder: Path) -> AsyncIterator[Crabline]:
    """The counterpart as a process of its own."""
    program = FOLDER / "node_modules/@openclaw/crabline/dist/src/bin/crabline.js"
    process = await asyncio.create_subprocess_exec(
        NODE, str(program), "--json", "serve", "whatsapp", "--port", "0", "--ready-file", "wa.json", "--recorder", "wa.jsonl",
        cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        with anyio.fail_after(30):
            await process.stdout.readline()
        made = Crabline(folder, json.loads((folder / "wa.json").read_text()))
        try:
            yield made
        finally:
            await made.connector.close()
    finally:
        process.kill()
        await process.communicate()


async def test_text_goes_both_ways_and_a_quote_names_its_message(tmp_path: Path) -> None:
    """networks.md 3.3: login, incoming text by its own webhook payload, text, quoted text, a started chat."""
    async with crabline(tmp_path) as peer:
        assert isinstance(await peer.log_in(peer.ready["accessToken"]), LoginDone)
        session = peer.session()
        own = await session.connect()
        hearing = Hearing(session)
        came = await peer.says("Grüße 👋🏽\nשלום")
        message = await hearing.until_text("Grüße 👋🏽\nשלום")
        assert (message.provider_id, message.chat, message.is_own) == (came, PEER, False)
        assert own.name == "Crabline Test Bot"
        done = await session.send(SendMessage(chat=PEER, text="Hello back"), "token-1")
        await session.send(SendMessage(chat=PEER, text="So be it", quote=came), "token-2")
        started = await session.start(StartChat(people=(PEER,), text="Once more"), "token-3")
        assert started.chat == PEER
        assert (await hearing.until_text("Hello back")).provider_id == done.provider_id
        assert [(body["text"]["body"], body.get("context")) for body in peer.taken()] == [
            ("Hello back", None),
            ("So be it", {"message_id": came}),
            ("Once more", None),
        ]
        await hearing.close()


async def test_reading_and_typing_are_taken_for_what_was_received(tmp_path: Path) -> None:
    """networks.md 3.3: read and typing for accepted incoming ids, others are refused there."""
    async with crabline(tmp_path) as peer:
        await peer.log_in(peer.ready["accessToken"])
        session = peer.session()
        await session.connect()
        came = await peer.says("Read me")
        await session.set_chat(SetChat(chat=PEER, switch="read", on=True))
        await session.send(SendMessage(chat=PEER, text="Typed", typing_ms=1), "token-1")
        read, typing, sent = peer.taken()
        assert read == {"messaging_product": "whatsapp", "status": "read", "message_id": came}
        assert typing == {**read, "typing_indicator": {"type": "text"}}
        assert sent["text"]["body"] == "Typed"
        await session.close()


async def test_its_refusals_are_ours(tmp_path: Path) -> None:
    """networks.md 3.3: a wrong token is 401 with code 190, an unsupported kind 400 with code 100."""
    async with crabline(tmp_path) as peer:
        wrong = await peer.log_in("EAAwrong")
        assert isinstance(wrong, Step)
        assert "does not take this access token" in (wrong.error or "")
        await peer.log_in(peer.ready["accessToken"])
        session = peer.session()
        await session.connect()
        await peer.says("Hello")
        with pytest.raises(NetworkRefusal, match="Meta's error 100"):
            await session._post(
                {"messaging_product": "whatsapp", "to": "15550001111", "type": "text", "text": {"body": "x" * 4_097}}
            )
        revoked = Credentials(
            token="EAAwrong", phone_number_id=peer.ready["phoneNumberId"], app_secret=SECRET, verify_token="v"
        )
        await peer.keeper.put("credentials", revoked.sealed())
        with pytest.raises(Disconnected):
            await peer.session().connect()
        assert peer.taken() == []
        await session.close()
