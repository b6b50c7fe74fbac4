"""Forgetting what is past its time: journal rows, settled calls, uploads, bytes that nobody needs any more."""

import asyncio
import logging
from dataclasses import dataclass

from trunkline.hub.options import HubOptions
from trunkline.model.errors import TrunklineError
from trunkline.store import calls, fetched, hosted_links, journal, media_use, outbox, uploads
from trunkline.store.engine import Transaction
from trunkline.store.store import Store

log = logging.getLogger(__name__)

DAY_MS = 24 * 3600 * 1000
EVERY_S = 3600
LINK_DAYS = 30
"""How long links are known after they have expired, so that whoever opens one is told what it was."""
UNUSED_S = 24 * 3600
"""Bytes stay at least this long: a call that is just being made may have put them."""


@dataclass(frozen=True)
class Upkeep:
    """Runs once an hour."""

    store: Store
    options: HubOptions

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.once()
            except (TrunklineError, OSError) as error:
                log.warning("upkeep was put off: %s", type(error).__name__)

    async def once(self) -> None:
        """Forget what is past its time now."""
        now = self.store.clock()

        async def work(tx: Transaction) -> None:
            await journal.forget(tx, now - self.options.journal_days * DAY_MS)
            await outbox.forget(tx, now - self.options.call_days * DAY_MS)
            await calls.forget(tx, now - self.options.call_days * DAY_MS)

            await uploads.forget_expired(tx, now)
            await hosted_links.forget(tx, now - LINK_DAYS * DAY_MS)

        await self.store.db.write(work)
        await self._make_room()
        await self._sweep()

    async def _make_room(self) -> None:
        """Files fetched from networks keep to their room: those not used for longest go first."""
        total = await fetched.total_bytes(self.store.db)
        while total > self.options.media_cache_bytes:
            oldest = await fetched.oldest(self.store.db, 100)
            if not oldest:
                return
            for name, content, size in oldest:
                if await media_use.unused(self.store.db, [content], besides=name):
                    self.store.media.remove(content)
                await self.store.db.write(_Forget(name))
                total -= size
                if total <= self.options.media_cache_bytes:
                    return

    async def _sweep(self) -> None:
        """Bytes that nobody needs: of settled sends, of expired uploads, of files that were never finished."""
        media = self.store.media
        old = await asyncio.to_thread(media.older_than, UNUSED_S)
        for start in range(0, len(old), 100):
            for name in await media_use.unused(self.store.db, old[start : start + 100]):
                await asyncio.to_thread(media.remove_if_older, name, UNUSED_S)


class _Forget:
    def __init__(self, name: str):
        self._name = name

    async def __call__(self, tx: Transaction) -> None:
        await fetched.forget(tx, self._name)
