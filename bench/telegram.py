"""Telegram, over the fake at its wire: the first sync, a live message until it can be read, a send until it is answered, and
what accounts cost that nothing happens to.

The fake (networks/telegram/fake) runs in this process and shares the machine with the server; it holds nobody to Telegram's
FLOOD_WAITs, which on the live service decide the pace of a first sync.

Rival, through the same wire: Telethon alone, that reads the same history page by page, or sends the same message.
"""

import asyncio
import json
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from telethon import TelegramClient, functions, types
from telethon.sessions import StringSession

from parts.http_caller import HttpCaller
from parts.measure import IS_FULL, Claim, percentile
from parts.process import cpu_seconds, resident_mb
from parts.served import Served, served
from trunkline.model.times import system_clock
from trunkline.networks.telegram.fake.exchange import public_key
from trunkline.networks.telegram.fake.logins import CODE
from trunkline.networks.telegram.fake.seed import BORIS, MAYA, seed
from trunkline.networks.telegram.fake.server import APP_HASH, APP_ID, FakeTelegram
from trunkline.networks.telegram.fake.world import Box, Person

CHATS, EACH = (100, 1_000) if IS_FULL else (20, 500)
SENDS = 300 if IS_FULL else 100
ACCOUNTS = 100 if IS_FULL else 20
IDLE_S = 30 if IS_FULL else 10
PATIENCE_S = 900.0
_FIRST = 10_000
_PHONE = 33_700_000_000


async def main() -> None:
    """Measure and print."""
    telegram = FakeTelegram(system_clock)
    seed(telegram)
    many(telegram)
    await telegram.start()
    try:
        bare = await bare_sync(telegram)
        with tempfile.TemporaryDirectory() as folder:
            key = Path(folder) / "server.pem"
            key.write_text(public_key())
            settings = {
                "TRUNKLINE_TELEGRAM_API_ID": str(APP_ID),
                "TRUNKLINE_TELEGRAM_API_HASH": APP_HASH,
                "TRUNKLINE_TELEGRAM_SERVER": f"127.0.0.1:{telegram.port}",
                "TRUNKLINE_TELEGRAM_SERVER_KEY": str(key),
            }
            with served(Path(folder) / "data", **settings) as server:
                await measured(telegram, server, bare)
            with served(Path(folder) / "idle", **settings) as server:
                await idle(telegram, server)
    finally:
        await telegram.stop()


def many(telegram: FakeTelegram) -> None:
    """People who have written a lot to Boris, and accounts to whom nothing happens."""
    world = telegram.world
    began = world.date() - timedelta(days=30)
    for number in range(CHATS):
        world.people[_FIRST + number] = Person(_FIRST + number, f"Person {number}")
        for n in range(EACH):
            text = f"Message {n} of chat {number}: what people say in a sentence or two, a dozen words long."
            telegram.acts.write(_FIRST + number, str(BORIS), message=text, date=began + timedelta(seconds=n * 60 + number))
    for number in range(ACCOUNTS):
        account = 2 * _FIRST + number
        world.people[account] = Person(account, f"Account {number}", phone=str(_PHONE + number))
        world.boxes[account] = Box(account)
        telegram.acts.write(MAYA, str(account), message="Welcome")


async def library(telegram: FakeTelegram) -> TelegramClient:
    """Telethon alone, logged in as Boris."""
    client = TelegramClient(StringSession(telegram.logged_in(BORIS)), APP_ID, APP_HASH, receive_updates=False)
    await client.connect()
    return client


def peer(telegram: FakeTelegram, number: int) -> Any:
    """How Boris addresses somebody."""
    return types.InputPeerUser(number, telegram.world.people[number].access_hash)


async def bare_sync(telegram: FakeTelegram) -> float:
    """Seconds that Telethon alone takes for the same pages."""
    client = await library(telegram)
    start = time.perf_counter()
    for number in range(CHATS):
        offset, more = 0, True
        while more:
            request = functions.messages.GetHistoryRequest(peer(telegram, _FIRST + number), offset, None, 0, 100, 0, 0, 0)
            messages = (await client(request)).messages
            more = len(messages) == 100
            offset = messages[-1].id if messages else 0
    elapsed = time.perf_counter() - start
    await client.disconnect()
    return elapsed


async def connected(http: HttpCaller, phone: str) -> str:
    """Log an account in by phone number and code."""
    waiting = await http.post("/api/v1/accounts", {"provider": "TELEGRAM", "road": "telegram", "phone_number": phone})
    solved = {"provider": "TELEGRAM", "account_id": waiting["account_id"], "code": CODE}
    account: str = (await http.post("/api/v1/accounts/checkpoint", solved))["account_id"]
    return account


