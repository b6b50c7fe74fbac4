"""The chats that sends were last begun in by `start`, so that one whose answer was lost is looked for where it was said."""

import msgspec

from trunkline.contract.connector import Keeper

KEY = "started"
MOST = 20


class Started:
    """A short list in the account's keeper, the latest first."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    async def read(self) -> tuple[str, ...]:
        """Ids of conversations."""
        kept = await self._keeper.get(KEY)
        return () if kept is None else msgspec.json.decode(kept, type=tuple[str, ...])

    async def note(self, chat: str) -> None:
        """Store before anything is said there."""
        known = await self.read()
        if known[:1] != (chat,):
            fresh = (chat, *(each for each in known if each != chat))[:MOST]
            await self._keeper.put(KEY, msgspec.json.encode(fresh))
