"""People with a key and a connection of their own."""

from collections.abc import Collection
from dataclasses import dataclass

from trunkline.gateway import credentials
from trunkline.gateway.caller import Caller
from trunkline.model.connection import Grant, Mode
from trunkline.store import connections, keys, principals
from trunkline.store.connections import EFFECTS
from trunkline.store.engine import Transaction
from trunkline.store.store import Store


@dataclass(frozen=True)
class Tenant:
    """Somebody who calls."""

    caller: Caller
    api_key: str
    pcid: str
    person: int


async def new_tenant(store: Store, name: str, roads: Collection[str] = ("playground",)) -> Tenant:
    """A person with an open connection and a key that uses it."""
    text = credentials.new_key(store.entropy)

    async def work(tx: Transaction) -> Tenant:
        person = await principals.add_person(tx, name, store.clock())
        grant = await connections.add(
            tx,
            pcid=credentials.new_pcid(store.entropy),
            principal=person.no,
            owner=person.no,
            name=name,
            roads=roads,
            accounts=None,
            chats=None,
            effects=EFFECTS,
            mode="open",
            at_ms=store.clock(),
        )
        await keys.add(
            tx,
            key_id=text.key_id,
            principal=person.no,
            name=name,
            key_hash=credentials.key_hash(store.seal, text),
            is_admin=False,
            default_connection=grant.no,
            at_ms=store.clock(),
            expires_at=None,
        )
        caller = Caller(principal=person.no, key_id=text.key_id, is_admin=False, default_pcid=grant.pcid)
        return Tenant(caller=caller, api_key=str(text), pcid=grant.pcid, person=person.no)

    return await store.db.write(work)


async def new_connection(
    store: Store,
    tenant: Tenant,
    *,
    effects: Collection[Grant] = EFFECTS,
    mode: Mode = "open",
    roads: Collection[str] = ("playground",),
    chats: Collection[str] | None = None,
) -> str:
    """One more connection of a tenant; gives its PCID."""

    async def work(tx: Transaction) -> str:
        grant = await connections.add(
            tx,
            pcid=credentials.new_pcid(store.entropy),
            principal=tenant.caller.principal,
            owner=tenant.person,
            name="one more",
            roads=roads,
            accounts=None,
            chats=chats,
            effects=effects,
            mode=mode,
            at_ms=store.clock(),
        )
        return grant.pcid

    return await store.db.write(work)
