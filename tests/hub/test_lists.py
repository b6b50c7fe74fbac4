"""Lists: every filter and every combination of them gives what a plain list would, and pages join while more arrives."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest

from trunkline.model.errors import InvalidArgument, NotFound
from trunkline.operations.attendees import ListAllAttendees, ListChatsByAttendee, ListMessagesByAttendee
from trunkline.operations.backend import Scope
from trunkline.operations.chats import ListAllChats, ListAttendees, ListChatMessages
from trunkline.operations.declaration import Operation
from trunkline.operations.messages import ListAllMessages
from trunkline.operations.own import ListAccounts
from trunkline.store.statement import ARMS_MOST
from trunkline.store.store import Store

from .corpus import PEOPLE, STEP_MS, TYPES, Corpus, Line, at, new_corpus
from .world import NOW, OWNER, World, add_account, new_world, said

BEFORE, AFTER = 60, 24
BOUNDS: list[tuple[int | None, int | None]] = [(None, None), (BEFORE, None), (None, AFTER), (BEFORE, AFTER), (AFTER, BEFORE)]
ACCOUNTS: list[tuple[int, ...] | None] = [None, (0,), (0, 2), (2, 1, 0)]


@pytest.fixture
async def corpus(store: Store) -> Corpus:
    """Three accounts, twelve chats, ninety messages."""
    return await new_corpus(store)


async def names(corpus: Corpus, operation: Operation[Any], scope: Scope | None = None) -> list[str]:
    """Provider ids of all pages of a list of messages or chats."""
    pages = await corpus.world.all_pages(operation, **({} if scope is None else {"scope": scope}))
    limit = getattr(operation, "limit", None) or 100
    assert all(len(page) == limit for page in pages[:-1]), "only the last page is short"
    assert len(pages[-1]) <= limit
    return [item["provider_id"] for page in pages for item in page]


def account_ids(corpus: Corpus, chosen: tuple[int, ...] | None) -> str | None:
    """The filter's text."""
    return None if chosen is None else ",".join(corpus.account_id(number) for number in chosen)


def bounds_of(before: int | None, after: int | None) -> Any:
    """Filters by time."""
    return {"before": None if before is None else at(before), "after": None if after is None else at(after)}


def within(moment: int, before: int | None, after: int | None) -> bool:
    """Both bounds are exclusive (unipile-v1 3.4)."""
    return (before is None or moment < before) and (after is None or moment > after)


def newest_first(lines: Sequence[Line]) -> list[str]:
    """Names of messages."""
    return [line.name for line in sorted(lines, key=lambda line: -line.moment)]


async def test_all_messages_by_account_sender_and_time(corpus: Corpus) -> None:
    for accounts, sender, (before, after) in product(ACCOUNTS, (None, "ada", "me"), BOUNDS):
        wanted = [
            line
            for line in corpus.lines
            if (accounts is None or line.account in accounts)
            and sender in (None, line.sender)
            and within(line.moment, before, after)
        ]
        operation = ListAllMessages(
            account_id=account_ids(corpus, accounts), sender_id=sender, limit=7, **bounds_of(before, after)
        )
        assert await names(corpus, operation) == newest_first(wanted), operation


async def test_messages_of_a_chat_by_sender_and_time(corpus: Corpus) -> None:
    for sender, (before, after) in product((None, "ada", "me"), BOUNDS):
        wanted = [
            line
            for line in corpus.lines
            if (line.account, line.chat) == (1, "with ada")
            and sender in (None, line.sender)
            and within(line.moment, before, after)
        ]
        chat_id = corpus.chat_ids[1, "with ada"]
        operation = ListChatMessages(chat_id=chat_id, sender_id=sender, limit=2, **bounds_of(before, after))
        assert await names(corpus, operation) == newest_first(wanted), operation


async def test_messages_of_a_person_by_account_and_time(corpus: Corpus) -> None:
    for accounts, (before, after) in product(ACCOUNTS, BOUNDS):
        wanted = [
            line
            for line in corpus.lines
            if (accounts is None or line.account in accounts) and line.sender == "bob" and within(line.moment, before, after)
        ]
        operation = ListMessagesByAttendee(
            sender_id="bob", account_id=account_ids(corpus, accounts), limit=4, **bounds_of(before, after)
        )
        assert await names(corpus, operation) == newest_first(wanted), operation


def chats_wanted(
    corpus: Corpus, accounts: tuple[int, ...], *, before: int | None, after: int | None, unread: bool | None
) -> list[str]:
    """Chats, last activity first; those without any come last, where no time is asked for."""
    found = []
    for number, person in product(accounts, PEOPLE):
        name = f"with {person.provider_id}"
        newest = corpus.newest(number, name)
        if within(newest, before, after) and unread in (None, name != "with ada"):
            found.append((newest, name))
    quiet = ["quiet"] * len(accounts) if before is None and after is None and unread is not True else []
    return [name for _, name in sorted(found, reverse=True)] + quiet


