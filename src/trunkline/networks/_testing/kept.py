"""The two things that a hub lends to a session, in memory: what it keeps for the account, and bytes to send."""

from trunkline.model.errors import NotFound


class MemoryKeeper:
    """A keeper (contract/session.py) that forgets with the test."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def get(self, key: str) -> bytes | None:
        """The value, or None."""
        return self.kept.get(key)

    async def put(self, key: str, value: bytes) -> None:
        """Keep it."""
        self.kept[key] = value


class MemoryMedia:
    """Bytes to send, by the names that a command calls them."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def read(self, content: str) -> bytes:
        """The bytes. Raises NotFound."""
        if content not in self.kept:
            raise NotFound
        return self.kept[content]
