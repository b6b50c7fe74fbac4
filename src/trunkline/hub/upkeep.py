"""Forgetting what is past its time: journal rows, settled calls, fetched files beyond their room."""

import asyncio
import logging
from dataclasses import dataclass

from trunkline.hub.options import HubOptions
from trunkline.model.errors import TrunklineError
from trunkline.store import calls, fetched, journal, outbox
from trunkline.store.engine import Transaction
from trunkline.store.store import Store

log = logging.getLogger(__name__)

DAY_MS = 24 * 3600 * 1000
EVERY_S = 3600


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

        await self.store.db.write(work)
        await self._prune_files()

    async def _prune_files(self) -> None:
        total = await fetched.total_bytes(self.store.db)
        while total > self.options.media_cache_bytes:
            oldest = await fetched.oldest(self.store.db, 100)
            if not oldest:
                return
            for name, content, size in oldest:
                await self.store.db.write(_Forget(name))
                self.store.media.remove(content)
                total -= size
                if total <= self.options.media_cache_bytes:
                    return


class _Forget:
    def __init__(self, name: str):
        self._name = name

    async def __call__(self, tx: Transaction) -> None:
        await fetched.forget(tx, self._name)
