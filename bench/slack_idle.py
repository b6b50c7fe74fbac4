"""What 100 connected Slack accounts cost while nothing happens: memory and processor time of the server's process.

Two ways to hear: all accounts by one app, whose socket they share, and each by an app of its own, with a socket each.
"""

import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from parts.http_caller import HttpCaller
from parts.measure import IS_FULL, Claim
from parts.process import cpu_seconds, resident_mb
from parts.served import Served, served
from trunkline.networks.slack.suite import SlackBench
from trunkline.networks.slack.suite_world import BEGAN_S, MAYA, TEAM

ACCOUNTS = 100
IDLE_S = 60.0 if IS_FULL else 15.0


def many(world: dict[str, Any]) -> None:
    """People with a conversation each."""
    for number in range(ACCOUNTS):
        user, chat = f"U1{number:05d}", f"D1{number:05d}"
        world["users"].append({"user_id": user, "team_id": TEAM, "name": f"user{number}", "real_name": f"User {number}"})
        world["config"]["tokens"].append({"token": token(number), "type": "user", "user_id": user, "team_id": TEAM})
        world["channels"].append(
            {"channel_id": chat, "team_id": TEAM, "name": chat, "members": [user, MAYA], "is_im": True, "is_private": True}
        )
        world["messages"].append({"ts": f"{BEGAN_S}.{number + 100:06d}", "channel_id": chat, "user": MAYA, "text": "Hello"})


def token(number: int) -> str:
    """Somebody's token."""
    return f"xoxp-load-{number:05d}"


async def main() -> None:
    """Measure and print."""
    workspace = SlackBench("SLACK", many)
    try:
        for name, apps in (("one app, one socket", 1), ("an app and a socket each", ACCOUNTS)):
            settings = {"TRUNKLINE_SLACK_API": f"{workspace.front.url}/api/", "TRUNKLINE_SLACK_PACED": "0"}
            with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "data", **settings) as server:
                await idle(workspace, server, name, apps)
    finally:
        await workspace.close()


async def idle(workspace: SlackBench, server: Served, name: str, apps: int) -> None:
    """Connect all of them, then watch."""
    http = await HttpCaller.open(server.port, server.admin_key)
    empty = resident_mb(server.pid)
    for number in range(ACCOUNTS):
        app = workspace.app_token(number % apps)
        body = {"provider": "SLACK", "road": "slack", "access_token": token(number), "values": {"app_token": app}}
        await http.post("/api/v1/accounts", body)
    while not await all_ok(http):  # noqa: ASYNC110 (another process: there is no event to wait for)
        await asyncio.sleep(0.5)
    cpu, began = cpu_seconds(server.pid), time.monotonic()
    await asyncio.sleep(IDLE_S)
    share = (cpu_seconds(server.pid) - cpu) / (time.monotonic() - began)
    grown = resident_mb(server.pid) - empty
    print(f"  {ACCOUNTS} accounts, {name}: {Claim('processor', share * 100, unit=' %')}; {grown:.0f} MB more than none,")
    print(f"  {Claim('an account', grown * 1000 / ACCOUNTS, unit=' kB')}")
    await http.close()


async def all_ok(http: HttpCaller) -> bool:
    """Whether every account is connected and synced."""
    found = json.loads(await http.send(http.get("/api/v1/accounts?limit=250")))["items"]
    return len(found) == ACCOUNTS and all(each["sources"][0]["status"] == "OK" for each in found)


if __name__ == "__main__":
    asyncio.run(main())
