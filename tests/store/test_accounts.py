"""Accounts: one per login, seen by their owner alone, and gone with all that came of them."""

from typing import Any

from tests.hub.world import NOW, new_world, said

from trunkline.contract.events import (
    ChatChanged,
    ChatInfo,
    GapFound,
    MessageChanged,
    ReactionChanged,
    ReadUpTo,
    UnknownHappened,
)
from trunkline.operations.backend import Scope
from trunkline.store import accounts, leases, syncs, words
from trunkline.store.engine import Transaction
from trunkline.store.store import Store
from trunkline.store.words import Hits

from .planted import add_account


async def test_the_same_login_is_the_same_account(store: Store) -> None:
    first = await add_account(store, "me")
    assert await add_account(store, "me") == first
    others = {
        await add_account(store, "me", owner=2),
        await add_account(store, "me", account_type="SLACK"),
        await add_account(store, "somebody else"),
    }
    assert len(others | {first}) == 4


async def test_a_scope_sees_accounts_of_its_owner_and_roads_alone(store: Store) -> None:
    mine, other, theirs = await add_account(store, "a"), await add_account(store, "b"), await add_account(store, "c", owner=2)
    ids = {row.no: row.id for row in await accounts.all_of(store.db)}
    assert ids.keys() == {mine, other, theirs}

    async def seen(**scope: Any) -> set[int]:
        return {row.no for row in await accounts.in_scope(store.db, Scope(**scope))}

    roads = frozenset({"sandbox"})
    assert await seen(owner=1, roads=roads) == {mine, other}
    assert await seen(owner=2, roads=roads) == {theirs}
    assert await seen(owner=1, roads=frozenset({"slack"})) == await seen(owner=1, roads=frozenset()) == set()
    assert await seen(owner=1, roads=roads, accounts=frozenset({ids[other], ids[theirs]})) == {other}
    assert await seen(owner=1, roads=roads, accounts=frozenset()) == set()


async def test_a_removed_account_leaves_nothing_and_its_neighbour_everything(store: Store) -> None:
    worlds = [await new_world(store, "gone"), await new_world(store, "stays")]
    for world in worlds:
        sender = said("m1").sender
        await world.take(
            ChatChanged(info=ChatInfo(provider_id="chat", members=(sender,))),
            said("m1", "some words", raw='{"t":"words"}', files=()),
            said("m2", "more words", at_ms=NOW + 1, thread="m9"),
            MessageChanged(chat="chat", provider_id="m1", at_ms=NOW + 2, text="other words"),
            ReactionChanged(chat="chat", provider_id="m2", at_ms=NOW + 2, sender=sender, value="👍"),
            ReadUpTo(chat="chat", provider_id="m2", at_ms=NOW + 3, person="ada"),
            GapFound(chat=None, from_ms=1, to_ms=2, reason="r"),
            UnknownHappened(kind="k", raw="{}"),
        )
        await store.keeper(world.account.no, world.account.id).put("credentials", b"secret")
        await store.db.write(_Living(world.account.no))
    counted = await _counts(store)
    gone, stays = (world.account.no for world in worlds)
    await store.db.write(lambda tx: accounts.remove(tx, gone))
    left = await _counts(store)
    assert {table: count * 2 for table, count in left.items()} == counted
    assert 0 not in left.values()
    hits = [await words.search(store.db, ["words"], Hits([number]), 9) for number in (gone, stays)]
    assert [len(found) for found in hits] == [0, 2]


class _Living:
    """What a session adds."""

    def __init__(self, account_no: int):
        self._account_no = account_no

    async def __call__(self, tx: Transaction) -> None:
        await leases.take(tx, self._account_no, "worker", 2**62)
        row = await tx.row("SELECT no FROM chat WHERE account_no = $1", self._account_no)
        assert row is not None
        await syncs.begin(tx, row[0], NOW, whole=True)


async def _counts(store: Store) -> dict[str, int]:
    """How many rows each table has that holds what is an account's."""
    tables = [
        "account",
        "keeper",
        "lease",
        "attendee",
        "alias",
        "chat",
        "member",
        "message",
        "message_raw",
        "message_words",
        "reaction",
        "amendment",
        "read_move",
        "reader",
        "waiting",
        "journal",
        "gap",
        "quarantine",
        "sync",
    ]
    found = {}
    for table in tables:
        row = await store.db.row(f"SELECT count(*) FROM {table}")
        assert row is not None
        found[table] = row[0]
    return found
