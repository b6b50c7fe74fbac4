"""`trunkline account`: connect one account anew, or delete it. All of them: `trunkline accounts`."""

from typing import Annotated

import typer
from msgspec import UNSET

from trunkline.model.login import AccountFailedToRestart
from trunkline.operations.accounts import DeleteAccount, GetAccount, RestartAccount
from trunkline.surfaces.cli.exits import Failed
from trunkline.surfaces.cli.listing import listing_of
from trunkline.surfaces.cli.names import network
from trunkline.surfaces.cli.options import AsJson
from trunkline.surfaces.cli.plain import line

Which = Annotated[str, typer.Argument(metavar="ACCOUNT", help="An account's id, its name, or the name of its network.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]

app = typer.Typer(help="One account: connect it anew, delete it (trunkline accounts lists them).", no_args_is_help=True)


@app.command()
def restart(ctx: typer.Context, account: Which, *, as_json: AsJson = False) -> None:
    """Connect an account anew, now. It needs no new login; for that there is trunkline connect --reconnect."""
    listing = listing_of(ctx)
    found = listing.lookup.own_account(account)
    done = listing.terminal.answer(RestartAccount(account_id=found.id), as_json=as_json)
    if done is None:
        return
    if isinstance(done, AccountFailedToRestart):
        now = listing.terminal.client.result(GetAccount(account_id=found.id))
        text = done.detail if now.status_text is UNSET else now.status_text
        raise Failed(f"{network(found.type)} ({line(found.name)}) did not connect: {line(str(text))}")
    listing.terminal.output.line(f"Connected anew: {network(found.type)} ({line(found.name)}, {found.id}).")


@app.command()
def delete(ctx: typer.Context, account: Which, *, yes: Yes = False, as_json: AsJson = False) -> None:
    """Delete an account here, with all chats and messages stored of it. On the network they stay."""
    listing = listing_of(ctx)
    found = listing.lookup.own_account(account)
    who = f"{network(found.type)} ({line(found.name)}, {found.id})"
    if not yes:
        typer.confirm(
            f"Delete {who} here, with all chats and messages that are stored of it? On the network they stay.",
            abort=True,
            err=True,
        )
    done = listing.terminal.answer(DeleteAccount(account_id=found.id), as_json=as_json)
    if done is None:
        return
    listing.terminal.output.line(f"Deleted: {who}.")
    if done.detail is not UNSET:
        listing.terminal.output.note(line(done.detail))
