"""What a handler of the gateway's own operations is given."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from trunkline.gateway.asked import Asked, Trail
from trunkline.gateway.caller import Caller
from trunkline.operations.declaration import Operation
from trunkline.store import audit, grants
from trunkline.store.engine import Database, Transaction, Work
from trunkline.store.principals import PrincipalRow

T = TypeVar("T")
Wanted = TypeVar("Wanted", bound=Operation[Any])


@dataclass
class Order(Generic[Wanted]):
    """One operation to answer. `change` runs what it changes; its audit row (`record`) goes into the same transaction."""

    asked: Asked
    operation: Wanted
    position: str | None
    """Where a list goes on."""
    me: PrincipalRow
    """The caller."""
    trail: Trail
    recorded: bool = False

    @property
    def caller(self) -> Caller:
        """Who asks."""
        return self.asked.caller

    @property
    def at_ms(self) -> int:
        """When."""
        return self.asked.at_ms

    async def change(self, db: Database, work: Work[T]) -> T:
        """Run `work` in one transaction, unless the caller's key was stopped or revoked meanwhile. Raises NotAllowed."""

        async def checked(tx: Transaction) -> T:
            await grants.check_key(tx, self.caller.key_id)
            return await work(tx)

        return await db.write(checked)

    async def record(self, tx: Transaction, *what: str, connection: int | None = None, target: str | None = None) -> None:
        """Write the audit row: what was changed, on which connection (number), or which key."""
        trail = Trail(connection=connection, target=target, verdict="allow", reasons=what)
        await audit.append(tx, self.asked.row(trail, "ok"))
        self.recorded = True