async def test_all_chats_by_account_type_time_and_unread(corpus: Corpus) -> None:
    for accounts, kind, unread, (before, after) in product(
        ACCOUNTS, (None, "WHATSAPP", "SLACK", "TELEGRAM"), (None, True, False), [*BOUNDS, (85, None), (None, 85)]
    ):
        chosen = tuple(n for n in (accounts or (0, 1, 2)) if kind in (None, TYPES[n]))
        operation = ListAllChats(
            account_id=account_ids(corpus, accounts),
            account_type=kind,  # type: ignore[arg-type]  # one of the literals
            unread=unread,
            limit=2,
            **bounds_of(before, after),
        )
        wanted = chats_wanted(corpus, chosen, before=before, after=after, unread=unread)
        assert await names(corpus, operation) == wanted, operation


async def test_chats_with_a_person_by_account_and_time(corpus: Corpus) -> None:
    for accounts, (before, after) in product(ACCOUNTS, [*BOUNDS, (85, None), (None, 85)]):
        operation = ListChatsByAttendee(
            attendee_id="bob", account_id=account_ids(corpus, accounts), limit=1, **bounds_of(before, after)
        )
        chosen = accounts or (0, 1, 2)
        wanted = [number for number in chosen if within(corpus.newest(number, "with bob"), before, after)]
        assert await names(corpus, operation) == ["with bob"] * len(wanted), operation


async def test_a_filter_that_matches_nothing_gives_one_empty_page(corpus: Corpus) -> None:
    for operation in (
        ListAllMessages(before=at(0)),
        ListAllChats(after=at(1_000)),
        ListAllChats(account_type="TELEGRAM"),
        ListAllChats(account_id="AAAAAAAAAAAAAAAAAAAAAA"),
        ListMessagesByAttendee(sender_id="ada", after=at(1_000)),
    ):
        assert await corpus.world.all_pages(operation) == [[]], operation


@pytest.mark.parametrize("year", ["1000", "2999"])
async def test_bounds_far_from_any_time_are_bounds_like_others(corpus: Corpus, year: str) -> None:
    """A key cannot hold them; they are more than a time can be, not an error."""
    everything = 90 if year == "1000" else 0
    moment = f"{year}-01-01T00:00:00.000Z"
    for before, after, count in ((None, moment, everything), (moment, None, 90 - everything)):
        assert len(await names(corpus, ListAllMessages(before=before, after=after))) == count
        assert len(await names(corpus, ListAllChats(before=before, after=after))) == (9 if count else 0)


async def test_an_unknown_account_is_not_found_except_where_lists_are_lenient(corpus: Corpus) -> None:
    """Source: unipile-v1 3.4."""
    with pytest.raises(NotFound):
        await corpus.world.ask(ListAllMessages(account_id="AAAAAAAAAAAAAAAAAAAAAA"))
    mixed = f"{corpus.account_id(1)},AAAAAAAAAAAAAAAAAAAAAA"
    assert len(await corpus.world.ask(ListAllChats(account_id=mixed))) == 4


async def test_everybody_is_listed_once_in_a_stable_order(corpus: Corpus) -> None:
    pages = await corpus.world.all_pages(ListAllAttendees(limit=5))
    people = [person for page in pages for person in page]
    assert [len(page) for page in pages] == [5, 5, 2]
    assert [person["id"] for person in people] == sorted(person["id"] for person in people)
    assert len({person["id"] for person in people}) == len(people) == 12
    one = await corpus.world.all_pages(ListAllAttendees(account_id=corpus.account_id(1), limit=3))
    assert sorted(person["provider_id"] for page in one for person in page) == ["ada", "bob", "cleo", "me"]


async def test_a_group_lists_all_its_members_on_one_page(corpus: Corpus) -> None:
    people = await corpus.world.ask(ListAttendees(chat_id=corpus.chat_ids[0, "quiet"]))
    assert sorted(person["provider_id"] for person in people) == ["ada", "bob", "cleo", "me"]


