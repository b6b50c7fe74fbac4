"""One thing asked for, and what becomes known of it on its way: what its audit row is made of."""

from typing import Any

from msgspec import Struct

from trunkline.gateway.caller import Caller, Surface
from trunkline.operations.declaration import Operation, name_of
from trunkline.store.audit import AuditRow


class Asked(Struct, frozen=True, kw_only=True):
    """Who asks for what. Times in milliseconds."""

    caller: Caller
    operation: Operation[Any]
    pcid: str | None
    surface: Surface
    idempotency_key: str | None
    at_ms: int
    wait_ms: int
    """How long the caller waits for an outcome."""

    @property
    def principal(self) -> int:
        """Number of the caller."""
        return self.caller.principal

    def row(self, trail: "Trail", outcome: str | None) -> AuditRow:
        """Its audit row."""
        return AuditRow(
            at=self.at_ms,
            surface=self.surface,
            operation=name_of(type(self.operation)),
            verdict=trail.verdict,
            principal=self.caller.principal,
            key_id=self.caller.key_id,
            connection=trail.connection,
            target=trail.target,
            reason="; ".join(trail.reasons) or None,
            outcome=outcome,
            arguments=trail.arguments,
        )


class Trail(Struct, kw_only=True):
    """What is known of a call so far. Until the judge has spoken, a call that ends was refused."""

    connection: int | None = None
    target: str | None = None
    verdict: str = "refuse"
    reasons: tuple[str, ...] = ()
    arguments: bytes | None = None
