"""The unipile backend: plans and runs the operations over HTTP, for connections that hold an address and a key."""

import asyncio
import logging
from typing import Any

from trunkline.model.account import Account
from trunkline.model.errors import StoreUnavailable, TrunklineError, Unsupported
from trunkline.model.networks import ACCOUNT_TYPES
from trunkline.operations.backend import Answer, Call, Scope
from trunkline.operations.chats import GetChat
from trunkline.operations.declaration import Operation
from trunkline.operations.own import ListAccounts, SearchMessages
from trunkline.operations.wire import Request
from trunkline.store import connections, remote_writes
from trunkline.store.engine import Transaction
from trunkline.store.seal import SealBroken
from trunkline.store.store import Store
from trunkline.unipile import reading
from trunkline.unipile.http import RemoteHttp, Sleep
from trunkline.unipile.line import Line, Owners
from trunkline.unipile.plans import RemotePlan, act_of, aim_of, is_read
from trunkline.unipile.quirks import ACCOUNTS, paged
from trunkline.unipile.remote import Remote, open_remote
from trunkline.unipile.writing import Job, Writer

log = logging.getLogger(__name__)

WAIT_MS = 30_000
DAY_MS = 24 * 3600 * 1000
KEPT_MS = 7 * DAY_MS
"""How long it is remembered which message came of which write; as long as calls are kept."""
FORGET_EVERY_S = 3600
ACCOUNT_PAGES_MOST = 20


class UnipileBackend:
    """Plans and runs operations on accounts behind Unipile servers. `start` first, `close` last.

    wait_ms: how long a read may take.
    """

    def __init__(self, store: Store, http: RemoteHttp, *, wait_ms: int = WAIT_MS, sleep: Sleep = asyncio.sleep):
        self._store = store
        self._http = http
        self._wait_ms = wait_ms
        self._owners = Owners()
        self._writer = Writer(store, self._unlimited, sleep)
        self._forgetting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Settle what the last process left open; returns at once."""
        await self._writer.start()
        self._forgetting = asyncio.create_task(self._forget(), name="unipile upkeep")

    async def close(self) -> None:
        """End in order; what is being sent ends as unknown and is settled at the next start."""
        if self._forgetting is not None:
            self._forgetting.cancel()
            await asyncio.gather(self._forgetting, return_exceptions=True)
        await self._writer.close()
        await self._http.close()

    async def plan(self, operation: Operation[Any], scope: Scope, position: str | None) -> RemotePlan:
        """Look up what a call is about, inside its connection's reach. Raises TrunklineError; nothing is done yet."""
        if isinstance(operation, SearchMessages):
            raise Unsupported(
                "This connection goes to a Unipile server: it has no search, and nothing of it is stored here that could be"
                " searched. Read with list_all_messages or list_chat_messages."
            )
        line = await self._line(scope)
        aim = await aim_of(line, operation)
        if is_read(operation):
            return RemotePlan(act_of(operation, aim), _Reading(line, operation, position))
        job = Job(line, operation, aim)
        return RemotePlan(act_of(operation, aim), _Writing(self._writer, job))

    async def accounts(self, remote: Remote) -> tuple[Account, ...]:
        """The messaging accounts that a key sees. Raises KeyRefused, NotReached, NetworkFailed and the like."""
        line = self._to(remote, Scope(owner=0, roads=frozenset()), 0)
        found: list[Account] = []
        cursor = None
        for _ in range(ACCOUNT_PAGES_MOST):
            page = await line.read(ListAccounts(), paged(Request(method="GET", path=ACCOUNTS), cursor, 250))
            found += [account for account in page.items if account.type in ACCOUNT_TYPES]
            if page.cursor in (None, cursor):
                break
            cursor = page.cursor
        return tuple(found)

    async def account_of_chat(self, remote: Remote, chat_id: str) -> str:
        """The id of the account that a chat belongs to. Raises NotFound and what `accounts` raises."""
        line = self._to(remote, Scope(owner=0, roads=frozenset()), 0)
        chat = await line.read(GetChat(chat_id=chat_id))
        return str(chat.account_id)

    async def remote_of(self, connection: int) -> Remote | None:
        """Where a connection goes; None when it does not stand any more. Raises StoreUnavailable."""
        kept = await connections.settings_of(self._store.db, connection)
        if kept is None:
            return None
        try:
            return open_remote(self._store.seal, *kept)
        except SealBroken:
            raise StoreUnavailable(
                "The key of this connection was sealed with another secret and cannot be read. Add the connection anew."
            ) from None

    async def _line(self, scope: Scope) -> Line:
        line = None if scope.connection is None else await self._to_connection(scope, scope.connection)
        if line is None:
            raise StoreUnavailable("This connection was revoked a moment ago. Nothing was done.")
        return line

    async def _unlimited(self, connection: int) -> Line | None:
        """The line of a connection without its limits: to look for what was already allowed."""
        return await self._to_connection(Scope(owner=0, roads=frozenset(), connection=connection), connection)

    async def _to_connection(self, scope: Scope, connection: int) -> Line | None:
        remote = await self.remote_of(connection)
        return None if remote is None else self._to(remote, scope, connection)

    def _to(self, remote: Remote, scope: Scope, connection: int) -> Line:
        return Line(connection, scope, remote, self._http, self._owners, self._store.clock, self._wait_ms)

    async def _forget(self) -> None:
        while True:
            try:
                await self._store.db.write(_Forget(self._store.clock() - KEPT_MS))
            except (TrunklineError, OSError) as error:
                log.warning("upkeep was put off: %s", type(error).__name__)
            await asyncio.sleep(FORGET_EVERY_S)


class _Reading:
    def __init__(self, line: Line, operation: Operation[Any], position: str | None):
        self._asked = (line, operation, position)

    async def __call__(self, _call: Call | None) -> Answer:
        return await reading.read(*self._asked)


class _Writing:
    def __init__(self, writer: Writer, job: Job):
        self._writer = writer
        self._job = job

    async def __call__(self, call: Call | None) -> Answer:
        if call is None:
            raise TypeError("a write needs its call")
        return await self._writer.carry_out(self._job, call)


class _Forget:
    def __init__(self, before_ms: int):
        self._before_ms = before_ms

    async def __call__(self, tx: Transaction) -> None:
        await remote_writes.forget(tx, self._before_ms)
