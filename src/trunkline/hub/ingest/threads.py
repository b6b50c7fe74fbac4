"""How many replies a thread has, written into the document of its first message.

A reply is told of several times: as our own send's answer, live, and in history; and networks count with delay. So nothing is
added up: what is stored of the thread is counted, once for each batch of events that touches it. What the network says counts
only for replies that are not stored.
"""

from dataclasses import dataclass

import msgspec
from msgspec import UNSET

from trunkline.contract.events import MessageArrived
from trunkline.store import messages
from trunkline.store.document import Document, decode
from trunkline.store.engine import Transaction
from trunkline.store.messages import Replies, StoredMessage


@dataclass
class _News:
    """What a batch brings of one thread. told: the network's number; believed: also where it is less than before."""

    told: int | None = None
    by: tuple[str, ...] = ()
    believed: bool = False
    removed: int = 0


class Threads:
    """The threads that a batch touches."""

    def __init__(self) -> None:
        self._touched: dict[tuple[int, str], _News] = {}

    def touch(self, chat_no: int, thread: str) -> None:
        """A reply was stored in it, or its first message was."""
        self._of(chat_no, thread)

    def remove(self, chat_no: int, thread: str) -> None:
        """A reply in it was deleted."""
        self._of(chat_no, thread).removed += 1

    def tell(self, chat_no: int, event: MessageArrived) -> None:
        """The network says how many replies a message has. A live event may be late; history says how it is."""
        if event.replies is None:
            return
        news = self._of(chat_no, event.provider_id)
        if not event.live or event.replies >= (news.told or 0):
            news.told, news.by = event.replies, event.reply_by
        news.believed = news.believed or not event.live

    async def settle(self, tx: Transaction) -> None:
        """Bring the first messages up to date."""
        for (chat_no, thread), news in self._touched.items():
            first = await messages.by_provider_id(tx, chat_no, thread)
            if first is not None:
                await _settle(tx, first, news, await messages.replies(tx, chat_no, thread))
        self._touched.clear()

    def _of(self, chat_no: int, thread: str) -> _News:
        return self._touched.setdefault((chat_no, thread), _News())


async def _settle(tx: Transaction, first: StoredMessage, news: _News, known: Replies) -> None:
    before = decode(first.document)
    count = _count(before.replies or 0, news, known)
    by = _by(before, news, known, is_whole=count == known.standing)
    after = msgspec.structs.replace(before, replies=count or UNSET, reply_by=by or UNSET)
    if after != before:
        await messages.rewrite(tx, first, after)


def _count(before: int, news: _News, known: Replies) -> int:
    """What stands; and more, where the network counts more than were ever stored. What it said may be of before a deletion."""
    least = max(before - news.removed, known.standing)
    if news.told is None:
        return least
    if news.told <= known.stored:
        return known.standing
    return news.told if news.believed else max(least, known.standing + news.told - known.stored)


def _by(before: Document, news: _News, known: Replies, *, is_whole: bool) -> tuple[str, ...]:
    """Who replied, in the network's order; nobody whose replies are all gone, where all that stand are known."""
    named = news.by or before.reply_by or ()
    kept = tuple(name for name in named if name in known.by or not is_whole)
    return (*kept, *sorted(known.by.difference(kept)))
