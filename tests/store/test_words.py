"""Search: words, phrases, scripts without spaces, pictures and accents, the same on both databases; newest first, in scope."""

import pytest

from trunkline.store import messages, words
from trunkline.store.chats import ChatRow
from trunkline.store.document import decode
from trunkline.store.engine import Transaction
from trunkline.store.store import Store
from trunkline.store.words import Hits

from .planted import Said, add_account, add_chat, add_messages, message

NOW = 1_790_000_000_000


async def plant(store: Store, *texts: str) -> ChatRow:
    """A chat with these texts, oldest first; each message is named by its place."""
    chat = await add_chat(store, await add_account(store), store.new_id())
    await add_messages(store, chat, [Said(f"m{place}", NOW + place, text) for place, text in enumerate(texts)])
    return chat


async def found(store: Store, chat: ChatRow, query: str) -> list[str]:
    """Names of the messages a query finds, in the order it finds them."""
    keys = await words.search(store.db, words.phrases(query), Hits([chat.account_no]), 50)
    rows = [await messages.by_key(store.db, chat.no, key) for key in keys]
    return [row.provider_id for row in rows if row is not None]


MATCHES = [
    ("Meet me at the Café", "cafe"),
    ("meet me at the cafe", "CAFÉ"),
    ("the re\u0301sume\u0301 is here", "résumé"),
    ("the résumé is here", "re\u0301sume\u0301"),
    ("Straße und Größe", "größe"),
    ("snake_case_name", "case name"),
    ("mail ada@example.com today", "ada@example.com"),
    ("version 3.14 is out", "3.14"),
    ("it's late", "it's"),
    ("今日は良い天気です", "天気"),
    ("今日は良い天気です", '"良い天気"'),
    ("중요한 회의", "회의"),
    ("สวัสดีครับ", "สวัสดี"),
    ("party 🎉🎉 tonight", "🎉"),
    ("well done👍🏽", "👍"),
    ("well done👍🏽", "done"),
    ("the family 👨‍👩‍👧 comes", "👨‍👩‍👧"),
    ("I ❤️ it", "❤"),
    ("new 🥰emoji", "emoji"),
    ("हिन्दी में लिखा", "हिन्दी"),
    ("مرحبا بالعالم", "مرحبا"),
    ("Привет, мир", "ПРИВЕТ"),
    ("5 € and 10 £", "10"),
    ("x" * 3_000, "x" * 3_000),
]


@pytest.mark.parametrize(("text", "query"), MATCHES)
async def test_a_text_is_found_by_its_words(store: Store, text: str, query: str) -> None:
    chat = await plant(store, "something else", text)
    assert await found(store, chat, query) == ["m1"]


MISSES = [
    ("the cat sat", "sat cat mat"),
    ("the cat sat", '"sat cat"'),
    ("良い天気", "気天"),
    ("party 🎉", "🎂"),
    ("party", "part"),
    ("picture1f389", "🎂"),
]


@pytest.mark.parametrize(("text", "query"), MISSES)
async def test_a_text_is_not_found_by_other_words(store: Store, text: str, query: str) -> None:
    chat = await plant(store, text)
    assert await found(store, chat, query) == []


async def test_all_words_and_phrases_must_be_there_in_any_order(store: Store) -> None:
    chat = await plant(store, "the quick brown fox", "brown is the fox", "the brown fox is quick")
    assert await found(store, chat, 'fox "the quick"') == ["m0"]
    assert await found(store, chat, "quick the fox") == ["m2", "m0"]
    assert await found(store, chat, '"brown fox"') == ["m2", "m0"]


@pytest.mark.parametrize("query", ["", "   ", '""', "!!! ...", '"', "_", "-", "\u200d"])
def test_a_query_without_words_has_no_phrases(query: str) -> None:
    assert words.phrases(query) == []


