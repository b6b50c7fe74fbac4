"""Every list reads its index: no table is walked, whatever the filters, and one account's list comes in the index's order.

The plans are SQLite's own, of the statements that the handlers really run. PostgreSQL plans by the sizes of tables, which in a
test are too small to say anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import pytest

from trunkline.contract.events import (
    ChatChanged,
    ChatInfo,
    DeliveredUpTo,
    MessageChanged,
    MessageRemoved,
    ReactionChanged,
    ReadUpTo,
)
from trunkline.hub.hub import Hub
from trunkline.model.networks import AccountType
from trunkline.operations.attendees import ListAllAttendees, ListChatsByAttendee, ListMessagesByAttendee
from trunkline.operations.backend import Scope
from trunkline.operations.chats import GetChat, ListAllChats, ListAttendees, ListChatMessages
from trunkline.operations.declaration import Operation
from trunkline.operations.messages import GetMessage, ListAllMessages
from trunkline.operations.own import SearchMessages
from trunkline.store.engine import Transaction
from trunkline.store.store import Store

from .explaining import Explained, ExplainingDatabase
from .world import ADA, ME, NOW, OWNER, World, new_world, quoting, reaction, said

TIME = "2026-09-21T14:13:20.000Z"
BOUNDS = list(product((None, TIME), (None, TIME)))
OVER_MADE_ROWS = ("SCAN arm", "SCAN arms", "SCAN picked", "SCAN counted", "SCAN CONSTANT ROW")
"""Walks over the rows that a part of the statement has picked already: a page, never a table."""


@dataclass(frozen=True)
class Explaining:
    """A world whose statements are explained, with two accounts that know the same people."""

    world: World
    database: ExplainingDatabase
    chat_id: str
    message_id: str

    async def plans(self, operation: Operation[Any], scope: Scope, position: str | None = None) -> list[Explained]:
        """The plans of what a call runs."""
        self.database.noted.clear()
        await self.world.ask(operation, scope=scope, position=position)
        return list(self.database.noted)


@pytest.fixture
async def explaining(sqlite_store: Store) -> Explaining:
    """Two accounts with a chat of a few messages each."""
    worlds = [await new_world(sqlite_store), await new_world(sqlite_store, "me too", "SLACK")]
    for world in worlds:
        await world.take(
            ChatChanged(info=ChatInfo(provider_id="chat", type=0, peer="ada", members=(ADA, ME))),
            *[said(f"m{number}", at_ms=NOW + number, sender=ME if number % 3 == 0 else ADA) for number in range(30)],
            ReadUpTo(chat="chat", provider_id="m21", at_ms=NOW, person="ada"),
        )
    database = ExplainingDatabase(sqlite_store.db)
    store = replace(sqlite_store, db=database)
    world = World(store, Hub(store, ()), worlds[0].account)
    [chat] = await world.ask(ListAllChats(account_id=world.account.id))
    [message] = await world.ask(ListChatMessages(chat_id=chat["id"], limit=1))
    return Explaining(world, database, chat["id"], message["id"])


def walks(plans: Sequence[Explained], *, sorts: bool) -> list[Explained]:
    """Those that walk a table, or that sort when they should not."""
    return [
        explained
        for explained in plans
        if " FROM account " not in explained.sql  # a person has a few; they are read whole, for every call
        and any(
            (line.startswith("SCAN") and not line.startswith(OVER_MADE_ROWS) and "VIRTUAL TABLE INDEX" not in line)
            or ("TEMP B-TREE" in line and not sorts)
            for line in explained.plan
        )
    ]


def lists(explaining: Explaining, account_id: str | None) -> list[tuple[Operation[Any], str | None]]:
    """Every list with every combination of its filters, from the beginning and from further on."""
    chat, key, chat_position = explaining.chat_id, f"{NOW << 20:x}", f"{NOW << 20:x}.1"
    found: list[tuple[Operation[Any], str | None]] = []
    for before, after in BOUNDS:
        bounds: Any = {"before": before, "after": after}
        kinds: tuple[AccountType | None, ...] = (None, "WHATSAPP")
        for unread, kind in product((None, True, False), kinds):
            listed = ListAllChats(account_id=account_id, unread=unread, account_type=kind, **bounds)
            found += [(listed, None), (listed, chat_position)]
        by_person = ListChatsByAttendee(attendee_id="ada", account_id=account_id, **bounds)
        found += [(by_person, None), (by_person, chat_position)]
        for sender in (None, "ada"):
            found += [
                (ListAllMessages(account_id=account_id, sender_id=sender, **bounds), None),
                (ListAllMessages(account_id=account_id, sender_id=sender, **bounds), key),
                (ListChatMessages(chat_id=chat, sender_id=sender, **bounds), None),
                (ListChatMessages(chat_id=chat, sender_id=sender, **bounds), key),
            ]
        sent = ListMessagesByAttendee(sender_id="ada", account_id=account_id, **bounds)
        found += [(sent, None), (sent, key)]
        found += [(SearchMessages(query="m1 m2", account_id=account_id, **bounds), None)]
    found += [(ListAllAttendees(account_id=account_id), None), (ListAllAttendees(account_id=account_id), "Aa")]
    return found


async def test_a_list_of_one_account_is_read_off_its_index_in_order(explaining: Explaining) -> None:
    scope = Scope(owner=OWNER, roads=frozenset({"test"}), accounts=frozenset({explaining.world.account.id}))
    asked = lists(explaining, explaining.world.account.id)
    for operation, position in asked:
        plans = await explaining.plans(operation, scope, position)
        people = isinstance(operation, ListAllAttendees)  # the page's rows are fetched by number and put in order again
        assert not walks([one for one in plans if not (people and " IN (" in one.sql)], sorts=False), operation
    assert len(asked) >= 100


@pytest.mark.parametrize(
    "index",
    ["message_by_account", "message_by_sender", "message_by_chat_sender", "chat_by_activity", "chat_by_unread", "chat_by_peer"],
)
async def test_a_missing_index_would_be_noticed(explaining: Explaining, index: str) -> None:
    async def drop(tx: Transaction) -> None:
        await tx.run(f"DROP INDEX {index}")

    await explaining.database.inner.write(drop)
    scope = Scope(owner=OWNER, roads=frozenset({"test"}), accounts=frozenset({explaining.world.account.id}))
    asked = lists(explaining, explaining.world.account.id)
    found = [walks(await explaining.plans(operation, scope, position), sorts=False) for operation, position in asked]
    assert any(found)


async def test_a_list_of_several_accounts_reads_the_index_of_each(explaining: Explaining) -> None:
    scope = Scope(owner=OWNER, roads=frozenset({"test"}))
    for operation, position in lists(explaining, None):
        plans = await explaining.plans(operation, scope, position)
        assert not walks(plans, sorts=True), operation
        for union in (one for one in plans if "UNION ALL" in one.sql):
            named = ("(account_no=?", "(peer_no=?", "(sender_no=?")
            arms = [line for line in union.plan if line.startswith("SEARCH") and any(name in line for name in named)]
            assert len(arms) == 2, operation


async def test_a_list_of_a_connection_limited_to_chats_starts_from_those_chats(explaining: Explaining) -> None:
    scope = Scope(owner=OWNER, roads=frozenset({"test"}), chats=frozenset({explaining.chat_id}))
    for operation, position in lists(explaining, None):
        plans = await explaining.plans(operation, scope, position)
        assert not walks(plans, sorts=True), operation
        for one in plans:
            if isinstance(operation, ListAllChats) and " FROM chat " in one.sql:
                assert not any("chat_by_activity" in line or "chat_by_unread" in line for line in one.plan), operation


async def test_single_things_are_found_by_their_ids(explaining: Explaining) -> None:
    scope = Scope(owner=OWNER, roads=frozenset({"test"}))
    for operation in (
        GetChat(chat_id=explaining.chat_id),
        GetMessage(message_id=explaining.message_id),
        ListAttendees(chat_id=explaining.chat_id),
    ):
        assert not walks(await explaining.plans(operation, scope), sorts=isinstance(operation, ListAttendees)), operation


async def test_ingest_finds_every_row_by_an_index(explaining: Explaining) -> None:
    explaining.database.noted.clear()
    world = explaining.world
    await world.take(
        said("new", reactions=(reaction("👍"),), quote=quoting("later"), thread="m1", at_ms=NOW + 99),
        said("later", at_ms=NOW + 98),
        said("m1", at_ms=NOW + 1, edited=True, text="changed"),
        said("mine", sender=ME, at_ms=NOW + 100, token="t"),
        MessageChanged(chat="chat", provider_id="m2", at_ms=NOW + 101, text="other"),
        MessageChanged(chat="chat", provider_id="unborn", at_ms=NOW + 101, text="other"),
        ReactionChanged(chat="chat", provider_id="m4", at_ms=NOW + 101, sender=ADA, value="👍"),
        MessageRemoved(chat="chat", provider_id="m5", at_ms=NOW + 101),
        ReadUpTo(chat="chat", provider_id="m7", at_ms=NOW + 101, person=None),
        ReadUpTo(chat="chat", provider_id="m28", at_ms=NOW + 101, person="ada"),
        DeliveredUpTo(chat="chat", provider_id="mine", at_ms=NOW + 101),
    )
    sorting = ("FROM reaction", "FROM waiting")  # of one message
    plans = explaining.database.noted
    assert not walks([one for one in plans if not any(table in one.sql for table in sorting)], sorts=False)
    assert not walks([one for one in plans if any(table in one.sql for table in sorting)], sorts=True)
    assert len(plans) > 60