async def test_a_connection_limited_to_chats_lists_what_is_in_them(corpus: Corpus) -> None:
    chosen = {corpus.chat_ids[0, "with ada"], corpus.chat_ids[2, "with bob"]}
    scope = Scope(owner=OWNER, roads=frozenset({"test"}), chats=frozenset(chosen))
    lines = [line for line in corpus.lines if (line.account, line.chat) in {(0, "with ada"), (2, "with bob")}]
    ada = [line for line in lines if line.sender == "ada"]
    assert await names(corpus, ListAllMessages(limit=4), scope) == newest_first(lines)
    assert await names(corpus, ListAllMessages(sender_id="ada", limit=4), scope) == newest_first(ada)
    assert sorted(await names(corpus, ListAllChats(limit=1), scope)) == ["with ada", "with bob"]
    assert await names(corpus, ListAllChats(unread=True, limit=1), scope) == ["with bob"]
    assert await names(corpus, ListAllChats(account_id=corpus.account_id(0)), scope) == ["with ada"]
    assert await names(corpus, ListAllChats(account_id=corpus.account_id(1)), scope) == []
    assert await names(corpus, ListChatsByAttendee(attendee_id="bob"), scope) == ["with bob"]
    pages = await corpus.world.all_pages(ListAllAttendees(limit=2), scope=scope)
    assert sorted(person["provider_id"] for page in pages for person in page) == ["ada", "bob", "me", "me"]
    with pytest.raises(NotFound):
        await corpus.world.ask(ListMessagesByAttendee(sender_id="cleo"), scope=scope)


async def test_a_connection_limited_to_chats_shows_the_accounts_of_those_chats_alone(corpus: Corpus) -> None:
    """An account's entry holds its phone number and name: who may see one chat need not see them all."""
    scope = Scope(owner=OWNER, roads=frozenset({"test"}), chats=frozenset({corpus.chat_ids[1, "with ada"]}))
    shown = await corpus.world.ask(ListAccounts(), scope=scope)
    assert [account["id"] for account in shown] == [corpus.account_id(1)]


async def pages_while(corpus: Corpus, operation: Operation[Any], arriving: Sequence[tuple[int, str]]) -> list[str]:
    """All pages of a list, new messages arriving in between: (account, chat)."""
    found: list[str] = []
    position: str | None = None
    for number in range(100):
        page = (await corpus.world.answer(operation, position=position)).body
        items = await corpus.world.ask(operation, position=position)
        found += [item["id"] for item in items]
        position = page.position  # type: ignore[union-attr]  # a list
        if position is None:
            return found
        for account, chat in arriving:
            event = said(f"new {number} {account} {chat}", chat=chat, at_ms=NOW + (1_000 + number) * STEP_MS)
            await corpus.worlds[account].take(event)
    raise AssertionError("the list never ends")


async def test_pages_join_without_gap_or_double_while_messages_arrive(corpus: Corpus) -> None:
    for operation in (ListAllMessages(limit=7), ListAllMessages(account_id=corpus.account_id(1), limit=4)):
        before = [message["id"] for page in await corpus.world.all_pages(operation) for message in page]
        assert await pages_while(corpus, operation, [(1, "with ada"), (0, "brand new")]) == before


async def test_pages_of_chats_join_while_new_chats_come_in_and_shown_ones_go_up(corpus: Corpus) -> None:
    operation = ListAllChats(limit=3)
    first, *rest = await corpus.world.all_pages(operation)
    shown_first = next(key for key, chat_id in corpus.chat_ids.items() if chat_id == first[0]["id"])
    found = await pages_while(corpus, operation, [(2, "brand new"), shown_first])
    assert found == [chat["id"] for page in (first, *rest) for chat in page]


async def test_a_page_that_is_exactly_full_is_the_last_one(corpus: Corpus) -> None:
    pages = await corpus.world.all_pages(ListAllMessages(limit=30))
    assert [len(page) for page in pages] == [30, 30, 30]


async def test_a_damaged_position_is_refused_in_words(corpus: Corpus) -> None:
    with pytest.raises(InvalidArgument, match="cursor is damaged"):
        await corpus.world.ask(ListAllMessages(), position="nonsense")
    with pytest.raises(InvalidArgument, match="cursor is damaged"):
        await corpus.world.ask(ListAllChats(), position="12")


async def test_more_accounts_than_one_statement_takes_are_listed_together(sqlite_store: Store) -> None:
    """SQLite allows 500 terms in one statement; a list of more is put together from several."""
    first = await new_world(sqlite_store)
    count = 2 * ARMS_MOST + 5
    for number in range(1, count):
        world = World(sqlite_store, first.hub, await add_account(sqlite_store, f"me{number}"))
        await world.take(said(f"m{number}", at_ms=NOW + number))
    pages = await first.all_pages(ListAllMessages(limit=250))
    assert [message["provider_id"] for page in pages for message in page] == [
        f"m{number}" for number in range(count - 1, 0, -1)
    ]
    chats = [chat for page in await first.all_pages(ListAllChats(limit=100)) for chat in page]
    assert len({chat["id"] for chat in chats}) == len(chats) == count - 1
    assert [chat["timestamp"] for chat in chats] == sorted((chat["timestamp"] for chat in chats), reverse=True)
    people = [person["id"] for page in await first.all_pages(ListAllAttendees(limit=100)) for person in page]
    assert len(set(people)) == len(people) == count - 1
    assert people == sorted(people)
