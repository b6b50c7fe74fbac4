"""`trunkline pending`: what no network has confirmed yet."""

import typer
from msgspec import UNSET

from trunkline.operations.administration import ListPending
from trunkline.surfaces.cli.listing import listing_of
from trunkline.surfaces.cli.options import AsJson, Cursor, Limit, per_page

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
            STATES.get(each.state, each.state),
            str(each.attempts),
            terminal.when(each.not_before),
            each.chat_id or "",
            each.message_id or "",
        )
        for each in page.items
    ]
    terminal.output.table("since", "network", "what", "state", "tries", "next try", "chat", "message", rows=rows, wraps="what")
    for each in page.items:
        if each.detail is not UNSET:
            terminal.output.note(f"{each.message_id or each.id}: {each.detail}")
    listing.tell_more("pending", page.cursor)