@pytest.mark.parametrize(
    "query",
    [
        'text : "x"',
        "fox*",
        "NEAR(fox brown)",
        "fox OR brown",
        "NOT fox",
        "(fox",
        '"fox',
        "fox'; DROP TABLE message; --",
        "fox:*",
        "{a}",
        "fox & !brown",
        "a1",
        "scope",
        "^fox",
        "fox + brown",
    ],
)
async def test_no_query_is_more_than_words(store: Store, query: str) -> None:
    """Whatever a search language could make of it, a query is words that must all be there."""
    chat = await plant(store, "the quick brown fox", f"this holds: {query}")
    assert "m0" not in await found(store, chat, query) or set(words.phrases(query)) <= {"fox", "brown", "fox brown"}
    assert "m1" in await found(store, chat, query)


async def test_newest_first_whatever_the_order_of_arrival(store: Store) -> None:
    chat = await add_chat(store, await add_account(store))
    said = [Said(f"m{place}", NOW + place * 7_919 % 100, "same words") for place in range(60)]
    await add_messages(store, chat, said)
    expected = [one.provider_id for one in sorted(said, key=lambda one: -one.at_ms)]
    assert await found(store, chat, "words") == expected[:50]


async def test_search_stays_within_its_accounts_chats_senders_and_times(store: Store) -> None:
    first, second = await add_account(store, "a"), await add_account(store, "b")
    chats = [await add_chat(store, account, name) for account in (first, second) for name in ("c1", "c2")]
    keys: dict[str, int] = {}
    for chat in chats:
        for sender in (11, 12):
            name = f"{chat.no}.{sender}"
            [keys[name]] = await add_messages(store, chat, [Said(name, NOW + len(keys), "hello", sender_no=sender)])

    async def names(hits: Hits) -> set[str]:
        got = await words.search(store.db, ["hello"], hits, 50)
        return {name for name, key in keys.items() if key in got}

    both = [first, second]
    assert await names(Hits(both)) == set(keys)
    assert await names(Hits([first])) == {name for name in keys if name.startswith((f"{chats[0].no}.", f"{chats[1].no}."))}
    assert await names(Hits(both, chats=[chats[0].no])) == {f"{chats[0].no}.11", f"{chats[0].no}.12"}
    assert await names(Hits(both, senders=[12])) == {name for name in keys if name.endswith(".12")}
    assert await names(Hits([second], chats=[chats[0].no])) == set()
    middle = sorted(keys.values())[4]
    assert await names(Hits(both, below=middle)) == {name for name in keys if keys[name] < middle}
    assert await names(Hits(both, from_=middle)) == {name for name in keys if keys[name] >= middle}
    for nothing in (Hits([]), Hits(both, chats=[]), Hits(both, senders=[])):
        assert await names(nothing) == set()


async def test_a_search_over_many_accounts_and_words(store: Store) -> None:
    chat = await plant(store, " ".join(f"w{number}" for number in range(400)))
    many = Hits([*range(10_000, 10_600), chat.account_no])
    assert len(await words.search(store.db, words.phrases(" ".join(f"w{number}" for number in range(300))), many, 5)) == 1


async def test_words_follow_an_edit_and_go_with_a_deletion(store: Store) -> None:
    chat = await plant(store, "first version", "")
    for place, text in (("m0", "second version"), ("m1", "was empty")):
        await rewrite(store, chat, place, text)
    assert await found(store, chat, "first") == []
    assert await found(store, chat, "second") == ["m0"]
    assert await found(store, chat, "empty") == ["m1"]
    await rewrite(store, chat, "m0", None)
    assert await found(store, chat, "version") == []


async def rewrite(store: Store, chat: ChatRow, provider_id: str, text: str | None) -> None:
    """Give a message another text."""
    known = await message(store, chat, provider_id)
    document = decode(known.document)
    changed = type(document)(**{name: getattr(document, name) for name in document.__struct_fields__} | {"text": text})

    async def work(tx: Transaction) -> None:
        await messages.rewrite(tx, known, changed)

    await store.db.write(work)
