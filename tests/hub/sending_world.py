"""The whole stack in one process: a gate over a hub over the sandbox, with all seven accounts connected.

The sandbox's record, committed before the sandbox answers, is the referee: what it does not hold was not sent.
"""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from os import urandom
from pathlib import Path
from typing import Any

import anyio
from msgspec import json

from trunkline.contract.login import Step
from trunkline.gateway import first_run
from trunkline.gateway.caller import Caller, Reply
from trunkline.gateway.gate import Gate
from trunkline.hub.hub import Hub
from trunkline.hub.options import HubOptions
from trunkline.model.networks import ACCOUNT_TYPES
from trunkline.model.times import system_clock
from trunkline.networks.sandbox import connectors
from trunkline.networks.sandbox.connector import SandboxConnector
from trunkline.networks.sandbox.world import chats as world_chats
from trunkline.networks.sandbox.world.accounts import Account
from trunkline.networks.sandbox.world.accounts import all_accounts as world_accounts
from trunkline.networks.scan import Setup
from trunkline.operations.administration import ListPending
from trunkline.operations.chats import ListAllChats, ListChatMessages, SendMessageInChat
from trunkline.operations.declaration import Operation
from trunkline.operations.messages import GetMessage
from trunkline.store import accounts, messages, outbox
from trunkline.store.accounts import AccountRow
from trunkline.store.engine import Database
from trunkline.store.outbox import OutboxRow
from trunkline.store.store import Store, open_store

TOKEN = ("WHATSAPP", "TELEGRAM")
HISTORY = ("SLACK", "LINKEDIN", "INSTAGRAM", "TWITTER")
NONE = ("MESSENGER",)
EVERY = (*TOKEN, *HISTORY, *NONE)

QUICK = HubOptions(
    backoff_base_ms=10,
    backoff_cap_ms=50,
    jitter=lambda: 1.0,
    retry_ms=10,
    grace_ms=20,
    look_ms=200,
    echo_ms=200,
    network_call_ms=5_000,
)
"""The same hub, in a hurry."""

SETTLE_MS = 150
"""How long history networks are given before an unclear send is looked for."""


PATIENCE_S = 30.0
"""How long a test waits for anything."""


async def until(condition: Callable[[], Awaitable[object]]) -> None:
    """Wait for something to become so, PATIENCE_S at most."""
    with anyio.fail_after(PATIENCE_S):
        while not await condition():  # noqa: ASYNC110  (what it is about lies in two files and three threads: no one event)
            await anyio.sleep(0.002)


