"""Taking what a network hands up into the store, so that one thing that cannot be understood blocks nothing else.

Events and the place where the source goes on are stored in one transaction. When that fails for any reason but the store's own,
each event is tried alone, and the one that fails goes to quarantine, raw.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence

from trunkline.contract.events import Event, UnknownHappened
from trunkline.hub.ingest.apply import apply
from trunkline.hub.ingest.batch import Batch
from trunkline.model.errors import TrunklineError
from trunkline.store import leases
from trunkline.store.accounts import AccountRow
from trunkline.store.engine import Transaction
from trunkline.store.store import Store

log = logging.getLogger(__name__)

Then = Callable[[Transaction], Awaitable[None]]
"""What is stored with the events: the source's position, the progress of a sync."""


async def take_in(
    store: Store, account: AccountRow, epoch: int, events: Sequence[Event], then: Then | None = None
) -> list[int]:
    """Store events and what goes with them; gives the calls that they settled, to be woken.

    Raises LeaseLost and StoreUnavailable.
    """
    try:
        return await _store(store, account, epoch, events, then)
    except TrunklineError:
        raise
    except Exception as error:
        log.warning("account %s: %d events could not be taken in together (%s)", account.id, len(events), type(error).__name__)
    settled: list[int] = []
    for event in events:
        settled += await _alone(store, account, epoch, event)
    return settled + await _store(store, account, epoch, [], then)


async def _alone(store: Store, account: AccountRow, epoch: int, event: Event) -> list[int]:
    try:
        return await _store(store, account, epoch, [event], None)
    except TrunklineError:
        raise
    except Exception as error:
        log.exception("account %s: a %s went to quarantine", account.id, type(event).__name__)
        kind = f"{type(event).__name__}: {type(error).__name__}"
        return await _store(store, account, epoch, [UnknownHappened(kind=kind, raw=_raw_of(event))], None)


async def _store(store: Store, account: AccountRow, epoch: int, events: Sequence[Event], then: Then | None) -> list[int]:
    async def work(tx: Transaction) -> list[int]:
        await leases.check(tx, account.no, epoch)
        batch = Batch(store, tx, account)
        await apply(batch, events)
        if then is not None:
            await then(tx)
        return batch.settled_calls

    return await store.db.write(work)


def _raw_of(event: Event) -> str:
    """The network's own payload where the event has one; never a text of ours about it."""
    raw = getattr(event, "raw", None)
    return raw if isinstance(raw, str) else type(event).__name__
