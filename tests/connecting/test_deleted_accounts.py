"""What is left of a deleted account in the connections that named it."""

from trunkline.model.connection import Grant
from trunkline.store import accounts, connections
from trunkline.store.connections import ConnectionRow
from trunkline.store.engine import Transaction

from .conftest import World

GRANTED: tuple[Grant, ...] = ("read",)


async def test_no_connection_names_a_deleted_account_and_none_is_widened_by_it(world: World) -> None:
    """The person's own one to it ends; a further one reaches none, not all. Seen to fail: it was said to reach "1 account"."""
    account_id, _ = await world.waiting(provider="WHATSAPP")
    await world.confirm()
    await world.until_connected(account_id)
    store = world.hub.parts.store

    async def grant(tx: Transaction) -> list[ConnectionRow]:
        owner = await tx.row("SELECT owner FROM account WHERE id = $1", account_id)
        assert owner is not None
        return [
            await connections.add(
                tx,
                pcid=f"pcid_of_{number}",
                principal=owner[0],
                owner=owner[0],
                name="a connection",
                roads=("sandbox",),
                accounts=named,
                chats=None,
                effects=GRANTED,
                mode="guarded",
                at_ms=store.clock(),
            )
            for number, named in enumerate(((account_id,), (account_id,), (account_id, "another"), None))
        ]

    granted = await store.db.write(grant)
    assert (await world.http.delete(f"/api/v1/accounts/{account_id}")).status_code == 200
    left = [await connections.by_no(store.db, each.no) for each in granted]
    assert [each and each.accounts for each in left] == [None, frozenset(), {"another"}, None]
    assert left[0] is None
    assert left[1] is not None
    assert left[3] is not None, "one to all accounts stands"
    assert await accounts.in_scope(store.db, left[1].scope) == []
