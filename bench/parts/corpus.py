"""A store full of messages, loaded through the hub's ingest as a first sync would load it."""

import itertools
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trunkline.contract.events import MessageArrived, PersonInfo
from trunkline.hub.ingest.apply import apply
from trunkline.hub.ingest.batch import Batch
from trunkline.store import accounts
from trunkline.store.accounts import AccountRow
from trunkline.store.engine import Transaction
from trunkline.store.store import Store, open_store

NEWEST_MS = 1_780_000_000_000
BATCH = 200
WORDS = (
    "train", "ticket", "lunch", "tomorrow", "garden", "photo", "meeting", "budget", "weather", "river", "music", "concert",
    "invoice", "parcel", "coffee", "holiday", "doctor", "school", "bicycle", "kitchen", "paint", "letter", "window", "market",
    "summer", "dinner", "report", "review", "contract", "number",
)  # fmt: skip
COMMON, RARE, ABSENT = "train", "eclipse", "zeppelin"
"""Words that stand in a third of the messages, in one of a thousand, and in none."""


@dataclass(frozen=True)
class Corpus:
    """A loaded store. big: the network's id of the chat that holds most messages."""

    store: Store
    account: AccountRow
    big: str
    seconds: float
    """What loading took."""


def text_of(number: int, chance: random.Random) -> str:
    """A sentence of twelve words and a number of its own."""
    words = chance.choices(WORDS, k=12)
    if chance.random() < 0.001:
        words[3] = RARE
    return f"{' '.join(words)} {number}"


def events(chat: str, start: int, count: int, chance: random.Random, step_ms: int = 1000) -> Iterator[MessageArrived]:
    """History of one chat, newest first, three people in turn, one of them us."""
    for number in range(start, start + count):
        person = number % 3
        yield MessageArrived(
            chat=chat,
            provider_id=f"{chat}-{number}",
            at_ms=NEWEST_MS - number * step_ms,
            order=-number,
            sender=PersonInfo(provider_id=f"{person}@corpus", name=f"Person {person}"),
            is_own=person == 0,
            text=text_of(number, chance),
            live=False,
        )


async def add_account(store: Store, identity: str = "0@corpus") -> AccountRow:
    """An account to load into, of the first person. It is stopped: its network is nowhere, and nobody should look for it."""

    async def work(tx: Transaction) -> int:
        number, _ = await accounts.add(
            tx,
            account_id=store.new_id(),
            owner=1,
            road="sandbox",
            account_type="WHATSAPP",
            identity=identity,
            name="Corpus",
            params={},
            at_ms=NEWEST_MS,
        )
        await accounts.set_stopped(tx, number, True)
        return number

    row = await accounts.by_no(store.db, await store.db.write(work))
    assert row is not None
    return row


async def ingest(store: Store, account: AccountRow, batch: list[MessageArrived]) -> None:
    """One page of history, as the syncer stores it."""

    async def work(tx: Transaction) -> None:
        await apply(Batch(store, tx, account), batch)

    await store.db.write(work)


async def load(folder: Path, total: int) -> Corpus:
    """`total` messages: six tenths in one chat, the rest in chats of a thousand."""
    store = await open_store(folder)
    account = await add_account(store)
    chance = random.Random(7)
    start = time.perf_counter()
    shares = [("big", total * 6 // 10)] + [(f"chat{index}", 1000) for index in range(total * 4 // 10 // 1000)]
    for chat, count in shares:
        await load_chat(store, account, events(chat, 0, count, chance, step_ms=1000 if chat == "big" else 997))
    return Corpus(store=store, account=account, big="big", seconds=time.perf_counter() - start)


async def load_chat(store: Store, account: AccountRow, history: Iterator[MessageArrived]) -> None:
    """History, page by page."""
    while page := list(itertools.islice(history, BATCH)):
        await ingest(store, account, page)
