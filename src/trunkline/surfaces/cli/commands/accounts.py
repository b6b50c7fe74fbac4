"""`trunkline accounts`."""

import typer
from msgspec import UNSET

from trunkline.model.account import Account
from trunkline.operations.accounts import ListAllAccounts
from trunkline.operations.own import ListAccounts
from trunkline.surfaces.cli.listing import listing_of
from trunkline.surfaces.cli.names import network
from trunkline.surfaces.cli.options import AsJson, Connection, Cursor, Limit, per_page
from trunkline.surfaces.cli.plain import line

STATES = {
    "OK": "connected",
    "CONNECTING": "connecting",
    "CREDENTIALS": "logged out",
    "PERMISSIONS": "restricted",
    "STOPPED": "stopped",
    "ERROR": "failed",
}
"""Account states for people; a word that nobody knows stays as it is."""
NO_ACCOUNTS = (
    "There are no accounts yet. `trunkline connect` says how to connect one; `trunkline serve --seed small` starts with \
seven simulated ones."
)


def accounts(
    ctx: typer.Context,
    *,
    connection: Connection = None,
    limit: Limit = None,
    cursor: Cursor = None,
    as_json: AsJson = False,
) -> None:
    """List your accounts, or with --connection those it reaches, and whether they are connected."""
    listing = listing_of(ctx, connection)
    output = listing.terminal.output
    asked = ListAllAccounts if connection is None else ListAccounts
    page = listing.terminal.answer(asked(limit=per_page(limit, cursor), cursor=cursor), as_json=as_json)
    if page is None:
        return
    if not page.items:
        output.note(NO_ACCOUNTS if connection is None else "This connection reaches no account.")
        return
    output.table("network", "name", "state", "road", "id", rows=_rows(page.items), whole=("network", "id"))
    for account in page.items:
        if account.status_text is not UNSET:
            output.note(f"{network(account.type)} ({line(account.name)}): {line(account.status_text)}")
    listing.tell_more(page.cursor)


def state(account: Account) -> str:
    """The worst state of its services."""
    words = [source.status for source in account.sources]
    found = next((word for word in words if word != "OK"), "OK")
    return STATES.get(found, found)


def _rows(items: tuple[Account, ...]) -> list[tuple[str, ...]]:
    return [(network(each.type), each.name, state(each), "" if each.road is UNSET else each.road, each.id) for each in items]
