"""`trunkline pending`: what no network has confirmed yet."""

import typer
from msgspec import UNSET

from trunkline.model.status import PendingSend
from trunkline.operations.administration import ListPending
from trunkline.surfaces.cli import sizes
from trunkline.surfaces.cli.listing import listing_of
from trunkline.surfaces.cli.options import AsJson, Cursor, Limit, per_page
from trunkline.surfaces.cli.plain import line

STATES = {"queued": "waiting", "sending": "being sent", "unknown": "unclear", "held": "held"}


def pending(ctx: typer.Context, *, limit: Limit = None, cursor: Cursor = None, as_json: AsJson = False) -> None:
    """List what no network has confirmed yet, oldest first."""
    listing = listing_of(ctx)
    terminal = listing.terminal
    page = terminal.answer(ListPending(limit=per_page(limit, cursor), cursor=cursor), as_json=as_json)
    if page is None:
        return
    if not page.items:
        terminal.output.note("Nothing is pending: the networks have confirmed every write.")
        return
    rows = [
        (
            terminal.when(each.created_at),
            listing.names.network_of(each.account_id),
            each.command,
            _state(each, terminal.when(each.not_before)),
            each.chat_id or "",
            each.message_id or "",
        )
        for each in page.items
    ]
    columns = ("since", "network", "what", "state", "chat", "message")
    terminal.output.table(*columns, rows=rows, whole=("since", "chat", "message"))
    for each in page.items:
        if each.detail is not UNSET:
            terminal.output.note(f"{each.message_id or each.id}: {line(each.detail)}")
    listing.tell_more("pending", page.cursor)


def _state(send: PendingSend, next_try: str) -> str:
    """`waiting, tried 3 times, again at 2026-11-22 18:31`."""
    tried = f"tried {sizes.count(send.attempts, 'time')}" if send.attempts else ""
    again = f"again at {next_try}" if next_try else ""
    return ", ".join(word for word in (STATES.get(send.state, send.state), tried, again) if word)
