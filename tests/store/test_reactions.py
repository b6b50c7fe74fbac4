"""Reactions and amendments: whatever the order of arrival, what stands in the end is the same."""

from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trunkline.store import amendments, reactions
from trunkline.store.amendments import Amendment
from trunkline.store.engine import Transaction
from trunkline.store.reactions import ReactionMade
from trunkline.store.store import Store

from .planted import add_account, add_chat

SHARED_STORE = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])

Made = tuple[str, str, int, bool]
made = st.tuples(st.sampled_from("ab"), st.sampled_from(("👍", "🎉", "❤️")), st.integers(1, 6), st.booleans())


async def stands(store: Store, events: list[Made], *, several: bool) -> list[tuple[str, str]]:
    """What stands after these arrived, and nothing else: (emoji, who)."""
    chat = await add_chat(store, await add_account(store), store.new_id())

    async def work(tx: Transaction) -> list[tuple[str, str]]:
        for sender, value, at, removed in events:
            one = ReactionMade(
                chat_no=chat.no, provider_id="m", sender=sender, value=value, at=at, removed=removed, is_own=sender == "a"
            )
            await reactions.note(tx, one, several=several)
        return [(found.value, found.sender_id) for found in await reactions.of_message(tx, chat.no, "m")]

    return await store.db.write(work)


@pytest.mark.parametrize("several", [True, False])
@SHARED_STORE
@given(
    orders=st.lists(made, max_size=7).flatmap(lambda events: st.tuples(st.just(events), st.permutations(events + events[:3])))
)
async def test_reactions_end_alike_in_any_order(store: Store, several: bool, orders: tuple[list[Made], list[Made]]) -> None:
    events, shuffled = orders
    in_time = sorted(events, key=lambda event: (event[2], not event[3], event[1]))
    assert await stands(store, shuffled, several=several) == await stands(store, in_time, several=several)


async def test_of_one_persons_reactions_the_latest_stands(store: Store) -> None:
    events: list[Made] = [("a", "👍", 1, False), ("a", "🎉", 2, False), ("b", "👍", 3, False), ("b", "👍", 4, True)]
    for order in permutations(events):
        assert await stands(store, list(order), several=False) == [("🎉", "a")]


async def test_of_two_at_one_moment_the_same_one_stands_whichever_comes_first(store: Store) -> None:
    events: list[Made] = [("a", "👍", 1, False), ("a", "🎉", 1, False), ("a", "👍", 1, True)]
    ends = {tuple(await stands(store, list(order), several=False)) for order in permutations(events)}
    assert ends == {(("👍", "a"),)}


async def test_reactions_stand_in_the_order_they_were_last_made(store: Store) -> None:
    """A repeat moves to the end, whenever it is heard of."""
    events: list[Made] = [("a", "👍", 1, False), ("a", "🎉", 2, False), ("a", "👍", 3, False)]
    for order in permutations(events):
        assert await stands(store, list(order), several=True) == [("🎉", "a"), ("👍", "a")]


kinds = st.sampled_from(("edit", "edit", "edit", "removal"))
amended = st.tuples(kinds, st.integers(1, 5), st.sampled_from((None, "one", "two")))


async def amendment_after(store: Store, events: list[tuple[str, int, str | None]]) -> Amendment | None:
    """What is known of a message after these arrived."""
    chat = await add_chat(store, await add_account(store), store.new_id())

    async def work(tx: Transaction) -> Amendment | None:
        for kind, at, text in events:
            if kind == "edit":
                await amendments.note_edit(tx, chat.no, "m", at, text)
            else:
                await amendments.note_removal(tx, chat.no, "m", at)
        return await amendments.of_message(tx, chat.no, "m")

    return await store.db.write(work)


@SHARED_STORE
@given(st.lists(amended, max_size=6).flatmap(lambda events: st.tuples(st.just(events), st.permutations(events))))
async def test_edits_and_deletions_end_alike_in_any_order(
    store: Store, orders: tuple[list[tuple[str, int, str | None]], list[tuple[str, int, str | None]]]
) -> None:
    first, second = [await amendment_after(store, order) for order in orders]
    if first is None or second is None:
        assert first is second is None
        return
    assert (first.removed_at is None) == (second.removed_at is None)
    assert first.text == second.text
    if first.removed_at is None:
        latest = max(((at, text or "") for kind, at, text in orders[0] if kind == "edit"), default=None)
        assert latest == (first.edited_at, first.text or "") == (second.edited_at, second.text or "")
    else:
        assert first.text is None, "of a deleted message nothing is kept"
