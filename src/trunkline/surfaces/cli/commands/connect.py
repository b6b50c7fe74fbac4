"""`trunkline connect`: log an account in, step by step, and see what an agent may do with it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from trunkline.model.login import AccountReconnected
from trunkline.model.networks import AccountType
from trunkline.model.road import Road
from trunkline.operations.accounts import ConnectAccount, ReconnectAccount
from trunkline.operations.administration import ListNetworks
from trunkline.operations.values import quoted
from trunkline.surfaces.cli.commands.connected import show_connected
from trunkline.surfaces.cli.exits import Failed, WrongUsage
from trunkline.surfaces.cli.listing import Listing, listing_of
from trunkline.surfaces.cli.login.lines import Lines, standard_input
from trunkline.surfaces.cli.login.person import Person
from trunkline.surfaces.cli.login.play import GivenUp, Player, play
from trunkline.surfaces.cli.login.program import Program
from trunkline.surfaces.cli.matching import listed
from trunkline.surfaces.cli.names import network
from trunkline.surfaces.cli.output import Output
from trunkline.surfaces.cli.plain import line

RoadName = Annotated[
    str | None,
    typer.Argument(metavar="ROAD", help="The way into a network; all there are, with their ways to log in, if left out."),
]
Type = Annotated[str | None, typer.Option("--type", metavar="NETWORK", help="Which network, where the road serves several.")]
WayName = Annotated[str | None, typer.Option("--way", metavar="WAY", help="How to log in (trunkline connect).")]
Reconnect = Annotated[
    str | None, typer.Option("--reconnect", metavar="ACCOUNT", help="Log this account in again: its id or name.")
]
Phone = Annotated[str | None, typer.Option("--phone", metavar="NUMBER", help="The phone number, as +33612345678.")]
Username = Annotated[str | None, typer.Option("--username", metavar="NAME", help="The name to log in with.")]
Email = Annotated[str | None, typer.Option("--email", metavar="ADDRESS", help="The mail address of the account.")]
Given = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Another answer that is no secret; may be repeated."),
]
SecretStdin = Annotated[
    list[str] | None,
    typer.Option(
        "--secret-stdin",
        metavar="NAME",
        help="Read this answer from standard input: secrets are no arguments. May be repeated: a line each, in this order.",
    ),
]
TokenStdin = Annotated[bool, typer.Option("--token-stdin", help="As --secret-stdin access_token; its line comes first.")]
PasswordStdin = Annotated[bool, typer.Option("--password-stdin", help="As --secret-stdin password; its line comes first.")]
Steps = Annotated[
    bool, typer.Option("--json", help="For programs: a JSON object per line for each step; answers as lines on standard input.")
]
SECRET_WORDS = ("token", "secret", "password", "cookie", "hash")
"""What answers that are secrets are named by."""


def connect(
    ctx: typer.Context,
    road: RoadName = None,
    *,
    account_type: Type = None,
    way: WayName = None,
    reconnect: Reconnect = None,
    phone: Phone = None,
    username: Username = None,
    email: Email = None,
    given: Given = None,
    secret_stdin: SecretStdin = None,
    token_stdin: TokenStdin = False,
    password_stdin: PasswordStdin = False,
    as_json: Steps = False,
) -> None:
    """Connect an account: answers the steps of its login here. Without ROAD: the roads and ways there are."""
    listing = listing_of(ctx)
    if road is None and reconnect is None:
        _show_ways(listing, as_json=as_json)
        return
    account = None if reconnect is None else listing.lookup.own_account(reconnect)
    found = _road(listing, road or ("" if account is None else str(account.road)))
    if account is not None and account.road != found.road:
        raise WrongUsage(f"The account {account.id} came by road {quoted(str(account.road))}; leave ROAD out.")
    provider = account.type if account is not None else _type(found, account_type)
    lines = standard_input()
    values = _values(given) | _secrets(lines, secret_stdin, token=token_stdin, password=password_stdin)
    is_terminal = sys.stdin is not None and sys.stdin.isatty() and not as_json
    output = listing.terminal.output
    if way is None and is_terminal and not (values or phone or username or email):
        with _may_be_given_up(output):
            way = _choose_way(found, provider)
    if account is not None:
        begin: ConnectAccount | ReconnectAccount = ReconnectAccount(
            account_id=account.id, provider=provider, username=username, email=email, phone_number=phone, way=way,
            values=dict(values), ask=True,
        )  # fmt: skip
    else:
        begin = ConnectAccount(
            provider=provider, username=username, email=email, phone_number=phone, road=found.road, way=way,
            values=dict(values), ask=True,
        )  # fmt: skip
    if found.terms and not as_json:
        output.note(line(found.terms))
    player: Player = Program(output, lines) if as_json else Person(output.err, lines, is_terminal=is_terminal)
    with _may_be_given_up(output):
        done, body = play(listing.terminal.client, begin, provider, player)
    if as_json:
        output.json(body)
    show_connected(listing, done, again=isinstance(done, AccountReconnected), as_json=as_json)


@contextmanager
def _may_be_given_up(output: Output) -> Iterator[None]:
    """Ctrl-C and the end of what is typed, while the person is asked, give the login up."""
    try:
        yield
    except (KeyboardInterrupt, typer.Abort):
        if output.err.isatty():
            output.note("")  # the terminal has shown ^C, and the cursor stands behind it
        raise GivenUp("The login was given up. Nothing was connected.") from None


def _show_ways(listing: Listing, *, as_json: bool) -> None:
    """The roads, each with its ways, and what is missing where one is not installed."""
    output = listing.terminal.output
    page = listing.terminal.answer(ListNetworks(), as_json=as_json)
    if page is None:
        return
    rows = []
    for each in page.items:
        rows += [(each.road, network(way.account_type), way.name, way.title) for way in each.login_ways]
        if not each.available:
            rows.append((each.road, "", "", "not installed"))
    output.table("road", "network", "way", "how", rows=rows, whole=("road", "way"))
    for each in page.items:
        if isinstance(each.detail, str):
            output.note(f"{line(each.road)}: {line(each.detail)}")


def _road(listing: Listing, wanted: str) -> Road:
    roads = {each.road: each for each in listing.terminal.client.result(ListNetworks()).items}
    found = roads.get(wanted)
    if found is None:
        raise WrongUsage(f"There is no road {quoted(wanted)}; there are {listed(tuple(sorted(roads)))}.")
    if not found.available:
        raise Failed(f"The road {quoted(wanted)} is not installed here. {line(str(found.detail))}")
    return found


def _type(road: Road, wanted: str | None) -> AccountType:
    """The network that is meant. Raises WrongUsage."""
    for each in road.account_types:
        if (wanted or "").upper() == each or (wanted is None and len(road.account_types) == 1):
            return each
    said = "serves several networks" if wanted is None else f"does not serve {quoted(wanted)}"
    raise WrongUsage(f"The road {quoted(road.road)} {said}; say which with --type: {listed(road.account_types)}.")


def _choose_way(road: Road, provider: AccountType) -> str | None:
    """The only way, or the one a person picks."""
    ways = [way for way in road.login_ways if way.account_type == provider]
    if len(ways) < 2:
        return None
    for number, way in enumerate(ways, 1):
        typer.echo(f"  {number}  {line(way.title)} ({way.name})", err=True)
    while True:
        typed = str(typer.prompt(f"How (1 to {len(ways)}, or its name)", default="1", err=True)).strip()
        for number, way in enumerate(ways, 1):
            if typed in (str(number), way.name):
                return way.name
        typer.echo(f"There is no {quoted(typed)}.", err=True)


def _values(given: list[str] | None) -> dict[str, str]:
    values = {}
    for each in given or ():
        name, equals, value = each.partition("=")
        if not (name and equals):
            raise WrongUsage("--set needs NAME=VALUE.")
        if any(word in name.lower() for word in SECRET_WORDS):
            raise WrongUsage(
                f"{quoted(name)} is a secret, and others on this machine can read arguments: take --secret-stdin {line(name)}"
                " and give it on standard input."
            )
        values[name] = value
    return values


def _secrets(lines: Lines, names: list[str] | None, *, token: bool, password: bool) -> dict[str, str]:
    """The first lines of standard input as the answers of these names. Raises WrongUsage."""
    asked = ["access_token"] * token + ["password"] * password + list(names or ())
    if len(set(asked)) < len(asked):
        raise WrongUsage("An answer is named twice among those from standard input; name it once.")
    found = {}
    for name in asked:
        try:
            found[name] = (lines.next() or "").strip()
        except EOFError:
            found[name] = ""
        if not found[name]:
            raise WrongUsage(f"Standard input holds no {line(name)}; it takes {', then '.join(map(line, asked))}.")
    return found