@dataclass
class SendingWorld:
    """Everything, running. Chats are named by the account's type: each has one that can be written in."""

    folder: Path
    store: Store
    connector: SandboxConnector
    hub: Hub
    gate: Gate
    caller: Caller
    admin: Caller
    pcid: str
    chats: dict[str, str] = field(default_factory=dict)
    """A writable 1:1 chat of each account type: public id."""
    provider_chats: dict[str, str] = field(default_factory=dict)
    """The same chats: provider id."""

    async def reply(
        self, operation: Operation[Any], *, key: str | None = None, wait_ms: int = 5_000, caller: Caller | None = None
    ) -> Reply:
        """Ask as the first person. Raises what the call ends with."""
        caller = caller or self.caller
        with anyio.fail_after(PATIENCE_S * 4):
            return await self.gate.answer(
                caller, operation, pcid=self.pcid, surface="rest", idempotency_key=key, wait_ms=wait_ms
            )

    async def ask(self, operation: Operation[Any], *, key: str | None = None, wait_ms: int = 5_000) -> dict[str, Any]:
        """The same, decoded."""
        body = (await self.reply(operation, key=key, wait_ms=wait_ms)).body
        assert isinstance(body, bytes)
        decoded: dict[str, Any] = json.decode(body)
        return decoded

    async def send(self, account_type: str, text: str, *, key: str | None = None, wait_ms: int = 5_000) -> str:
        """Send a text in the account's chat; gives the message's id."""
        sent = await self.ask(SendMessageInChat(chat_id=self.chats[account_type], text=text), key=key, wait_ms=wait_ms)
        return str(sent["message_id"])

    async def message(self, message_id: str) -> dict[str, Any]:
        """A message."""
        return await self.ask(GetMessage(message_id=message_id))

    async def pending(self) -> list[dict[str, Any]]:
        """What is not settled, as a person sees it."""
        reply = await self.reply(ListPending(), caller=self.admin)
        assert isinstance(reply.body, bytes)
        items: list[dict[str, Any]] = json.decode(reply.body)["items"]
        return items

    async def control(self, name: str, **values: object) -> Any:
        """Play the sandbox."""
        return await self.connector.controls(name, values)

    async def fault(self, kind: str, account_type: str, *, count: int = 1, ms: int = 0, only: str | None = None) -> None:
        """Let something go wrong."""
        await self.control("fault", kind=kind, account=account_type, count=count, ms=ms, only=only)

    async def no_faults(self) -> None:
        """Let everything go well again."""
        await self.control("fault", clear="all")

    async def record(self, account_type: str | None = None, outcome: str | None = "accepted") -> list[dict[str, Any]]:
        """What arrived at the network."""
        found: list[dict[str, Any]] = await self.control("record", account=account_type, outcome=outcome)
        return found

    async def texts(self, account_type: str | None = None, outcome: str | None = "accepted") -> list[str]:
        """The texts that the network took, in the order of their arrival."""
        return [one["command"]["text"] for one in await self.record(account_type, outcome) if one["kind"] in ("send", "start")]

    async def said(self, account_type: str, chat: str | None = None) -> list[str]:
        """The texts of the newest messages of a chat as the network has them, oldest first."""
        chat = chat or self.provider_chats[account_type]
        found = await self.control("messages", account=account_type, chat=chat, limit=20)
        return [message.get("text") for message in reversed(found)]

    async def stored(self, account_type: str) -> list[str | None]:
        """The texts of the chat's newest messages as our reads show them, newest first."""
        listed = await self.ask(ListChatMessages(chat_id=self.chats[account_type], limit=20))
        return [message["text"] for message in listed["items"]]

    async def listed(self, account_type: str) -> list[dict[str, Any]]:
        """The chats of an account."""
        return [chat for chat in (await self.ask(ListAllChats(limit=250)))["items"] if chat["account_type"] == account_type]

    async def account(self, account_type: str) -> AccountRow:
        """The account's row."""
        return next(row for row in await accounts.all_of(self.store.db) if row.type == account_type)

    def in_world(self, account_type: str) -> Account:
        """The account as the sandbox knows it."""
        return next(one for one in world_accounts(self.connector.world.fetch) if one.account_type == account_type)

    async def row(self, message_id: str) -> OutboxRow:
        """The outbox's row of a message, which may be stored under another id than reserved where no token comes back."""
        found = await outbox.by_public_id(self.store.db, message_id)
        if found is None:
            stored = await messages.find(self.store.db, [row.no for row in await accounts.all_of(self.store.db)], message_id)
            assert stored is not None
            found = await outbox.by_provider_id(self.store.db, stored.account_no, stored.chat_no, stored.provider_id)
        assert found is not None
        return found

    async def rows(self, account_type: str) -> list[OutboxRow]:
        """All rows of an account, oldest first."""
        account = await self.account(account_type)
        found = await self.store.db.fetch("SELECT no FROM outbox WHERE account_no = $1 ORDER BY no", account.no)
        rows = [await outbox.by_no(self.store.db, number[0]) for number in found]
        return [row for row in rows if row is not None]

    async def state_of(self, message_id: str) -> str:
        """Where a send stands in the outbox."""
        return (await self.row(message_id)).state

    async def until_connected(self, account_type: str) -> None:
        """Wait for the account to be alive."""
        number = (await self.account(account_type)).no

        async def is_alive() -> bool:
            return number in self.hub.parts.lives.by_account

        await until(is_alive)

    async def until_settled(self, account_type: str) -> None:
        """Wait until nothing of the account's is queued, under way or being looked for."""

        async def is_settled() -> bool:
            rows = await self.rows(account_type)
            return all(row.finished_at is not None for row in rows)

        await until(is_settled)

    async def forget_chat(self, account_type: str) -> None:
        """The network loses the chat without a word: it refuses what is asked of it from now on."""
        key, chat = self.in_world(account_type).key, self.provider_chats[account_type]
        await self.connector.world.change(lambda change: world_chats.remove(change, key, chat))

    async def find_chats(self) -> None:
        """Name a writable chat of each account."""
        listed = await self.ask(ListAllChats(limit=250))
        found = await self.control("chats")
        by_provider_id = {chat["provider_id"]: chat for chat in found}
        for chat in listed["items"]:
            there = by_provider_id[chat["provider_id"]]
            plain = chat["type"] == 0 and not chat["read_only"] and "disabledFeatures" not in chat and "subject" not in chat
            if plain and there["account"].endswith(":1") and chat["account_type"] not in self.chats:
                self.chats[chat["account_type"]] = chat["id"]
                self.provider_chats[chat["account_type"]] = chat["provider_id"]


