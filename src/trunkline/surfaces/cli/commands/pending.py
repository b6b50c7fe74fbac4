"""`trunkline pending`: what no network has confirmed yet."""

from collections.abc import Mapping
from typing import Annotated

import typer
from msgspec import UNSET

from trunkline.model.status import PendingSend
from trunkline.operations.administration import ListPending, SettlePending
from trunkline.surfaces.cli import sizes
from trunkline.surfaces.cli.exits import WrongUsage
from trunkline.surfaces.cli.listing import Listing, listing_of
from trunkline.surfaces.cli.names import network
from trunkline.surfaces.cli.options import AsJson, Cursor, Limit, per_page
from trunkline.surfaces.cli.plain import line

OutcomeWord = Annotated[str | None, typer.Argument(metavar="OUTCOME", help="sent or gone: what became of an unclear one.")]
PendingId = Annotated[str | None, typer.Argument(metavar="ID", help="Its id in the list.")]
STATES = {"queued": "waiting", "sending": "being sent", "unknown": "unclear", "held": "held"}


def pending(
    ctx: typer.Context,
    outcome: OutcomeWord = None,
    pending_id: PendingId = None,
    *,
    limit: Limit = None,
    cursor: Cursor = None,
    as_json: AsJson = False,
) -> None:
    """List what no network has confirmed yet, oldest first; or settle an unclear one by hand: sent ID, gone ID."""
    listing = listing_of(ctx)
    terminal = listing.terminal
    if outcome is not None:
        _settle(listing, outcome, pending_id, as_json=as_json)
        return
    page = terminal.answer(ListPending(limit=per_page(limit, cursor), cursor=cursor), as_json=as_json)
    if page is None:
        return
    if not page.items:
        terminal.output.note("Nothing is pending: every write was confirmed, or settled by hand.")
        return
    networks = {account.id: network(account.type) for account in listing.lookup.own_accounts()}
    rows = [
        (
            str(each.id),
            terminal.when(each.created_at),
            _network(networks, each),
            each.command,
            _state(each, terminal.when(each.not_before)),
            each.chat_id or "",
            each.message_id or "",
        )
        for each in page.items
    ]
    columns = ("id", "since", "network", "what", "state", "chat", "message")
    terminal.output.table(*columns, rows=rows, whole=("id", "since", "chat", "message"))
    for each in page.items:
        if each.detail is not UNSET:
            terminal.output.note(f"{each.message_id or each.id}: {line(each.detail)}")
    if any(each.state in ("unknown", "held") for each in page.items):
        terminal.output.note(
            "Look in the network's own app what became of an unclear one; then `trunkline pending sent ID` or "
            "`trunkline pending gone ID`. Neither sends anything."
        )
    listing.tell_more(page.cursor)


def _settle(listing: Listing, outcome: str, pending_id: str | None, *, as_json: bool) -> None:
    if outcome not in ("sent", "gone") or pending_id is None:
        raise WrongUsage("Say what became of it and give its id: `trunkline pending sent ID` or `trunkline pending gone ID`.")
    wanted = SettlePending(pending_id=pending_id, outcome="sent" if outcome == "sent" else "gone")
    if listing.terminal.answer(wanted, as_json=as_json) is not None:
        listing.terminal.output.line(f"Settled: {line(pending_id)} counts as {outcome}. Nothing was sent for it.")


def _network(networks: Mapping[str, str], send: PendingSend) -> str:
    """`WhatsApp`; what goes through a subscription is told by where it goes."""
    if send.pcid is not UNSET:
        return f"Unipile ({send.pcid})"
    return "" if send.account_id is None else networks.get(send.account_id, "")


def _state(send: PendingSend, next_try: str) -> str:
    """`waiting, tried 3 times, again at 2026-11-22 18:31`."""
    tried = f"tried {sizes.count(send.attempts, 'time')}" if send.attempts else ""
    again = f"again at {next_try}" if next_try else ""
    return ", ".join(word for word in (STATES.get(send.state, send.state), tried, again) if word)
