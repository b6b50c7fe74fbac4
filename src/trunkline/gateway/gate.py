"""The gate: what every surface speaks to, and the only way to a backend."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Mapping
from typing import Any

from trunkline.gateway import files
from trunkline.gateway.administration.desk import Desk
from trunkline.gateway.administration.unipile_connections import Remotes
from trunkline.gateway.answering import Answering
from trunkline.gateway.asked import Asked
from trunkline.gateway.audit_buffer import AuditBuffer
from trunkline.gateway.authentication import Authenticator
from trunkline.gateway.caller import Caller, Reply, Surface, Token
from trunkline.gateway.cursors import Cursors
from trunkline.gateway.first_run import local_user
from trunkline.gateway.hosted import LinkKeeper, check_link
from trunkline.model.connection import BackendName
from trunkline.model.errors import StoreUnavailable
from trunkline.model.upload import Uploaded
from trunkline.operations.backend import Backend
from trunkline.operations.declaration import Operation
from trunkline.store import calls
from trunkline.store.engine import Transaction
from trunkline.store.store import Store

WAIT_MS = 30_000
"""How long a call waits for an outcome. Source: security.md 2.3."""

_log = logging.getLogger(__name__)


class Gate:
    """Who may do what. `start` before the first call, `close` after the last.

    roads: all roads this server has. simulated: those of them where nobody real is reached, so that opening them needs no
    warning. remotes: what is asked of the unipile backend beside calls, where there is one.
    """

    def __init__(
        self,
        store: Store,
        backends: Mapping[BackendName, Backend],
        *,
        roads: Collection[str] = (),
        simulated: Collection[str] = (),
        remotes: Remotes | None = None,
    ):
        self._store = store
        self._audit = AuditBuffer(store.db)
        cursors = Cursors(store.seal)
        self._authenticator = Authenticator(store)
        self._links = LinkKeeper(store)
        self._noting: dict[int, asyncio.Event] = {}
        self._answering = Answering(store, backends, cursors, self._audit, self._noting)
        self._desk = Desk(store, backends["hub"], cursors, self._audit, roads=roads, simulated=simulated, remotes=remotes)

    async def start(self) -> None:
        """Begin to write the audit of reads."""
        self._audit.start()

    async def close(self) -> None:
        """Write what is left of the audit."""
        await self._audit.close()

    def audit_is_broken(self) -> bool:
        """Whether the audit cannot be written at this moment, so that everything is refused. For `trunkline doctor`."""
        return self._audit.is_broken

    async def authenticate(self, secret: str | None) -> Caller:
        """Whose API key or token this is. Raises MissingCredentials, InvalidCredentials or TooManyAttempts."""
        caller = await self._authenticator.caller(secret)
        if caller.key_id is not None:
            self._audit.note_use(caller.key_id, self._store.clock())
        return caller

    async def local_user(self) -> Caller:
        """The person whose process this is, once the owner's own token has been shown. Raises InvalidCredentials before the
        first run."""
        return await local_user(self._store)

    async def link_caller(self, token: str) -> Caller:
        """Who has shown a link's token: nobody but that link. Raises NotFound, LinkExpired or TooManyAttempts."""
        return await self._links.caller(token)

    async def answer(
        self,
        caller: Caller,
        operation: Operation[Any],
        *,
        pcid: str | None,
        surface: Surface,
        idempotency_key: str | None = None,
        wait_ms: int = WAIT_MS,
    ) -> Reply:
        """Answer one call. Raises TrunklineError; `error.call` is set where the error is the answer of a call on the books."""
        self._audit.check()
        check_link(caller, operation)
        asked = Asked(
            caller=caller,
            operation=operation,
            pcid=pcid if pcid is not None else caller.default_pcid,
            surface=surface,
            idempotency_key=idempotency_key,
            at_ms=self._store.clock(),
            wait_ms=wait_ms,
        )
        if self._desk.answers(type(operation)):
            return await self._desk.answer(asked)
        return await self._answering.answer(asked)

    async def answered(self, call: int) -> None:
        """The last byte of an answer, or of an error with a `call`, has left. Asking for the same again is meant from now on.

        When this cannot be noted the caller has its answer all the same; only then a repeat within ten minutes counts as the
        same call (security.md R7). From this moment on this gate knows it, though it is written only when this returns: who has
        the answer may ask again at once.
        """
        noted = self._noting[call] = asyncio.Event()
        try:
            await self._store.db.write(_Answered(call))
        except StoreUnavailable as error:
            _log.warning("call %d was answered, which could not be noted: %s", call, error.text)
        finally:
            noted.set()
            if self._noting.get(call) is noted:
                del self._noting[call]

    async def issue_token(self, client_id: str, client_secret: str) -> Token:
        """A token for an API key (client credentials): the key's id, and the key or its secret part.

        Raises InvalidCredentials or TooManyAttempts.
        """
        return await self._authenticator.issue_token(client_id, client_secret)

    async def keep_upload(
        self, caller: Caller, file_name: str | None, media_type: str | None, chunks: AsyncIterator[bytes]
    ) -> Uploaded:
        """Keep a file for calls to come, for this principal alone, 24 hours. Raises InvalidArgument and TooLarge."""
        return await files.keep(self._store, caller.principal, file_name, media_type, chunks)


class _Answered:
    def __init__(self, call: int):
        self._call = call

    async def __call__(self, tx: Transaction) -> None:
        await calls.set_answered(tx, self._call)
