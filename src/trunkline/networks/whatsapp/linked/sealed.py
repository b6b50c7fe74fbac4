"""Credentials and Signal keys, sealed in the keeper: all that the linked device must never lose or show.

`credentials` is what the login gave, under a number of its own. What changes later is kept beside it under the same number, so
that a new login leaves nothing of the old one's keys in use. Keys lie in pages: a change writes its page, not all of them.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from trunkline.contract.connector import Keeper
from trunkline.model.errors import Disconnected

PAGES = 64


class LoginState(Struct, frozen=True):
    """What a login gives, or one page of what came after. number: the login's."""

    number: str
    creds: dict[str, Any] | None = None
    keys: dict[str, dict[str, Any]] = {}


_DECODER = msgspec.json.Decoder(LoginState)


class Sealed:
    """The credentials of one account."""

    def __init__(self, keeper: Keeper):
        self._keeper = keeper
        self._number = ""
        self._pages: list[dict[str, dict[str, Any]]] = []
        self.creds: dict[str, Any] = {}

    async def load(self) -> dict[str, dict[str, Any]]:
        """The keys, by type and id; `creds` is set. Raises Disconnected when nobody has logged in."""
        given = await self._keeper.get("credentials")
        if given is None:
            raise Disconnected("This WhatsApp account has no credentials. A person must link it again.")
        first = _DECODER.decode(given)
        self._number = first.number
        newer = await self._of_login("creds")
        self.creds = (newer.creds if newer else None) or first.creds or {}
        kept = [await self._of_login(f"keys {page}") for page in range(PAGES)]
        self._pages = [{} for _ in range(PAGES)]
        for kind, values in first.keys.items():
            for key, value in values.items():
                self._pages[page_of(kind, key)].setdefault(kind, {})[key] = value
        for page, state in enumerate(kept):
            if state is not None:
                self._pages[page] = state.keys
        keys: dict[str, dict[str, Any]] = {}
        for each in self._pages:
            for kind, values in each.items():
                keys.setdefault(kind, {}).update(values)
        return keys

    async def take(self, data: Mapping[str, Any]) -> None:
        """Store what changed, durably before returning."""
        if data.get("creds"):
            self.creds = data["creds"]
            await self._put("creds", LoginState(self._number, creds=self.creds))
        touched = set()
        for kind, values in (data.get("keys") or {}).items():
            for key, value in values.items():
                page = page_of(kind, key)
                touched.add(page)
                held = self._pages[page].setdefault(kind, {})
                if value is None:
                    held.pop(key, None)
                else:
                    held[key] = value
        for page in sorted(touched):
            await self._put(f"keys {page}", LoginState(self._number, keys=self._pages[page]))

    async def _of_login(self, name: str) -> LoginState | None:
        value = await self._keeper.get(name)
        state = None if value is None else _DECODER.decode(value)
        return state if state is not None and state.number == self._number else None

    async def _put(self, name: str, state: LoginState) -> None:
        await self._keeper.put(name, msgspec.json.encode(state))


def page_of(kind: str, key: str) -> int:
    """The page a key lies in."""
    return hashlib.sha256(f"{kind} {key}".encode()).digest()[0] % PAGES
