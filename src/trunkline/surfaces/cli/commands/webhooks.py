"""`trunkline webhook`: being told at an address of yours of what happens."""

from typing import Annotated, Any, get_args

import typer

from trunkline.model.page import MAX_LIMIT
from trunkline.model.webhook import Webhook
from trunkline.operations.values import quoted
from trunkline.operations.webhooks import (
    EVENTS,
    CreateWebhook,
    DeleteWebhook,
    HeaderWanted,
    ListDeadLetters,
    ListWebhooks,
    Renaming,
    ReplayWebhook,
    RotateWebhook,
    Source,
    SwitchWebhook,
)
from trunkline.surfaces.cli.exits import Failed, WrongUsage
from trunkline.surfaces.cli.listing import Listing, listing_of
from trunkline.surfaces.cli.matching import Match, Wording, pick
from trunkline.surfaces.cli.options import AsJson, Cursor, Limit, per_page
from trunkline.surfaces.cli.plain import line

Overlap = Annotated[
    int | None,
    typer.Option(
        "--overlap", metavar="HOURS", help="How long the earlier secret signs too: 24 hours if left out, 0 not at all."
    ),
]
Which = Annotated[str, typer.Argument(metavar="WEBHOOK", help="Id or name of a webhook.")]
Url = Annotated[str, typer.Argument(metavar="URL", help="Where to post: an https address.")]
About = Annotated[str, typer.Option("--source", metavar="SOURCE", help=f"What it tells of: {', '.join(EVENTS)}.")]
Name = Annotated[str | None, typer.Option(metavar="NAME", help="What it is called; comes back as webhook_name.")]
Event = Annotated[list[str] | None, typer.Option("--event", metavar="EVENT", help="One event; again for several.")]
Accounts = Annotated[list[str] | None, typer.Option("--account", metavar="ACCOUNT", help="Only this account; again for more.")]
Header = Annotated[
    list[str] | None, typer.Option("--header", metavar="'NAME: VALUE'", help="A header to add; again for several.")
]
Rename = Annotated[
    list[str] | None, typer.Option("--rename", metavar="KEY=NAME", help="Another name for a property of the payload.")
]
ConnectionOption = Annotated[
    str | None, typer.Option("--connection", metavar="CONNECTION", help="Only this connection's chats: PCID or name.")
]
AsForm = Annotated[bool, typer.Option("--form", help="Write it urlencoded instead of as JSON.")]
LetterOption = Annotated[str | None, typer.Option("--letter", metavar="ID", help="Only this dead letter.")]
Before = Annotated[str | None, typer.Option(metavar="TIME", help="Only what happened before this time: 2026-11-20, 3h, 2d.")]
After = Annotated[str | None, typer.Option(metavar="TIME", help="Only what happened after this time.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]

_WEBHOOK = Wording("webhook", "trunkline webhook list", "Give the id.")

app = typer.Typer(help="Webhooks: be told at an address of yours of what happens.", no_args_is_help=True)


@app.command()
def add(
    ctx: typer.Context,
    url: Url,
    *,
    source: About = "messaging",
    name: Name = None,
    event: Event = None,
    account: Accounts = None,
    header: Header = None,
    rename: Rename = None,
    connection: ConnectionOption = None,
    form: AsForm = False,
    as_json: AsJson = False,
) -> None:
    """Make a webhook, and show its signing secret once."""
    listing = listing_of(ctx)
    if source not in get_args(Source):
        raise WrongUsage(f"--source is {quoted(source)}; it is one of {', '.join(EVENTS)}.")
    wanted: dict[str, Any] = {
        "source": source,
        "request_url": url,
        "name": name,
        "format": "form" if form else None,
        "events": tuple(event) if event else None,
        "account_ids": tuple(listing.lookup.own_account(each).id for each in account) if account else None,
        "headers": tuple(_header(each) for each in header) if header else None,
        "data": tuple(_renaming(each) for each in rename) if rename else None,
        "connection": None if connection is None else listing.lookup.connection(connection).pcid,
    }
    made = listing.terminal.answer(CreateWebhook(**wanted), as_json=as_json)
    if made is None:
        return
    output = listing.terminal.output
    output.line(str(made.secret))
    output.note(f"Webhook {made.webhook_id}. This is what its deliveries are signed with; keep it: it is shown this once.")


@app.command("list")
def show(ctx: typer.Context, *, limit: Limit = None, cursor: Cursor = None, as_json: AsJson = False) -> None:
    """List the webhooks, with how their endpoints do."""
    listing = listing_of(ctx)
    page = listing.terminal.answer(ListWebhooks(limit=per_page(limit, cursor), cursor=cursor), as_json=as_json)
    if page is None:
        return
    _table(listing, page.items)
    listing.tell_more(page.cursor)


@app.command()
def delete(ctx: typer.Context, webhook: Which, *, yes: Yes = False, as_json: AsJson = False) -> None:
    """Delete a webhook, with the events it has not been told of."""
    listing = listing_of(ctx)
    found = _find(listing, webhook)
    if not yes:
        typer.confirm(f"Delete the webhook {quoted(_title(found))} for good?", abort=True, err=True)
    if listing.terminal.answer(DeleteWebhook(webhook_id=found.id), as_json=as_json) is not None:
        listing.terminal.output.line(f"Deleted: {line(_title(found))} ({found.id}).")


@app.command()
def stop(ctx: typer.Context, webhook: Which, *, as_json: AsJson = False) -> None:
    """Switch a webhook off. `start` takes it back."""
    _switch(listing_of(ctx), webhook, enabled=False, as_json=as_json)


@app.command()
def start(ctx: typer.Context, webhook: Which, *, as_json: AsJson = False) -> None:
    """Switch a webhook on: it goes on with the event where it stopped."""
    _switch(listing_of(ctx), webhook, enabled=True, as_json=as_json)


@app.command()
def rotate(ctx: typer.Context, webhook: Which, *, overlap: Overlap = None, as_json: AsJson = False) -> None:
    """Give a webhook a new signing secret. For a while the earlier one signs beside it."""
    listing = listing_of(ctx)
    found = _find(listing, webhook)
    made = listing.terminal.answer(RotateWebhook(webhook_id=found.id, overlap_hours=overlap), as_json=as_json)
    if made is None:
        return
    output = listing.terminal.output
    output.line(made.secret)
    until = listing.terminal.when(made.earlier_secret_until)
    ends = f"signs beside it until {until}" if until else "has ended"
    output.note(f"The new signing secret of {line(_title(found))}. The earlier one {ends}. It is shown this once.")


@app.command()
def dead(ctx: typer.Context, webhook: Which, *, limit: Limit = None, cursor: Cursor = None, as_json: AsJson = False) -> None:
    """List the events that were given up for a webhook."""
    listing = listing_of(ctx)
    found = _find(listing, webhook)
    wanted = ListDeadLetters(webhook_id=found.id, limit=per_page(limit, cursor), cursor=cursor)
    page = listing.terminal.answer(wanted, as_json=as_json)
    if page is None:
        return
    terminal = listing.terminal
    rows = [
        (
            terminal.when(each.happened_at),
            each.event,
            each.message_id or each.account_id or "",
            str(each.tries),
            _why(each.status, each.error),
            each.id,
        )
        for each in page.items
    ]
    terminal.output.table("happened", "event", "of", "tries", "why", "id", rows=rows, whole=("of", "id"))
    listing.tell_more(page.cursor)


@app.command()
def replay(
    ctx: typer.Context,
    webhook: Which,
    *,
    letter: LetterOption = None,
    before: Before = None,
    after: After = None,
    as_json: AsJson = False,
) -> None:
    """Try dead letters again: all of them, one, or those of a time."""
    listing = listing_of(ctx)
    wanted = ReplayWebhook(
        webhook_id=_find(listing, webhook).id,
        letter_id=letter,
        before=listing.terminal.past(before, "--before"),
        after=listing.terminal.past(after, "--after"),
    )
    done = listing.terminal.answer(wanted, as_json=as_json)
    if done is not None:
        listing.terminal.output.line(f"Dead letters that are tried again now: {done.replayed}.")


def _header(text: str) -> HeaderWanted:
    name, colon, value = text.partition(":")
    if not colon:
        raise WrongUsage("--header holds no colon; write it as 'NAME: VALUE'.")
    return HeaderWanted(key=name.strip(), value=value.strip())


def _renaming(text: str) -> Renaming:
    key, sign, name = text.partition("=")
    if not sign:
        raise WrongUsage("--rename holds no equals sign; write it as KEY=NAME.")
    return Renaming(name=name, key=key)


def _find(listing: Listing, wanted: str) -> Webhook:
    found: list[Webhook] = []
    cursor = None
    while True:
        page = listing.terminal.client.result(ListWebhooks(limit=MAX_LIMIT, cursor=cursor))
        found += page.items
        if (cursor := page.cursor) is None:
            break
    if not found:
        raise Failed("There are no webhooks. `trunkline webhook add URL` makes one.")
    return pick(wanted, found, lambda each: Match((each.id,), _title(each), f"{each.id}, {line(each.source)}"), _WEBHOOK)


def _switch(listing: Listing, webhook: str, *, enabled: bool, as_json: bool) -> None:
    wanted = SwitchWebhook(webhook_id=_find(listing, webhook).id, enabled=enabled)
    changed = listing.terminal.answer(wanted, as_json=as_json)
    if changed is not None:
        _table(listing, (changed,))


def _table(listing: Listing, webhooks: tuple[Webhook, ...]) -> None:
    terminal = listing.terminal
    rows = [
        (
            _title(each),
            each.id,
            each.source,
            _state(each, terminal.briefly(each.failing_since)),
            terminal.briefly(each.last_delivered_at) or "never",
            str(each.dead_letters),
        )
        for each in webhooks
    ]
    terminal.output.table("name", "id", "about", "state", "last delivered", "dead letters", rows=rows, whole=("id",))


def _title(webhook: Webhook) -> str:
    """Its name, else where it goes to, without what may be secret in the address."""
    return webhook.name if isinstance(webhook.name, str) else webhook.request_url.partition("//")[2].partition("/")[0]


def _state(webhook: Webhook, since: str) -> str:
    if webhook.state == "failing":
        return f"failing since {since} ({_why(webhook.last_status, webhook.last_error)})"
    if webhook.state == "refusing":
        return f"refuses events ({webhook.last_status})"
    return webhook.last_error or "switched off" if webhook.state == "disabled" else webhook.state


def _why(status: int | None, error: str | None) -> str:
    return error or (f"status {status}" if status is not None else "no answer")
