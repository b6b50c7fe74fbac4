"""Telling `notify_url` that a link's login is done: kept with the link until it has arrived, so that no crash loses it.

A try is counted before it is made, so that it is made again by whoever comes after a crash: a callback may arrive twice, with
the same `webhook-id`.
"""

import asyncio
import logging

import msgspec

from trunkline.hub.outgoing.failures import Refused, Unreachable
from trunkline.hub.outgoing.way_out import Outgoing
from trunkline.model.errors import TrunklineError
from trunkline.model.hosted_link import HostedCallback
from trunkline.store import hosted_links
from trunkline.store.engine import Transaction
from trunkline.store.hosted_links import Telling
from trunkline.store.store import Store

log = logging.getLogger(__name__)

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DELAYS_MS = (
    5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS, 14 * HOUR_MS, 20 * HOUR_MS,
    24 * HOUR_MS,
)  # fmt: skip
"""From each try to the next, as for webhooks (security.md 6.7): ten tries over 75 hours."""
TIMEOUT_MS = 20_000
PARALLEL = 20


class Callbacks:
    """Runs beside the hub. look_ms: how often it looks whether there is something to tell."""

    def __init__(self, store: Store, outgoing: Outgoing, look_ms: int):
        self._store = store
        self._outgoing = outgoing
        self._look_s = look_ms / 1000

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.once()
            except TrunklineError as error:
                log.warning("callbacks were put off: %s", type(error).__name__)
            await asyncio.sleep(self._look_s)

    async def once(self) -> None:
        """Tell all that is due now."""
        tellings = await hosted_links.due(self._store.db, self._store.clock(), PARALLEL)
        await asyncio.gather(*(self._tell(telling) for telling in tellings))

    async def _tell(self, telling: Telling) -> None:
        if not await self._claimed(telling):
            return
        body = msgspec.json.encode(HostedCallback(status=telling.status, account_id=telling.account_id, name=telling.name))
        headers = [("content-type", "application/json"), ("webhook-id", f"msg_{telling.id}")]
        try:
            answered = await self._outgoing.post(telling.notify_url, headers, body, timeout_ms=TIMEOUT_MS)
            error = None if 200 <= answered.status < 300 else f"It was answered {answered.status}."
        except Refused as refused:
            error = f"The address {refused.text}."
        except Unreachable as unreachable:
            error = unreachable.text

        async def work(tx: Transaction) -> None:
            if error is None:
                await hosted_links.set_told(tx, telling.no, self._store.clock())
            else:
                await hosted_links.set_error(tx, telling.no, error)

        await self._store.db.write(work)

    async def _claimed(self, telling: Telling) -> bool:
        now = self._store.clock()
        next_at = now + DELAYS_MS[telling.tries] if telling.tries < len(DELAYS_MS) else None

        async def work(tx: Transaction) -> bool:
            return await hosted_links.claim(tx, telling, next_at)

        return await self._store.db.write(work)
