"""The order of messages is the network's, however they arrive."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trunkline.store import chats, marks, messages, order, words
from trunkline.store.chats import ChatRow
from trunkline.store.engine import Transaction
from trunkline.store.messages import Filter
from trunkline.store.store import Store
from trunkline.store.words import Hits

from .planted import Said, add_account, add_chat, add_messages, fresh, message

NOW = 1_790_000_000_000
SHARED_STORE = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])

place = st.tuples(st.integers(0, 2), st.integers(-1, 3), st.text("abc", max_size=2))
arriving = st.lists(place, unique=True, min_size=1, max_size=30).flatmap(st.permutations)


async def listed(store: Store, chat: ChatRow) -> list[str]:
    """Provider ids of a chat, oldest first."""
    rows = await messages.page(store.db, Filter(arms=({"chat_no": chat.no},)), 1_000)
    found = [await messages.by_key(store.db, chat.no, row[1]) for row in reversed(rows)]
    return [row.provider_id for row in found if row is not None]


@SHARED_STORE
@given(arriving)
async def test_messages_stand_in_the_networks_order_however_they_arrive(
    store: Store, found: list[tuple[int, int, str]]
) -> None:
    account = await add_account(store)
    chat = await add_chat(store, account, store.new_id())
    said = [Said(f"{later}.{rank}.{name}", NOW + later, rank=rank) for later, rank, name in found]
    await add_messages(store, chat, said)
    expected = sorted(said, key=lambda one: (one.at_ms, one.rank, one.provider_id))
    assert await listed(store, chat) == [one.provider_id for one in expected]


@SHARED_STORE
@given(st.lists(st.integers(0, 3), min_size=2, max_size=40))
async def test_no_two_messages_of_any_chats_share_a_key(store: Store, chats_by_turn: list[int]) -> None:
    account = await add_account(store)
    made = [await add_chat(store, account, store.new_id()) for _ in range(4)]
    keys = []
    for number, turn in enumerate(chats_by_turn):
        keys += await add_messages(store, made[turn], [Said(f"m{number}", NOW, rank=number)])
    assert len(set(keys)) == len(keys)
    assert {order.time_of(key) for key in keys} == {NOW}


async def marked(store: Store, chat: ChatRow) -> dict[str, str]:
    """Which message each mark of a chat stands at, and each reader's."""
    row = await fresh(store, chat)
    keys = {name: getattr(row, name) for name in ("activity", "last_key", "read_own", "read_peer", "delivered")}
    moves = await store.db.fetch("SELECT person, key FROM read_move WHERE chat_no = $1", chat.no)
    found = {name: await messages.by_key(store.db, chat.no, key) for name, key in [*keys.items(), *moves]}
    return {name: "nothing" if known is None else known.provider_id for name, known in found.items()}


async def test_where_neighbours_leave_no_room_messages_are_spread_and_everything_moves_along(store: Store) -> None:
    """Each new message goes right after the first one, so that its room is gone after a dozen."""
    chat = await add_chat(store, await add_account(store))
    first, middle, last = await add_messages(
        store, chat, [Said("first", NOW, "one", rank=0), Said("middle", NOW, "two", rank=1_000), Said("last", NOW, rank=2_000)]
    )

    async def put_marks(tx: Transaction) -> None:
        await marks.move_own(tx, chat, first, 4)
        await marks.move_peer(tx, chat, "ada", middle, 5)
        await marks.move_peer(tx, chat, "bob", last, 6)
        await chats.update(tx, chat.no, {"delivered": middle, "last_key": last, "activity": last})

    await store.db.write(put_marks)
    expected = {
        "activity": "last", "last_key": "last", "read_own": "first", "read_peer": "last", "delivered": "middle",
        "ada": "middle", "bob": "last",
    }  # fmt: skip
    moved = 0
    for rank in range(999, 899, -1):
        [key] = await add_messages(store, chat, [Said(f"m{rank}", NOW, f"word{rank}", rank=rank)])
        moved += (await message(store, chat, "middle")).key != middle
        assert order.time_of(key) == NOW
    assert moved, "nothing was ever spread"
    assert await marked(store, chat) == expected
    assert await listed(store, chat) == ["first", *(f"m{rank}" for rank in range(900, 1_000)), "middle", "last"]
    for text, provider_id in (("one", "first"), ("two", "middle"), ("word950", "m950"), ("word900", "m900")):
        [key] = await words.search(store.db, [text], Hits([chat.account_no]), 5)
        assert key == (await message(store, chat, provider_id)).key


async def test_spreading_one_chat_leaves_the_keys_of_others_alone(store: Store) -> None:
    account = await add_account(store)
    crowded, quiet = await add_chat(store, account, "crowded"), await add_chat(store, account, "quiet")
    keys = await add_messages(store, quiet, [Said(f"q{rank}", NOW, rank=rank) for rank in range(20)])
    await add_messages(store, crowded, [Said(f"c{rank}", NOW, rank=rank) for rank in range(400, 0, -1)])
    assert [(await message(store, quiet, f"q{rank}")).key for rank in range(20)] == keys
    assert await listed(store, crowded) == [f"c{rank}" for rank in range(1, 401)]


@pytest.mark.parametrize("at_ms", [-1, 0, 2**43, 2**45])
async def test_a_time_that_no_key_can_hold_is_refused(store: Store, at_ms: int) -> None:
    chat = await add_chat(store, await add_account(store))
    with pytest.raises(ValueError, match="time"):
        await add_messages(store, chat, [Said("strange", at_ms)])


def test_bounds_beyond_what_keys_hold_are_the_nearest_keys() -> None:
    """Source: `before` and `after` take any year with four digits (unipile-v1 2.5)."""
    assert order.first_key(-(10**15)) == 0
    assert order.first_key(10**15) == order.first_key(order.MOST_MS - 1) < 2**63
