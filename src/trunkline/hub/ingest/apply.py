"""Taking in a batch of events."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

from trunkline.contract.events import (
    ChatChanged,
    ChatMerged,
    ChatRemoved,
    DeliveredUpTo,
    Event,
    GapFound,
    HistoryShown,
    MessageArrived,
    MessageChanged,
    MessageRemoved,
    PeopleMerged,
    PersonChanged,
    ReactionChanged,
    ReadUpTo,
    SendFailed,
    UnknownHappened,
)
from trunkline.hub.ingest import arrived, chat_facts, merged, message_facts, read_marks, settled, shown
from trunkline.hub.ingest.batch import Batch
from trunkline.hub.ingest.storable import storable
from trunkline.store import gaps
from trunkline.store.gaps import Gap


async def apply(batch: Batch, events: Iterable[Event]) -> None:
    """Store events, inside the batch's transaction."""
    for event in _forwards(events):
        await _TAKERS[type(event)](batch, storable(event))
    await batch.flush()


def _forwards(events: Iterable[Event]) -> Iterator[Event]:
    """The events, messages that follow one another in the order of their time.

    History comes backwards, and an index of words that is written backwards is written anew for each message.
    """
    for kind, run in groupby(events, type):
        together = list(run)
        if kind is MessageArrived:
            together.sort(key=_when)
        yield from together


def _when(event: Event) -> tuple[int, int]:
    assert isinstance(event, MessageArrived)
    return event.at_ms, event.order


async def _take_person(batch: Batch, event: PersonChanged) -> None:
    await batch.person(event.info)


async def _take_gap(batch: Batch, event: GapFound) -> None:
    chat_no = None if event.chat is None else (await batch.chat(event.chat)).no
    gap = Gap(account_no=batch.account.no, chat_no=chat_no, from_at=event.from_ms, to_at=event.to_ms, reason=event.reason)
    await gaps.note(batch.tx, gap, batch.now)
    await batch.tell("gap_found", chat_no=chat_no)


async def _take_unknown(batch: Batch, event: UnknownHappened) -> None:
    await gaps.quarantine(batch.tx, batch.account.no, event.kind, event.raw, batch.now)


_TAKERS: dict[type[Any], Callable[[Batch, Any], Awaitable[None]]] = {
    MessageArrived: arrived.take,
    MessageChanged: message_facts.take_edit,
    MessageRemoved: message_facts.take_removal,
    SendFailed: settled.take_failure,
    ReactionChanged: message_facts.take_reaction,
    ReadUpTo: read_marks.take_read,
    DeliveredUpTo: read_marks.take_delivered,
    ChatChanged: chat_facts.take_change,
    ChatRemoved: chat_facts.take_removal,
    PersonChanged: _take_person,
    PeopleMerged: merged.take_people,
    ChatMerged: merged.take_chats,
    GapFound: _take_gap,
    HistoryShown: shown.take,
    UnknownHappened: _take_unknown,
}
