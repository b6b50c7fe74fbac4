"""A server with two people who know nothing of each other, each with seven accounts and a world of their own behind them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.gateway.house import Things, ask, things_of
from tests.gateway.tenants import Tenant, new_connection, new_tenant

from trunkline.operations.chats import GetChat, ListAttendees
from trunkline.operations.messages import GetMessage
from trunkline.store import accounts
from trunkline.store.engine import Transaction
from trunkline.store.store import Store

from .served import Served, served
from .wire import tools_of


@dataclass(frozen=True)
class Town:
    """The server, the two, and what is theirs. Messages and attendees are of WhatsApp, threads of Slack."""

    server: Served
    ada: Tenant
    grace: Tenant
    mine: Things
    """Ada's."""
    foreign: Things
    """The same kinds of things, of Grace's own world."""
    foreign_names: Things
    """What the network calls Grace's things: provider ids. The attendee is herself, as both know the same people."""
    my_names: Things
    """What the network calls Ada's things; the attendee is somebody she writes with."""
    gone: Things
    """Things Ada had in an account that was removed."""
    deleted: Things
    """A chat that Ada deleted, and what was in it."""
    spare: Things
    """Ada's, to be destroyed."""
    revoked_pcid: str
    second_pcid: str

    @property
    def store(self) -> Store:
        """The store."""
        return self.server.store


@asynccontextmanager
async def open_town(folder: Path) -> AsyncIterator[Town]:
    """Built, with all history fetched."""
    async with served(folder) as server:
        road = server.network.road
        ada, grace = [await new_tenant(server.store, name, [road]) for name in ("ada", "grace")]
        for number, tenant in enumerate((ada, grace), 1):
            await server.log_in_everywhere(number, tenant.person)
        gate = server.parts.gate
        mine, foreign = [await things_of(gate, tenant, "WHATSAPP") for tenant in (ada, grace)]
        gone, deleted = [await things_of(gate, ada, name) for name in ("TWITTER", "TELEGRAM")]
        revoked, second = [await new_connection(server.store, ada, roads=[road]) for _ in range(2)]
        town = Town(
            server=server,
            ada=ada,
            grace=grace,
            mine=mine,
            foreign=foreign,
            foreign_names=await _names(server, grace, foreign, is_self=True),
            my_names=await _names(server, ada, mine, is_self=False),
            gone=gone | {"thread": gone["message"]},
            deleted={kind: deleted[kind] for kind in ("chat", "message", "attachment")} | {"thread": deleted["message"]},
            spare=await things_of(gate, ada, "INSTAGRAM"),
            revoked_pcid=revoked,
            second_pcid=second,
        )
        async with tools_of(server.port, ada.api_key) as tools:
            await tools.ask("delete_chat", PCID=ada.pcid, chat_id=deleted["chat"])
        await _take_away(town)
        yield town


async def _names(server: Served, tenant: Tenant, things: Things, *, is_self: bool) -> Things:
    gate = server.parts.gate
    found = {
        "chat": await ask(gate, tenant, GetChat(chat_id=things["chat"])),
        "message": await ask(gate, tenant, GetMessage(message_id=things["message"])),
        "thread": await ask(gate, tenant, GetMessage(message_id=things["thread"])),
    }
    people = (await ask(gate, tenant, ListAttendees(chat_id=things["chat"])))["items"]
    found["attendee"] = next(person for person in people if bool(person["is_self"]) == is_self)
    return {kind: str(one["provider_id"]) for kind, one in found.items()}


async def _take_away(town: Town) -> None:
    """What `gone` and `revoked_pcid` name."""

    async def work(tx: Transaction) -> None:
        account = await accounts.by_id(tx, town.gone["account"])
        assert account is not None
        await accounts.remove(tx, account.no)
        await tx.run("UPDATE connection SET revoked_at = 1 WHERE pcid = $1", town.revoked_pcid)

    await town.store.db.write(work)


async def _nothing(tx: Transaction) -> None:
    """Changes nothing."""


NOT_COMPARED = {"audit"}
"""Who asked for what is written down whatever the answer is."""


async def everything(server: Served) -> dict[str, Any]:
    """What could have been changed by asking: the store, table by table, and the network with its record."""
    await server.store.db.write(_nothing)  # what is noted after an answer is noted by then
    rows = await server.store.db.fetch("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    tables = [row[0] for row in rows if row[0] not in NOT_COMPARED and not row[0].startswith(("sqlite_", "message_words"))]
    found: dict[str, Any] = {
        table: [tuple(row) for row in await server.store.db.fetch(f"SELECT * FROM {table}")]  # names of our own
        for table in tables
    }
    columns = [row[1] for row in await server.store.db.fetch("PRAGMA table_info(api_key)")]
    used = columns.index("used_at")
    found["api_key"] = [row[:used] + row[used + 1 :] for row in found["api_key"]]
    found["record"] = await server.control("record")
    found["world"] = (await server.control("world"))["accounts"]
    return found
