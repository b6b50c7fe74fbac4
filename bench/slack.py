"""Slack, on somebody else's emulator: the first sync, a live message until it can be read, a send until it is answered.

The emulator and what stands before it (networks/slack/user_token/fake.py) answer each call in a millisecond or more and hold no
one to Slack's tiers: on the live service the pace of Slack decides the first sync (50 pages a minute), not this program.

Rivals, through the same front: slack_sdk's client alone, that reads the same history page by page, or sends the same message;
and a bare socket that hears the same event.
"""

import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp

from parts.http_caller import HttpCaller
from parts.measure import IS_FULL, Claim, percentile
from parts.process import resident_mb
from parts.served import Served, served
from trunkline.networks.slack.suite import SlackBench
from trunkline.networks.slack.suite_world import ADA, APP_TOKEN, BEGAN_S, DIRECT, MAYA, TEAM, TOKENS
from trunkline.networks.slack.user_token.client import FormClient

CHATS = 100 if IS_FULL else 20
EACH = 1_000
PAGE = 200
"""As many as the hub asks for at once."""
SENDS = 300 if IS_FULL else 100
PATIENCE_S = 600.0


def many(world: dict[str, Any]) -> None:
    """Channels with a long history."""
    for number in range(CHATS):
        chat = f"C1{number:05d}"
        world["channels"].append(
            {"channel_id": chat, "team_id": TEAM, "name": f"load-{number}", "members": [ADA, MAYA], "is_channel": True}
        )
        for n in range(EACH):
            stamp = f"{BEGAN_S + n * 60}.{number + 100:06d}"
            text = f"Message {n} of channel {number}: what people say in a sentence or two, a dozen words long."
            world["messages"].append({"ts": stamp, "channel_id": chat, "user": (MAYA, ADA)[n % 2], "text": text})


class Bare(NamedTuple):
    """What the library alone needs, in seconds."""

    sync: float
    live: list[float]


async def main() -> None:
    """Measure and print."""
    workspace = SlackBench("SLACK", many)
    try:
        bare = Bare(await bare_sync(workspace), await bare_socket(workspace))
        settings = {"TRUNKLINE_SLACK_API": f"{workspace.front.url}/api/", "TRUNKLINE_SLACK_PACED": "0"}
        with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "data", **settings) as server:
            await measured(workspace, server, bare)
    finally:
        await workspace.close()


async def bare_sync(workspace: SlackBench) -> float:
    """Seconds that slack_sdk's client alone takes for the same pages."""
    async with aiohttp.ClientSession() as http:
        client = FormClient(TOKENS[ADA], f"{workspace.front.url}/api/", session=http, retry_handlers=[])
        start = time.perf_counter()
        for number in range(CHATS):
            latest: str | None = None
            while True:
                form = {"channel": f"C1{number:05d}", "limit": PAGE} | ({} if latest is None else {"latest": latest})
                page = (await client.api_call("conversations.history", data=form)).data
                assert isinstance(page, dict)
                if not page["has_more"]:
                    break
                latest = page["messages"][-1]["ts"]
        return time.perf_counter() - start


async def measured(workspace: SlackBench, server: Served, bare: Bare) -> None:
    """The three claims, on one server."""
    http = await HttpCaller.open(server.port, server.admin_key)
    body = {"provider": "SLACK", "road": "slack", "access_token": TOKENS[ADA], "values": {"app_token": APP_TOKEN}}
    start = time.perf_counter()
    account = (await http.post("/api/v1/accounts", body))["account_id"]
    early = late = 0.0
    while (await read(http, f"/api/v1/accounts/{account}"))["sources"][0]["status"] != "OK":
        late = resident_mb(server.pid)
        early = early or late
        if time.perf_counter() - start > PATIENCE_S:
            raise RuntimeError("the first sync does not end")
        await asyncio.sleep(0.2)
    elapsed = time.perf_counter() - start
    total = CHATS * EACH
    print(
        f"  first sync of {total:,} messages in {CHATS} channels: {elapsed:.1f} s; slack_sdk alone, reading: {bare.sync:.1f} s"
    )
    print(f"  {Claim('messages per second', total / elapsed, unit='/s')}")
    print(f"  {Claim('the whole first sync over bare reading', elapsed / bare.sync)}")
    print(f"  {Claim('resident memory at its end, over its beginning', late / early)} ({early:.0f} MB, {late:.0f} MB)")
    agent = await granted(http, account, server)
    chat = next(each["id"] for each in (await read(agent, "/api/v1/chats?limit=250"))["items"] if each["provider_id"] == DIRECT)
    await live(workspace, agent, chat, bare.live)
    await sending(workspace, agent, chat)
    await agent.close()
    await http.close()


