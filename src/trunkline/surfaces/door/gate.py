"""What the surfaces ask of the gateway."""

from collections.abc import AsyncIterator
from typing import Any, Protocol

from trunkline.gateway.caller import Caller, Reply, Surface, Token
from trunkline.model.upload import Uploaded
from trunkline.operations.declaration import Operation


class Gate(Protocol):
    """The one way to a backend."""

    async def authenticate(self, secret: str | None) -> Caller:
        """Whose key or token this is. Raises MissingCredentials, InvalidCredentials, TooManyAttempts."""
        ...

    async def local_user(self) -> Caller:
        """The person whose process this is: who has shown the owner's own token. Asked anew for each call, as its default
        connection can change."""
        ...

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
        """Judge the operation and carry it out. Raises TrunklineError."""
        ...

    async def answered(self, call: int) -> None:
        """The last byte of the answer to a write has left (security.md R7).

        Called without giving way after that byte was handed over: what it must remember before the next call it remembers
        before its first await.
        """
        ...

    async def issue_token(self, client_id: str, client_secret: str) -> Token:
        """Trade a key for a token. Raises InvalidCredentials, TooManyAttempts."""
        ...

    async def keep_upload(
        self, caller: Caller, file_name: str, media_type: str | None, chunks: AsyncIterator[bytes]
    ) -> Uploaded:
        """Keep a file for later calls of this principal. Raises TooLarge, StoreUnavailable."""
        ...


class LinkGate(Gate, Protocol):
    """A gate that knows links to connect an account by, too."""

    async def link_caller(self, token: str) -> Caller:
        """Who has shown the token of a link to connect an account by. Raises NotFound, LinkExpired, TooManyAttempts."""
        ...
