"""S3, S18, S21: a whole day at the level `debug` leaves neither keys nor PCIDs nor a word that anybody wrote in the log.

The server and the stdio process run as programs; their standard error is the log. Trouble is provoked on purpose: refusals,
broken requests and failures are where texts slip out.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from tests.stories.agent import Agent, Network
from tests.stories.day import GROUP_HELLO, LATE, QUESTION, Day, live
from tests.stories.ways import by_client, command, environment, served

from trunkline.owner.find import connect

from .wire import JSON, tools_of

pytestmark = pytest.mark.slow

CANARY = "zanzibar-lighthouse"
"""Written where nobody looks: in names, keys and numbers that are refused."""
SHORTEST = 8
"""Characters of a text from which on it can be told from the log's own words."""


async def trouble(port: int, key: str, pcid: str) -> None:
    """Everything that is refused or broken, with the canary in it."""
    async with tools_of(port, key) as tools:
        for arguments in (
            {"PCID": pcid, "chat_id": CANARY},
            {"PCID": CANARY, "chat_id": CANARY},
            {"PCID": pcid, "chat_id": CANARY, CANARY: CANARY},
            {"PCID": pcid, "chat_id": 5, "text": CANARY},
            {"PCID": pcid, "chat_id": f"{CANARY}\ud800\x00", "text": CANARY},
            CANARY,
        ):
            for modern in (False, True):
                await tools.call("get_chat", arguments, CANARY, is_modern=modern)
                await tools.call("send_message_in_chat", arguments, CANARY, is_modern=modern)
        await tools.call(f"trunkline_{CANARY}", {})
        for body in _broken():
            await tools.line.ask("POST", "/mcp", body, JSON)
        for path in (f"/{CANARY}", f"/api/v1/chats/{CANARY}?x={CANARY}", f"/api/v1/chats?cursor={CANARY}&api_key={CANARY}"):
            await tools.line.ask("GET", path)
        upload = (("Content-Type", f"text/{CANARY}"),)
        await tools.line.ask("POST", f"/api/v1/uploads?file_name={CANARY}", CANARY.encode(), upload)
        await tools.send("list_all_messages", {"PCID": pcid, "limit": 250})
    async with tools_of(port, f"tl_{CANARY}_{CANARY}") as strangers:
        await strangers.call("get_chat", {"PCID": pcid, "chat_id": CANARY})


def _broken() -> Iterable[bytes]:
    call = {"jsonrpc": "2.0", "id": CANARY, "method": "tools/call", "params": {"name": CANARY, "arguments": {}}}
    yield json.dumps(call)[:-3].encode()
    yield CANARY.encode()
    yield json.dumps([call]).encode()
    yield json.dumps({**call, "params": CANARY}).encode()
    yield json.dumps({**call, "method": "tools/list", "params": {"cursor": CANARY, "_meta": CANARY}}).encode()
    yield json.dumps({"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": CANARY}}).encode()
    yield json.dumps({"jsonrpc": "2.0", "method": "notifications/message", "params": {"data": CANARY}}).encode()
    yield json.dumps({"jsonrpc": "2.0", "id": 1, "result": {"content": CANARY}}).encode()


def secrets_of(folder: Path, ready: dict[str, Any]) -> set[str]:
    """Keys and PCID of the server that runs, and the secret parts of keys."""
    owner = connect(folder)
    assert owner is not None
    keys = [ready["api_key"], ready["admin_key"]]
    secret = (folder / "secret.key").read_text().strip()
    return {*keys, *(key.split("_", 2)[2] for key in keys), ready["pcid"], owner.token, secret}


async def words_of(http: httpx2.AsyncClient) -> set[str]:
    """All that was said, and who said it."""
    words: set[str] = set()
    cursor: str | None = ""
    while cursor is not None:
        page = (await http.get(f"/api/v1/messages?limit=250{cursor and '&cursor='}{cursor}")).raise_for_status().json()
        words |= {message["text"] for message in page["items"] if message["text"]}
        words |= {message["sender_name"] for message in page["items"]}
        cursor = page["cursor"]
    people = (await http.get("/api/v1/chat_attendees?limit=250")).raise_for_status().json()["items"]
    words |= {person["provider_id"].partition("@")[0] for person in people}
    return {word for word in words if len(word) >= SHORTEST} | {QUESTION, GROUP_HELLO, LATE, CANARY}


def found_in(log: str, words: Iterable[str]) -> set[str]:
    """The words that stand in the log, as they are or escaped."""
    return {word for word in words if word in log or json.dumps(word)[1:-1] in log}


async def test_a_day_over_http_leaves_no_word_in_the_log(tmp_path: Path) -> None:
    folder, log = tmp_path / "data", tmp_path / "log"
    async with served(folder, "--log-level", "debug", log=log) as http:
        ready = json.loads((tmp_path / "ready.json").read_text())
        for era in ("legacy", "2026-07-28"):
            async with Client(streamable_http_client(str(http.base_url.join("/mcp")), http_client=http), mode=era) as client:
                network = Network(folder)
                day = Day(Agent(by_client(client), network.pcid()), network, searches=True)
                if era == "legacy":
                    await live(day)
                await day.agent.ask("list_all_messages", limit=250)
        network.control("fault", kind="lost_answer", account="WHATSAPP", count=2)
        network.control("fault", kind="logged_out", account="SLACK")
        await trouble(http.base_url.port or 0, ready["api_key"], ready["pcid"])
        hidden = secrets_of(folder, ready) | await words_of(http)
        assert len(hidden) > 300
        form = {"grant_type": "client_credentials", "client_id": ready["api_key"].split("_")[1]}
        async with httpx2.AsyncClient(base_url=http.base_url, trust_env=False) as anybody:
            granted = await anybody.post("/oauth/token", data={**form, "client_secret": ready["api_key"]})
        hidden.add(granted.json()["access_token"])
    said = log.read_text()
    assert "DEBUG" in said
    assert found_in(said, hidden) == set()
    assert all(line.partition(" ")[0] in ("DEBUG", "INFO", "WARNING", "ERROR") for line in said.splitlines())


async def test_a_stdio_process_leaves_no_word_in_the_log(tmp_path: Path) -> None:
    """Its standard error is what MCP clients keep as a log."""
    folder, log = tmp_path / "data", tmp_path / "log"
    line = command("mcp", "--data", str(folder))
    with log.open("wb") as said:
        quiet = {**environment(), "TRUNKLINE_LOG_LEVEL": "debug"}
        async with await anyio.open_process(line, env=quiet, stderr=said) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            for body in (b'{"jsonrpc":"2.0","id":1,"method":"ping"}', *(body for body in _broken() if b"\n" not in body)):
                await process.stdin.send(body + b"\n")
            answers = b""
            while b'"id":1,"result"' not in answers:
                answers += await process.stdout.receive()
            network = Network(folder)
            owner = connect(folder)
            assert owner is not None
            await trouble(owner.port, owner.token, network.pcid())
            hidden = {CANARY, owner.token, network.pcid()}
            await process.stdin.aclose()
            await process.wait()
    text = log.read_text()
    assert "DEBUG" in text
    assert found_in(text, hidden) == set()


def test_a_word_in_the_log_would_be_seen() -> None:
    """Else the tests above would pass whatever happens."""
    assert found_in('WARNING x: dropped \'{"text": "Gr\\u00fc\\u00dfe aus Wien"}\'', ["Grüße aus Wien", "absent"]) == {
        "Grüße aus Wien"
    }