async def read(http: HttpCaller, path: str) -> Any:
    """A GET, decoded."""
    return json.loads(await http.send(http.get(path)))


async def granted(http: HttpCaller, account: str, server: Served) -> HttpCaller:
    """An agent that may read and send on the account."""
    grant = {"name": "load", "roads": ["slack"], "accounts": [account], "mode": "open", "effects": ["read", "send"]}
    pcid = (await http.post("/api/v1/connections", grant))["pcid"]
    key = await http.post("/api/v1/keys", {"name": "load", "pcid": pcid})
    return await HttpCaller.open(server.port, key["api_key"])


async def live(workspace: SlackBench, agent: HttpCaller, chat: str, heard: list[float]) -> None:
    """From the moment Maya's message leaves until a GET shows it; beside it, until a bare socket hears it."""
    seen = []
    for number in range(SENDS):
        text = f"Live {number}"
        start = time.perf_counter()
        await workspace.writes(DIRECT, text)
        while (await read(agent, f"/api/v1/chats/{chat}/messages?limit=1"))["items"][0]["text"] != text:
            pass
        seen.append(time.perf_counter() - start)
    print(f"  live message to GET: median {statistics.median(seen) * 1e3:.1f} ms, p99 {percentile(seen, 0.99) * 1e3:.1f} ms")
    print(f"  {Claim('live message to GET over a bare socket hearing it', statistics.median(seen) / statistics.median(heard))}")


async def bare_socket(workspace: SlackBench) -> list[float]:
    """Seconds until a socket without anything behind it has heard a message."""
    found = []
    async with aiohttp.ClientSession() as http:
        client = FormClient(APP_TOKEN, f"{workspace.front.url}/api/", session=http, retry_handlers=[])
        url = str((await client.api_call("apps.connections.open"))["url"])
        async with http.ws_connect(url) as socket:
            await socket.receive()
            for number in range(SENDS):
                start = time.perf_counter()
                await workspace.writes(DIRECT, f"Bare {number}")
                said = json.loads((await socket.receive()).data)
                found.append(time.perf_counter() - start)
                await socket.send_str(json.dumps({"envelope_id": said["envelope_id"]}))
    return found


async def sending(workspace: SlackBench, agent: HttpCaller, chat: str) -> None:
    """A send over REST, answered once it is durable on both sides, and the library's bare call, in turns."""
    ours, bare = [], []
    async with aiohttp.ClientSession() as http:
        client = FormClient(TOKENS[ADA], f"{workspace.front.url}/api/", session=http, retry_handlers=[])
        for number in range(SENDS):
            start = time.perf_counter()
            await client.api_call("chat.postMessage", data={"channel": DIRECT, "text": f"Bare {number}"})
            between = time.perf_counter()
            await agent.post(f"/api/v1/chats/{chat}/messages", {"text": f"Ours {number}"})
            bare.append(between - start)
            ours.append(time.perf_counter() - between)
    mine, alone = statistics.median(ours), statistics.median(bare)
    print(f"  a send: median {mine * 1e3:.1f} ms; the library's bare call: {alone * 1e3:.1f} ms")
    print(f"  {Claim('a send over the bare library call', mine / alone)}")


if __name__ == "__main__":
    asyncio.run(main())
