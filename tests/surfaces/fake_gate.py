"""A gate for tests of the surfaces: knows some keys, notes what it is asked, answers as it is told."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import anyio

from trunkline.gateway.caller import Caller, Reply, Surface, Token
from trunkline.model.errors import InvalidCredentials, MissingCredentials, NotFound, TooLarge
from trunkline.model.upload import Uploaded
from trunkline.operations.declaration import Operation

KEY = "tl_k1_" + "s" * 43
ADMIN_KEY = "tl_k2_" + "a" * 43
CALLER = Caller(1, "k1", False, "pcid-1")
ADMIN = Caller(2, "k2", True, None)
LOCAL = Caller(9, None, True, "pcid-local")


@dataclass(frozen=True)
class Asked:
    """One call as the gate got it."""

    caller: Caller
    operation: Operation[Any]
    pcid: str | None
    surface: str
    idempotency_key: str | None
    wait_ms: int


Act = Callable[[Operation[Any]], Reply]


def empty_page(operation: Operation[Any]) -> Reply:
    """What is answered unless a test says otherwise."""
    return Reply(b'{"object":"ChatList","items":[],"cursor":null}')


@dataclass
class FakeGate:
    """Notes and answers."""

    act: Act = empty_page
    asked: list[Asked] = field(default_factory=list)
    finished: list[int] = field(default_factory=list)
    looked_up: list[str | None] = field(default_factory=list)
    uploads: list[tuple[str, str | None, bytes]] = field(default_factory=list)
    callers: dict[str, Caller] = field(default_factory=lambda: {KEY: CALLER, ADMIN_KEY: ADMIN})
    hold: anyio.Event | None = None
    """While set, answers wait for it."""
    hold_answered: anyio.Event | None = None
    """While set, noting that an answer has left waits for it."""
    running: int = 0
    max_upload: int = 10_000_000

    def forget(self) -> None:
        """Be as new."""
        self.__init__()  # type: ignore[misc]

    async def authenticate(self, secret: str | None) -> Caller:
        """The caller of a known key."""
        self.looked_up.append(secret)
        if secret is None:
            raise MissingCredentials
        if secret not in self.callers:
            raise InvalidCredentials
        return self.callers[secret]

    async def local_user(self) -> Caller:
        """The person of this machine."""
        return LOCAL

    async def link_caller(self, token: str) -> Caller:
        """Nobody has made a link."""
        raise NotFound

    async def answer(
        self,
        caller: Caller,
        operation: Operation[Any],
        *,
        pcid: str | None,
        surface: Surface,
        idempotency_key: str | None = None,
        wait_ms: int = 30_000,
    ) -> Reply:
        """Note it and act."""
        self.asked.append(Asked(caller, operation, pcid, surface, idempotency_key, wait_ms))
        self.running += 1
        try:
            if self.hold is not None:
                await self.hold.wait()
            return self.act(operation)
        finally:
            self.running -= 1

    async def answered(self, call: int) -> None:
        """Note it."""
        if self.hold_answered is not None:
            await self.hold_answered.wait()
        self.finished.append(call)

    async def issue_token(self, client_id: str, client_secret: str) -> Token:
        """A token for the one client there is."""
        if (client_id, client_secret) != ("k1", "s" * 43):
            raise InvalidCredentials
        return Token("tlt_token", 3600)

    async def keep_upload(
        self, caller: Caller, file_name: str, media_type: str | None, chunks: AsyncIterator[bytes]
    ) -> Uploaded:
        """Keep it, up to a size."""
        data = b""
        async for chunk in chunks:
            data += chunk
            if len(data) > self.max_upload:
                raise TooLarge
        self.uploads.append((file_name, media_type, data))
        return Uploaded(upload_id=f"u{len(self.uploads)}", size=len(data), media_type=media_type or "application/octet-stream")
