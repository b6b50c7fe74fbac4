"""All webhooks of this process: a deliverer for each whose lease it has.

On SQLite one process owns the database, so it takes all leases at its start. On PostgreSQL workers share them: each claims what
is free, keeps what it has by a heartbeat, and takes over what another's death leaves.
"""

import asyncio
import logging
from dataclasses import dataclass, field

from trunkline.hub.options import HubOptions
from trunkline.hub.outgoing.way_out import Outgoing
from trunkline.hub.wakes import JOURNAL, Wakes
from trunkline.hub.webhooks.deliverer import Deliverer
from trunkline.model.errors import StoreUnavailable
from trunkline.store import journal, webhooks
from trunkline.store.engine import Transaction
from trunkline.store.seal import SealBroken
from trunkline.store.store import Store
from trunkline.store.webhooks import NotOurs, WebhookRow

log = logging.getLogger(__name__)

LEASE_MS = 30_000
HEARTBEAT_MS = 10_000
"""Source: security.md 6.4."""
FOREVER = 2**62


@dataclass(frozen=True)
class _Delivering:
    webhook: WebhookRow
    task: asyncio.Task[None]


@dataclass
class Webhooks:
    """The deliverers. worker: this one's name in leases. shared: whether there may be other workers on the database."""

    store: Store
    wakes: Wakes
    options: HubOptions
    outgoing: Outgoing
    worker: str
    shared: bool
    delivering: dict[int, _Delivering] = field(default_factory=dict)
    watch: asyncio.Task[None] | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while it is decided who delivers: two decisions at once would leave a deliverer that nobody ends."""

    async def start(self) -> None:
        """Begin with every webhook that is switched on."""
        await self._claim_free(by_force=not self.shared)
        self.watch = asyncio.create_task(self._watch(), name="webhooks")

    async def changed(self, number: int) -> None:
        """A webhook is new, switched on or off, or deleted: act on what its row says now."""
        async with self.turn:
            await self._end(number)
            await self._claim(number, by_force=True)

    async def close(self) -> None:
        """End all of them. What was posted and not noted is posted once more at the next start."""
        if self.watch is not None:
            self.watch.cancel()
            await asyncio.gather(self.watch, return_exceptions=True)
        held = [each.webhook for each in self.delivering.values()]
        tasks = [each.task for each in self.delivering.values()]
        self.delivering.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self.shared and held:
            await self.store.db.write(_Release(held))

    async def _watch(self) -> None:
        """What others wrote is seen soon, though nobody here woke anybody; leases are kept, and free ones taken."""
        seen, beat = -1, self.store.clock()
        while True:
            await asyncio.sleep(self.options.look_ms / 1000)
            try:
                newest = await journal.newest(self.store.db)
                if newest != seen:
                    seen = newest
                    self.wakes.wake(JOURNAL)
                if self.shared and abs(self.store.clock() - beat) >= HEARTBEAT_MS:
                    beat = self.store.clock()
                    await self.heartbeat()
            except StoreUnavailable:
                log.warning("webhooks: the store cannot be used; it is tried again")

    async def heartbeat(self) -> None:
        """Keep our leases, stop what is another's now, take what is free."""
        async with self.turn:
            until = self.store.clock() + LEASE_MS
            for number, each in list(self.delivering.items()):
                try:
                    await self.store.db.write(_Renew(each.webhook, until))
                except NotOurs:
                    await self._end(number)
            await self._claim_free(by_force=False)

    async def _claim_free(self, *, by_force: bool) -> None:
        for number in await webhooks.enabled(self.store.db):
            if number not in self.delivering or self.delivering[number].task.done():
                await self._claim(number, by_force=by_force)

    async def _claim(self, number: int, *, by_force: bool) -> None:
        now = self.store.clock()
        until = now + LEASE_MS if self.shared else FOREVER
        webhook = await self.store.db.write(_Claim(number, self.worker, now, until, by_force))
        if webhook is None:
            return
        try:
            deliverer = Deliverer(self.store, self.wakes, self.options, self.outgoing, webhook)
        except SealBroken:
            log.warning("webhook %s: its secret was sealed with another secret than this server's", webhook.id)
            return
        task = asyncio.create_task(_guarded(deliverer, webhook.id), name=f"webhook {number}")
        self.delivering[number] = _Delivering(webhook, task)

    async def _end(self, number: int) -> None:
        each = self.delivering.pop(number, None)
        if each is not None:
            each.task.cancel()
            await asyncio.gather(each.task, return_exceptions=True)


async def _guarded(deliverer: Deliverer, webhook_id: str) -> None:
    """One webhook's trouble never touches another's; what is unexpected is tried again after a while."""
    while True:
        try:
            await deliverer.run()
            return
        except Exception:
            log.exception("webhook %s: something unexpected; it is tried again", webhook_id)
            await asyncio.sleep(UNEXPECTED_S)


UNEXPECTED_S = 60


class _Claim:
    def __init__(self, number: int, worker: str, now: int, until: int, by_force: bool):
        self._number, self._worker, self._now, self._until, self._by_force = number, worker, now, until, by_force

    async def __call__(self, tx: Transaction) -> WebhookRow | None:
        return await webhooks.claim(tx, self._number, self._worker, self._now, self._until, by_force=self._by_force)


class _Renew:
    def __init__(self, webhook: WebhookRow, until: int):
        self._webhook, self._until = webhook, until

    async def __call__(self, tx: Transaction) -> None:
        await webhooks.renew(tx, self._webhook.no, self._webhook.epoch, self._until)


class _Release:
    def __init__(self, held: list[WebhookRow]):
        self._held = held

    async def __call__(self, tx: Transaction) -> None:
        for webhook in self._held:
            await webhooks.release(tx, webhook.no, webhook.epoch)
