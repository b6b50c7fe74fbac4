"""Reading the audit."""

from msgspec import json

from trunkline.gateway.administration.order import Order
from trunkline.gateway.audit_buffer import AuditBuffer
from trunkline.model.audit import AuditRow
from trunkline.model.errors import NotFound
from trunkline.model.page import DEFAULT_LIMIT
from trunkline.model.times import from_wire, to_wire
from trunkline.operations.administration import ListAudit
from trunkline.operations.backend import Page
from trunkline.store import audit, principals
from trunkline.store.store import Store


class AuditHandlers:
    """The operation on the audit."""

    def __init__(self, store: Store, buffer: AuditBuffer):
        self._store = store
        self._buffer = buffer

    async def page(self, order: Order[ListAudit]) -> Page:
        """Rows, newest first; what is still in this process's buffer is written before."""
        wanted = order.operation
        await self._buffer.flush()
        names = await principals.names(self._store.db)
        numbers = {name: no for no, name in names.items()}
        if wanted.principal is not None and wanted.principal not in numbers:
            raise NotFound("principal is the name of nobody here. Look at the list of keys for the names.")
        at, _, seq = (order.position or "").partition(".")
        chosen = audit.Filter(
            principal=None if wanted.principal is None else numbers[wanted.principal],
            operation=wanted.operation,
            before=None if wanted.before is None else from_wire(wanted.before),
            after=None if wanted.after is None else from_wire(wanted.after),
            position=(int(at), int(seq)) if seq else None,
        )
        limit = wanted.limit or DEFAULT_LIMIT
        rows = await audit.page(self._store.db, chosen, limit + 1)
        items = [_to_wire(row, names) for row in rows[:limit]]
        last = rows[limit - 1] if len(rows) > limit else None
        return Page("AuditList", json.encode(items), None if last is None else f"{last.at}.{last.seq}")


def _to_wire(row: audit.AuditRow, names: dict[int, str]) -> AuditRow:
    return AuditRow(
        sequence=row.seq or 0,
        at=to_wire(row.at),
        principal=None if row.principal is None else names.get(row.principal),
        key_id=row.key_id,
        connection=row.connection,
        surface=row.surface,
        operation=row.operation,
        target=row.target,
        verdict=row.verdict,
        reasons=tuple(row.reason.split("; ")) if row.reason else (),
        outcome=row.outcome or "running",
    )
