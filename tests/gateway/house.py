"""A whole server over the seven simulated networks, with two people who each have all seven accounts.

Both log in to the same simulated accounts, so every provider id of one is also a provider id of the other: the hardest case for
keeping them apart.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import anyio
from msgspec import json

from trunkline import first_run
from trunkline.contract.connector import Connector
from trunkline.gateway.gate import Gate
from trunkline.hub.hub import Hub
from trunkline.networks.scan import Setup, find_connectors
from trunkline.operations.attendees import ListAllAttendees
from trunkline.operations.catalog import OperationType
from trunkline.operations.chats import ListAllChats, ListAttendees, ListChatMessages
from trunkline.operations.check import read_arguments
from trunkline.operations.declaration import Operation
from trunkline.operations.own import ListAccounts
from trunkline.store import accounts
from trunkline.store.engine import Transaction
from trunkline.store.store import open_store

from .recording import RecordingDatabase
from .tenants import Tenant, new_connection, new_tenant

Things = dict[str, str]
"""Public ids, by what they name."""


@dataclass
class House:
    """The server, who lives in it, and what is theirs."""

    gate: Gate
    hub: Hub
    database: RecordingDatabase
    connector: Connector
    ada: Tenant
    grace: Tenant
    mine: Things
    """Ada's. Messages and attendees are of WhatsApp, `thread` and `slack chat` of Slack."""
    foreign: Things
    """The same things, as Grace has them."""
    gone: Things
    """Things Ada had in an account that was removed."""
    outside: Things
    """Ada's, beyond the one chat that `limited_pcid` reaches."""
    spare: Things
    """Ada's, to be destroyed."""
    limited_pcid: str
    revoked_pcid: str
    second_pcid: str

    def guess(self) -> str:
        """An id that names nothing."""
        return self.hub.parts.store.new_id()

    async def ask(self, tenant: Tenant, operation: OperationType, arguments: dict[str, Any], pcid: str | None = None) -> Any:
        """The decoded answer to one of them."""
        return await ask(self.gate, tenant, read_arguments(operation, arguments), pcid)


async def ask(gate: Gate, tenant: Tenant, operation: Operation[Any], pcid: str | None = None) -> Any:
    """The decoded answer."""
    reply = await gate.answer(tenant.caller, operation, pcid=pcid or tenant.pcid, surface="mcp")
    assert isinstance(reply.body, bytes)
    return json.decode(reply.body)


@asynccontextmanager
async def open_house(folder: Path) -> AsyncIterator[House]:
    """Built, with all history fetched."""
    opened = await open_store(folder)
    database = RecordingDatabase(opened.db)
    store = replace(opened, db=database)
    connectors = find_connectors(Setup(folder, store.clock, store.entropy))
    (connector,) = (each for each in connectors if each.simulated)
    hub = Hub(store, connectors)
    gate = Gate(store, {"hub": hub}, roads=[each.road for each in connectors], simulated=[connector.road])
    await hub.start()
    await gate.start()
    try:
        ada, grace = [await new_tenant(store, name, [connector.road]) for name in ("ada", "grace")]
        for tenant in (ada, grace):
            await first_run.plant(store, hub, connectors, "small", tenant.person)
        with anyio.fail_after(20):
            while any(row.first_sync != "done" for row in await accounts.all_of(store.db)):
                await anyio.lowlevel.checkpoint()
        mine = await things_of(gate, ada, "WHATSAPP")
        gone = await things_of(gate, ada, "TWITTER")
        gone["thread"] = gone["message"]
        limited_pcid = await new_connection(store, ada, roads=[connector.road], chats=[mine["chat"]])
        revoked_pcid, second_pcid = [await new_connection(store, ada, roads=[connector.road]) for _ in range(2)]
        house = House(
            gate=gate,
            hub=hub,
            database=database,
            connector=connector,
            ada=ada,
            grace=grace,
            mine=mine,
            foreign=await things_of(gate, grace, "WHATSAPP"),
            gone=gone,
            outside=await things_of(gate, ada, "TELEGRAM"),
            spare=await things_of(gate, ada, "INSTAGRAM"),
            limited_pcid=limited_pcid,
            revoked_pcid=revoked_pcid,
            second_pcid=second_pcid,
        )
        await _remove(house)
        yield house
    finally:
        await gate.close()
        await hub.close()
        await opened.close()


async def things_of(gate: Gate, tenant: Tenant, account_type: str) -> Things:
    """Something of every kind, of one account; threads of Slack."""
    by_type = {each["type"]: each["id"] for each in (await ask(gate, tenant, ListAccounts()))["items"]}
    things = {"account": by_type[account_type]}
    for chat in (await ask(gate, tenant, ListAllChats(account_id=things["account"])))["items"]:
        messages = (await ask(gate, tenant, ListChatMessages(chat_id=chat["id"])))["items"]
        with_file = [message for message in messages if message["attachments"] and not message["is_sender"]]
        if with_file and not chat["read_only"] and chat["type"] == 0:
            things |= {"chat": chat["id"], "message": with_file[0]["id"]}
            things["attachment"] = with_file[0]["attachments"][0]["id"]
            members = (await ask(gate, tenant, ListAttendees(chat_id=chat["id"])))["items"]
            peer = next(each for each in members if not each["is_self"])
            things["attendees"] = ",".join(each for each in (things.get("attendee"), peer["id"]) if each)
            things["attendee"] = peer["id"]
        elif chat["type"] == 1:
            things["other chat"] = chat["id"]
    for chat in (await ask(gate, tenant, ListAllChats(account_id=by_type["SLACK"])))["items"]:
        messages = (await ask(gate, tenant, ListChatMessages(chat_id=chat["id"])))["items"]
        if threads := [message["parent"] for message in messages if "parent" in message]:
            things |= {"slack chat": chat["id"], "thread": threads[0]}
    assert (await ask(gate, tenant, ListAllAttendees(account_id=things["account"])))["items"]
    return things


async def _remove(house: House) -> None:
    """Take away what `gone` and `revoked_pcid` name."""

    async def work(tx: Transaction) -> None:
        account = await accounts.by_id(tx, house.gone["account"])
        assert account is not None
        await accounts.remove(tx, account.no)
        await tx.run("UPDATE connection SET revoked_at = 1 WHERE pcid = $1", house.revoked_pcid)

    await house.hub.parts.store.db.write(work)
