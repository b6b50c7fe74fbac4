"""Whom the account can address: Telegram wants an access hash with each number, told once when they are first met.

Kept in the account's keeper, in parts of a few hundred, before what they came with is handed up. So a chat that is in the
store can be written to after a restart.
"""

import json
from collections.abc import Iterable
from typing import Any

from telethon import types

from trunkline.contract.connector import Keeper
from trunkline.networks.telegram.convert.ids import channel_number, entity_id, is_id

_PART = 500


class Peers:
    """The peers of one account: ids with access hashes."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._hashes: dict[str, int] = {}
        self._part: dict[str, int] = {}
        self._number = 0
        self._is_loaded = False

    async def load(self) -> None:
        """Read what was kept. Does nothing the second time."""
        while not self._is_loaded:
            kept = await self._keeper.get(f"peers/{self._number}")
            if kept is None:
                break
            self._part = json.loads(kept)
            self._hashes.update(self._part)
            if len(self._part) < _PART:
                break
            self._number += 1
            self._part = {}
        self._is_loaded = True

    async def learn(self, entities: Iterable[Any]) -> None:
        """Keep those that are new, durably."""
        fresh = {}
        for entity in entities:
            access_hash = _hash_of(entity)
            name = entity_id(entity)
            if access_hash is not None and self._hashes.get(name) != access_hash:
                fresh[name] = access_hash
        while fresh:
            room = list(fresh)[: _PART - len(self._part)]
            self._part.update({name: fresh.pop(name) for name in room})
            self._hashes.update(self._part)
            await self._keeper.put(f"peers/{self._number}", json.dumps(self._part).encode())
            if len(self._part) >= _PART:
                self._number += 1
                self._part = {}

    def has(self, name: str) -> bool:
        """Whether it can be addressed."""
        return name in self._hashes

    def peer(self, name: str) -> Any:
        """The InputPeer of an id; None when it is not known."""
        access_hash = self._hashes.get(name) if is_id(name) else None
        if access_hash is None:
            return None
        channel = channel_number(name)
        if channel is not None:
            return types.InputPeerChannel(channel, access_hash)
        number = int(name)
        return types.InputPeerChat(-number) if number < 0 else types.InputPeerUser(number, access_hash)

    def channels(self) -> list[tuple[int, int]]:
        """(number, access hash) of each channel."""
        return [(number, value) for name, value in self._hashes.items() if (number := channel_number(name)) is not None]


def _hash_of(entity: Any) -> int | None:
    """The access hash; 0 for a basic group, which needs none. None: it cannot be addressed."""
    kind = type(entity).__name__
    if kind == "Chat":
        return 0
    if kind not in ("User", "Channel") or getattr(entity, "min", False):
        return None
    access_hash = entity.access_hash
    return None if access_hash is None else int(access_hash)
