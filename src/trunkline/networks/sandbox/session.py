"""A session of the sandbox: what every account can do. What only some can do is in `abilities.py`."""

from collections.abc import AsyncIterator

import msgspec

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.events import ChatPage, PersonInfo, Update
from trunkline.networks.sandbox.client import Client
from trunkline.networks.sandbox.convert import shown
from trunkline.networks.sandbox.world import chats, people

_CHATS_AT_ONCE = 50


class SandboxSession:
    """One account. Holds no task and no socket of its own."""

    def __init__(self, client: Client, sheet: Capabilities) -> None:
        self._client = client
        self._sheet = sheet

    async def connect(self) -> PersonInfo:
        """Log in and say who we are."""
        account = await self._client.connect()
        own = people.find(self._client.world.fetch, account.key, account.identity)
        if own is not None:
            return own.info
        return PersonInfo(provider_id=account.identity, name=account.name, is_self=True)

    @property
    def capabilities(self) -> Capabilities:
        """The sheet of its account type; the sandbox narrows none."""
        return self._sheet

    def listen(self, position: str | None) -> AsyncIterator[Update]:
        """What happens from `position` on; nothing is lost while nobody listens."""
        return self._shown(self._client.updates(position))

    async def _shown(self, updates: AsyncIterator[Update]) -> AsyncIterator[Update]:
        account_type = self._client.account.account_type
        async for update in updates:
            events = tuple(shown(account_type, event) for event in update.events)
            yield msgspec.structs.replace(update, events=events)

    async def chats(self, cursor: str | None) -> ChatPage:
        """The account's chats, most recently active first."""
        self._client.check()
        return chats.page(self._client.world.fetch, self._client.account.key, cursor, _CHATS_AT_ONCE)

    async def close(self) -> None:
        """Nothing to let go of: the world belongs to the connector."""