@asynccontextmanager
async def opened(
    folder: Path,
    *,
    hub_options: HubOptions = QUICK,
    sandbox: Mapping[str, str] | None = None,
    start: bool = True,
    find: bool = True,
    wrap: Callable[[Database], Database] = lambda db: db,
) -> AsyncIterator[SendingWorld]:
    """The stack over a data folder that is prepared already; started, and its chats found, unless told otherwise.

    wrap: what stands before the database.
    """
    plain = await open_store(folder)
    store = replace(plain, db=wrap(plain.db))
    connector = new_connector(folder, sandbox or {})
    hub = Hub(store, [connector], replace(hub_options, data_folder=folder))
    gate = Gate(store, {"hub": hub}, roads=["sandbox"], simulated=["sandbox"])
    await gate.start()
    keys = await first_run.ready_keys(store)
    assert keys.pcid is not None
    world = SendingWorld(
        folder=folder,
        store=store,
        connector=connector,
        hub=hub,
        gate=gate,
        caller=await gate.authenticate(keys.api_key),
        admin=await gate.authenticate(keys.admin_key),
        pcid=keys.pcid,
    )
    if find:
        await world.find_chats()
    try:
        if start:
            await hub.start()
            for account_type in EVERY:
                await world.until_connected(account_type)
        yield world
    finally:
        await gate.close()
        await hub.close()
        await store.close()


def new_connector(folder: Path, options: Mapping[str, str]) -> SandboxConnector:
    """The sandbox of a data folder; nobody answers, and history is soon to be relied on."""
    plain = {"sandbox.answers": "0", "sandbox.settle_ms": str(SETTLE_MS)}
    (connector,) = connectors(Setup(folder, system_clock, urandom, plain | dict(options)))
    assert isinstance(connector, SandboxConnector)
    return connector


async def prepare(folder: Path) -> None:
    """A data folder with the small world, all seven accounts connected and synced, and a person with a key."""
    store = await open_store(folder)
    connector = new_connector(folder, {})
    hub = Hub(store, [connector], QUICK)
    made = await first_run.set_up(store, person="ada", connection="sandbox", roads=["sandbox"])
    assert made is not None
    await connector.controls("seed", {"seed": "small"})
    await _open_windows(connector)
    await hub.start()
    for account_type in ACCOUNT_TYPES:
        login, _ = await hub.logins.start("sandbox", "instant", {"account_type": account_type}, owner=made.person)
        assert not isinstance(await hub.logins.submit(login, made.person, {}), Step)

    async def is_synced() -> bool:
        return all(row.first_sync == "done" for row in await accounts.all_of(store.db))

    await until(is_synced)
    await hub.close()
    await store.close()


async def _open_windows(connector: SandboxConnector) -> None:
    """Somebody writes to the Messenger page, so that it may answer."""
    found: Any = await connector.controls("chats", {"account": "MESSENGER"})
    for chat in found:
        if chat["type"] == 0:
            await connector.controls("write", {"as": chat["with"][0], "account": "MESSENGER", "text": "Anybody there?"})


def copied(prepared: Path, folder: Path) -> Path:
    """A data folder of one's own."""
    return Path(shutil.copytree(prepared, folder / "data"))
