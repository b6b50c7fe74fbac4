"""`trunkline audit`: who asked what, and what was decided."""

from typing import Annotated

import typer

from trunkline.model.audit import AuditRow
from trunkline.operations.administration import ListAudit
from trunkline.surfaces.cli.listing import listing_of
from trunkline.surfaces.cli.options import After, AsJson, Before, Cursor, Limit, per_page

Principal = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Only what this person or agent asked.")]
OperationName = Annotated[
    str | None, typer.Option("--operation", metavar="NAME", help="Only this operation, such as send_message_in_chat.")
]


def audit(
    ctx: typer.Context,
    *,
    principal: Principal = None,
    operation: OperationName = None,
    before: Before = None,
    after: After = None,
    limit: Limit = None,
    cursor: Cursor = None,
    as_json: AsJson = False,
) -> None:
    """List what was asked and decided, newest first."""
    listing = listing_of(ctx)
    terminal = listing.terminal
    asked = ListAudit(
        principal=principal,
        operation=operation,
        before=terminal.past(before, "--before"),
        after=terminal.past(after, "--after"),
        limit=per_page(limit, cursor),
        cursor=cursor,
    )
    page = terminal.answer(asked, as_json=as_json)
    if page is None:
        return
    if not page.items:
        terminal.output.note("Nothing fits.")
        return
    rows = [
        (
            terminal.when(each.at),
            f"{each.principal or 'nobody'} ({each.surface})",
            each.operation,
            each.target or "",
            _outcome(each),
        )
        for each in page.items
    ]
    terminal.output.table("when", "who", "operation", "chat or key", "outcome", rows=rows, whole=("when", "chat or key"))
    listing.tell_more(page.cursor)


def _who(row: AuditRow) -> str:
    return f"{row.principal or 'nobody'} ({row.surface})"


def _outcome(row: AuditRow) -> str:
    """`done`; `refuse (insufficient_scope): errors/insufficient_permissions`; `begun`."""
    why = f" ({', '.join(row.reasons)})" if row.reasons else ""
    how = row.outcome or "begun"
    return f"{how}{why}" if row.verdict == "allow" else f"{row.verdict}{why}: {how}"
