"""The newest 100 of many hits, from the index of words to JSON bytes; a search in one small account among everybody's hits.

Rivals: `LIKE` over the schema people write first (parts/plain.py), once looking at every row and once walking an index of times
from the newest message on, which is hard to beat for a common word and hopeless for a rare one; FTS5's own order, by relevance;
and for the small account the same index of words without the account in it, the hits filtered afterwards.
"""

import asyncio
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

from parts.corpus import ABSENT, COMMON, RARE, Corpus, add_account, events, load, load_chat
from parts.measure import IS_FULL, Claim, in_turns
from parts.plain import Plain
from trunkline.store import messages, words
from trunkline.store.accounts import AccountRow
from trunkline.store.messages import Filter
from trunkline.store.render import array, key_of, render

TOTAL = 1_000_000 if IS_FULL else 100_000
TARGET = 100 if IS_FULL else None
"""A scan costs by the message, a search does not: the ratio grows with the store, and is promised for the full size."""
SMALL = 1_000
PAGE = 100
ROUNDS = 15


class Ours:
    """The hub's way to a page of hits."""

    def __init__(self, corpus: Corpus, accounts: Sequence[AccountRow]):
        self._db = corpus.store.db
        self._ids = {account.no: account.id for account in accounts}

    async def keys(self, word: str, *accounts: AccountRow) -> list[int]:
        """Keys of the newest hits in some accounts."""
        hits = words.Hits(accounts=[account.no for account in accounts])
        return await words.search(self._db, words.phrases(word), hits, PAGE)

    async def page(self, word: str, *accounts: AccountRow) -> bytes:
        """The newest hits as JSON bytes."""
        rows = await messages.by_keys(self._db, await self.keys(word, *accounts))
        pieces, _ = await render(self._db, rows, self._ids)
        return array(pieces)

    async def by_relevance(self, word: str) -> Sequence[object]:
        """Keys of the hits that FTS5 finds most relevant."""
        sql = "SELECT rowid FROM message_words WHERE message_words MATCH $1 ORDER BY rank LIMIT $2"
        return await self._db.scan(sql, f"text : {word}", PAGE)

    async def filtered_after(self, word: str, account: AccountRow) -> Sequence[object]:
        """Keys of the newest hits in an account, the index of words asked for the word alone."""
        sql = (
            "SELECT message.key FROM message_words JOIN message ON message.key = message_words.rowid"
            " WHERE message_words MATCH $1 AND message.account_no = $2 ORDER BY message_words.rowid DESC LIMIT $3"
        )
        return await self._db.scan(sql, f"text : {word}", account.no, PAGE)


async def fill(plain: Plain, corpus: Corpus) -> None:
    """Every message of the corpus into the rival."""
    ids = {corpus.account.no: corpus.account.id}
    below: int | None = None
    while True:
        chosen = Filter(arms=({"account_no": corpus.account.no},), below=below)
        rows = await messages.page(corpus.store.db, chosen, 5_000)
        if not rows:
            break
        pieces, _ = await render(corpus.store.db, rows, ids)
        plain.put(pieces)
        below = key_of(rows[-1])
    plain.index_times()


async def main() -> None:
    """Load, compare, print."""
    with tempfile.TemporaryDirectory() as name:
        corpus = await load(Path(name) / "ours", TOTAL)
        small = await add_account(corpus.store, "0@small")
        # Older than everybody else's messages: the last place where a walk from the newest would find them.
        await load_chat(corpus.store, small, events("small", TOTAL, SMALL, random.Random(11)))
        ours, plain = Ours(corpus, (corpus.account, small)), Plain(Path(name) / "plain.db")
        await fill(plain, corpus)
        await compare(ours, plain, corpus.account, small)
        await corpus.store.close()


async def compare(ours: Ours, plain: Plain, big: AccountRow, small: AccountRow) -> None:
    """Measure and print."""
    figures = await in_turns(
        ROUNDS,
        turn_s=0.01,
        page=lambda: ours.page(COMMON, big),
        page_of_rare=lambda: ours.page(RARE, big),
        page_of_absent=lambda: ours.page(ABSENT, big),
        like_scan=lambda: plain.scan(COMMON, PAGE),
        like_scan_of_rare=lambda: plain.scan(RARE, PAGE),
        like_walk=lambda: plain.walk(COMMON, PAGE),
        like_walk_of_rare=lambda: plain.walk(RARE, PAGE),
        keys=lambda: ours.keys(COMMON, big),
        keys_by_relevance=lambda: ours.by_relevance(COMMON),
        keys_in_small=lambda: ours.keys(COMMON, small),
        keys_in_small_filtered_after=lambda: ours.filtered_after(COMMON, small),
    )
    print(f"the newest {PAGE} of {TOTAL:,} messages with a word; common: in a third of them, rare: in one of a thousand")
    figures.show()
    print(Claim("LIKE scan / page of a common word", figures.ratio("like_scan", "page"), TARGET, at_most=False))
    print(Claim("LIKE scan / page of a rare word", figures.ratio("like_scan_of_rare", "page_of_rare"), TARGET, at_most=False))
    print(Claim("LIKE from the newest on / page, common word", figures.ratio("like_walk", "page")))
    print(Claim("LIKE from the newest on / page, rare word", figures.ratio("like_walk_of_rare", "page_of_rare")))
    print(Claim("FTS5's order by relevance / newest first", figures.ratio("keys_by_relevance", "keys")))
    after = figures.ratio("keys_in_small_filtered_after", "keys_in_small")
    print(Claim(f"account of {SMALL:,} among {TOTAL:,}: filtered after / in the index", after))
    print(Claim(f"account of {SMALL:,} among {TOTAL:,} / everybody's", figures.ratio("keys_in_small", "keys")))


if __name__ == "__main__":
    asyncio.run(main())
