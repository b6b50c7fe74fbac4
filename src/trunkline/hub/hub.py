"""The hub: the backend that acts itself."""

import asyncio
from collections.abc import Iterable
from typing import Any

from trunkline.contract.connector import Connector
from trunkline.hub.asked import Asked, Parts
from trunkline.hub.handlers import ANSWERED, HANDLERS
from trunkline.hub.hosted.callbacks import Callbacks
from trunkline.hub.lives import Lives, trouble_of
from trunkline.hub.logins import Logins
from trunkline.hub.options import HubOptions
from trunkline.hub.outgoing.targets import Rules
from trunkline.hub.outgoing.way_out import Outgoing
from trunkline.hub.plans import HubPlan
from trunkline.hub.reach import reach_of
from trunkline.hub.supervisor import Supervisor
from trunkline.hub.upkeep import Upkeep
from trunkline.hub.wakes import Wakes, account_name
from trunkline.hub.webhooks.service import Webhooks
from trunkline.operations.backend import Scope
from trunkline.operations.catalog import pair
from trunkline.operations.declaration import Operation
from trunkline.store import accounts
from trunkline.store.store import Store


class Hub:
    """Plans and runs operations on accounts whose sessions it holds. `start` first, `close` last."""

    def __init__(
        self, store: Store, connectors: Iterable[Connector], options: HubOptions | None = None, outgoing: Outgoing | None = None
    ):
        pair(HANDLERS, ANSWERED)
        options = options or HubOptions()
        outgoing = outgoing or Outgoing(Rules(options.private_targets), store.clock)
        lives = Lives({connector.road: connector for connector in connectors})
        wakes = Wakes()
        supervisor = Supervisor(store, lives, wakes, options)
        self.logins = Logins(store, lives, supervisor, options)
        self.parts = Parts(
            store=store,
            lives=lives,
            wakes=wakes,
            supervisor=supervisor,
            options=options,
            logins=self.logins,
            outgoing=outgoing,
            webhooks=Webhooks(
                store, wakes, options, outgoing, worker=store.new_id(), shared=store.db.dialect.name == "postgres"
            ),
        )
        self._callbacks = Callbacks(store, self.parts.outgoing, options.look_ms)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Bring every account to life; returns at once, connecting goes on by itself."""
        await self.parts.supervisor.start_all()
        await self.parts.webhooks.start()
        upkeep = Upkeep(self.parts.store, self.parts.options)
        self._tasks = [
            asyncio.create_task(upkeep.run(), name="upkeep"),
            asyncio.create_task(self._callbacks.run(), name="callbacks"),
        ]

    async def first_synced(self, account_no: int) -> None:
        """Wait until an account's chats with their newest messages have come, or a person must act before they can."""
        with self.parts.wakes.expect(account_name(account_no)) as expectation:
            while (account := await accounts.by_no(self.parts.store.db, account_no)) is not None:
                if account.first_sync == "done" or trouble_of(account) is not None:
                    return
                await expectation.wait()

    def end_waits(self) -> None:
        """The server is about to end: every caller gets an answer before that, if only that the outcome is not known."""
        self.parts.wakes.end(self.parts.store.clock() + self.parts.options.last_calls_ms)

    async def close(self) -> None:
        """End sessions in order; what is being sent ends as unknown and is settled at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.logins.close()
        await self.parts.webhooks.close()
        await self.parts.outgoing.close()
        await self.parts.supervisor.close()
        for connector in self.parts.lives.connectors.values():
            await connector.close()

    async def plan(self, operation: Operation[Any], scope: Scope, position: str | None) -> HubPlan:
        """Resolve a call inside a scope. Raises TrunklineError; nothing is done yet."""
        reach = await reach_of(self.parts.store, scope)
        return await HANDLERS[type(operation)](Asked(operation=operation, reach=reach, position=position, parts=self.parts))
