"""A page of 100 messages of a chat, from the store to JSON bytes; deep pages; a filter that matches nothing.

Rivals: an LMDB cursor that joins the very same bytes (nobody reads faster from a disk-backed store in Python), and the schema
people write first (parts/plain.py).
"""

import asyncio
import struct
import tempfile
from pathlib import Path

import lmdb
import msgspec

from parts.corpus import Corpus, load
from parts.measure import IS_FULL, Claim, in_turns
from parts.plain import Plain
from trunkline.contract.events import PersonChanged, PersonInfo
from trunkline.hub.ingest.apply import apply
from trunkline.hub.ingest.batch import Batch
from trunkline.store import attendees, chats, messages
from trunkline.store.chats import ChatRow
from trunkline.store.engine import Transaction
from trunkline.store.messages import Filter
from trunkline.store.render import array, key_of, render

TOTAL = 1_000_000 if IS_FULL else 50_000
DEPTH = 500_000 if IS_FULL else 25_000
PAGE = 100
ROUNDS = 300


class Ours:
    """The hub's way to a page: key range, ready documents, marks spliced on."""

    def __init__(self, corpus: Corpus, chat: ChatRow):
        self.corpus, self.chat = corpus, chat
        self.ids = {corpus.account.no: corpus.account.id}

    async def page(self, below: int | None = None, sender_no: int | None = None) -> bytes:
        """A page as JSON bytes."""
        arm = {"chat_no": self.chat.no} if sender_no is None else {"chat_no": self.chat.no, "sender_no": sender_no}
        db = self.corpus.store.db
        rows = await messages.page(db, Filter(arms=(arm,), below=below), PAGE)
        pieces, _ = await render(db, rows, self.ids)
        return array(pieces)


class Lmdb:
    """The same bytes, ready, under (chat, key)."""

    def __init__(self, folder: Path):
        self.env = lmdb.open(str(folder), map_size=8 * 1024**3, sync=False)

    def put(self, chat_no: int, keys: list[int], pieces: list[bytes]) -> None:
        """Store ready pieces."""
        with self.env.begin(write=True) as txn:
            for key, piece in zip(keys, pieces, strict=True):
                txn.put(struct.pack(">QQ", chat_no, key), piece)

    async def page(self, chat_no: int) -> bytes:
        """The newest page of a chat."""
        with self.env.begin() as txn, txn.cursor() as cursor:
            cursor.set_range(struct.pack(">QQ", chat_no + 1, 0))
            pieces: list[bytes] = []
            while len(pieces) < PAGE and cursor.prev():
                pieces.append(cursor.value())
        return b"[%s]" % b",".join(pieces)


async def fill_rivals(ours: Ours, rival: Lmdb, plain: Plain) -> None:
    """Every message of the big chat into both."""
    below: int | None = None
    while True:
        rows = await messages.page(ours.corpus.store.db, Filter(arms=({"chat_no": ours.chat.no},), below=below), 5_000)
        if not rows:
            return
        pieces, _ = await render(ours.corpus.store.db, rows, ours.ids)
        rival.put(ours.chat.no, [key_of(row) for row in rows], pieces)
        plain.put(pieces)
        below = key_of(rows[-1])


async def main() -> None:
    """Load, compare, print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus = await load(folder / "ours", TOTAL)
        db = corpus.store.db
        chat = await chats.by_provider_id(db, corpus.account.no, corpus.big)
        assert chat is not None
        ours, rival, plain = Ours(corpus, chat), Lmdb(folder / "lmdb"), Plain(folder / "plain.db")
        await fill_rivals(ours, rival, plain)
        assert msgspec.json.decode(await ours.page()) == msgspec.json.decode(await rival.page(chat.no))
        deep = key_of((await messages.page(db, Filter(arms=({"chat_no": chat.no},)), DEPTH))[-1])
        stranger = await stranger_of(corpus)
        figures = await in_turns(
            ROUNDS,
            ours=ours.page,
            lmdb=lambda: rival.page(chat.no),
            plain=lambda: plain.page(chat.id, PAGE),
            deep=lambda: ours.page(below=deep),
            nothing=lambda: ours.page(sender_no=stranger),
        )
        print(f"{TOTAL:,} messages stored through ingest in {corpus.seconds:.0f} s; a page of {PAGE} to JSON bytes")
        figures.show()
        print(Claim("page / LMDB cursor joining the same bytes", figures.ratio("ours", "lmdb"), 3))
        print(Claim("plain schema / page", figures.ratio("plain", "ours"), 6, at_most=False))
        print(Claim(f"keyset at depth {DEPTH:,} / at depth 0", figures.ratio("deep", "ours"), 1.1))
        print(Claim("a filter that matches nothing / a full page", figures.ratio("nothing", "ours"), 1))
        await corpus.store.close()


async def stranger_of(corpus: Corpus) -> int:
    """The number of somebody who never wrote."""

    async def work(tx: Transaction) -> None:
        await apply(Batch(corpus.store, tx, corpus.account), [PersonChanged(info=PersonInfo(provider_id="silent@corpus"))])

    await corpus.store.db.write(work)
    row = await attendees.by_provider_id(corpus.store.db, corpus.account.no, "silent@corpus")
    assert row is not None
    return row.no


if __name__ == "__main__":
    asyncio.run(main())