async def read(http: HttpCaller, path: str) -> Any:
    """A GET, decoded."""
    return json.loads(await http.send(http.get(path)))


async def measured(telegram: FakeTelegram, server: Served, bare: float) -> None:
    """Sync, live and sending, on one server."""
    http = await HttpCaller.open(server.port, server.admin_key)
    account = await connected(http, "+33600000002")
    start = time.perf_counter()
    early = late = 0.0
    while (await read(http, f"/api/v1/accounts/{account}"))["sources"][0]["status"] != "OK":
        late = resident_mb(server.pid)
        early = early or late
        if time.perf_counter() - start > PATIENCE_S:
            raise RuntimeError("the first sync does not end")
        await asyncio.sleep(0.2)
    elapsed = time.perf_counter() - start
    total = CHATS * EACH
    print(f"  first sync of {total:,} messages in {CHATS} chats: {elapsed:.1f} s; Telethon alone, reading: {bare:.1f} s")
    print(f"  {Claim('messages per second', total / elapsed, unit='/s')}")
    print(f"  {Claim('the whole first sync over bare reading', elapsed / bare)}")
    print(f"  {Claim('resident memory at its end, over its beginning', late / early)} ({early:.0f} MB, {late:.0f} MB)")
    grant = {"name": "load", "roads": ["telegram"], "accounts": [account], "mode": "open", "effects": ["read", "send"]}
    pcid = (await http.post("/api/v1/connections", grant))["pcid"]
    agent = await HttpCaller.open(server.port, (await http.post("/api/v1/keys", {"name": "load", "pcid": pcid}))["api_key"])
    chats = (await read(agent, "/api/v1/chats?limit=250"))["items"]
    chat = next(each["id"] for each in chats if each["provider_id"] == str(MAYA))
    await live(telegram, agent, chat)
    await sending(telegram, agent, chat)
    await agent.close()
    await http.close()


async def live(telegram: FakeTelegram, agent: HttpCaller, chat: str) -> None:
    """From the moment Maya's message leaves until a GET shows it."""
    seen = []
    for number in range(SENDS):
        text = f"Live {number}"
        start = time.perf_counter()
        telegram.acts.write(MAYA, str(BORIS), message=text)
        while (await read(agent, f"/api/v1/chats/{chat}/messages?limit=1"))["items"][0]["text"] != text:
            pass
        seen.append(time.perf_counter() - start)
    print(f"  live message to GET: median {statistics.median(seen) * 1e3:.1f} ms, p99 {percentile(seen, 0.99) * 1e3:.1f} ms")


async def sending(telegram: FakeTelegram, agent: HttpCaller, chat: str) -> None:
    """A send over REST, answered once it is durable, and the library's bare call, in turns."""
    client = await library(telegram)
    ours, bare = [], []
    for number in range(SENDS):
        start = time.perf_counter()
        await client(functions.messages.SendMessageRequest(peer(telegram, MAYA), f"Bare {number}", random_id=number + 1))
        between = time.perf_counter()
        await agent.post(f"/api/v1/chats/{chat}/messages", {"text": f"Ours {number}"})
        bare.append(between - start)
        ours.append(time.perf_counter() - between)
    await client.disconnect()
    mine, alone = statistics.median(ours), statistics.median(bare)
    print(f"  a send: median {mine * 1e3:.1f} ms; the library's bare call: {alone * 1e3:.1f} ms")
    print(f"  {Claim('a send over the bare library call', mine / alone)}")


async def idle(telegram: FakeTelegram, server: Served) -> None:
    """Connected accounts to whom nothing happens: memory and processor time."""
    http = await HttpCaller.open(server.port, server.admin_key)
    before = resident_mb(server.pid)
    accounts = [await connected(http, f"+{_PHONE + number}") for number in range(ACCOUNTS)]
    for account in accounts:
        while (await read(http, f"/api/v1/accounts/{account}"))["sources"][0]["status"] != "OK":  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    await asyncio.sleep(1)
    used = cpu_seconds(server.pid)
    await asyncio.sleep(IDLE_S)
    share = (cpu_seconds(server.pid) - used) / IDLE_S
    each = (resident_mb(server.pid) - before) / ACCOUNTS
    print(f"  {ACCOUNTS} idle accounts: {share * 100:.2f} % of one processor, {each * 1024:.0f} KB of memory each")
    await http.close()


if __name__ == "__main__":
    asyncio.run(main())
