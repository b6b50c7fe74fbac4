"""`trunkline sandbox ...`: playing the sandbox's world from the command line.

`commands(control)` is handed a plain function: `control(name, values)` asks the server's sandbox for a control (they are listed
in controls/table.py) and gives its answer as JSON-able data; it raises what the server answered as an error.
"""

import io
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

Control = Callable[[str, Mapping[str, object]], Any]

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
_WHOLE = frozenset({"account", "chat", "provider_id", "active"})
"""Columns that are copied from the screen: never wrapped or cut, however narrow it is."""
_WIDE = 100_000
"""Nothing is wrapped for a file or pipe."""
_GAP = 2
_WORD = 7
"""What a column of words needs at least, to be broken between words and not letter by letter."""

Account = Annotated[str | None, typer.Option(help="WHATSAPP, TELEGRAM:2 (the second own user) or a provider id.")]
Chat = Annotated[str | None, typer.Option(help="Title or provider id of the chat, or a person's name.")]


def commands(control: Control) -> typer.Typer:
    """The command group `sandbox`."""
    app = typer.Typer(help="Play the sandbox: people, time, faults.", no_args_is_help=True)
    _add_looking(app, control)
    _add_playing(app, control)
    _add_ruling(app, control)
    return app


def _add_looking(app: typer.Typer, control: Control) -> None:
    @app.command()
    def world(as_json: AsJson = False) -> None:
        """Show the seed, the time, the accounts and the faults that are set."""
        shown = control("world", {})
        if as_json:
            return _print_json(shown)
        typer.echo(f"Seed {shown['seed'] or 'none'}, {shown['now']} in the sandbox, {shown['arrived']} things arrived.")
        _print_table(shown["accounts"], ("account", "name", "chats", "messages", "unread", "people", "logins"))
        _print_table(shown["faults"], ("kind", "account", "left"))
        return _print_table(shown["logins"], ("way", "step"))

    @app.command()
    def people(account: Account = None, as_json: AsJson = False) -> None:
        """List who is there to write to, and who answers."""
        _print(control("people", {"account": account}), ("account", "name", "provider_id", "answers", "distance"), as_json)

    @app.command()
    def chats(account: Account = None, as_json: AsJson = False) -> None:
        """List the chats as the networks have them."""
        rows = control("chats", {"account": account})
        _print(rows, ("account", "name", "with", "type", "unread", "active", "provider_id"), as_json)

    @app.command()
    def record(
        *,
        account: Account = None,
        kind: Annotated[str | None, typer.Option(help="send, start, edit, delete, react, ...")] = None,
        outcome: Annotated[str | None, typer.Option(help="accepted, repeated, ignored or refused.")] = None,
        limit: Annotated[int, typer.Option(help="The newest so many.")] = 50,
        as_json: AsJson = False,
    ) -> None:
        """List what has arrived at the simulated networks."""
        values = {"account": account, "kind": kind, "outcome": outcome, "limit": limit}
        _print(control("record", values), ("n", "account_type", "kind", "outcome", "chat", "provider_id", "reason"), as_json)


_SEEDED = "Seeded. Accounts are logged in by `trunkline serve --seed` with the same name, where they are not yet."


def _add_playing(app: typer.Typer, control: Control) -> None:
    @app.command()
    def write(
        person: Annotated[str, typer.Argument(help="Who writes: a name, a provider id, or `me` (on another device).")],
        text: Annotated[str | None, typer.Argument(help="What they write.")] = None,
        *,
        account: Account = None,
        chat: Chat = None,
        file: Annotated[str | None, typer.Option(help="photo, sticker, voice, sound, video or document.")] = None,
        as_json: AsJson = False,
    ) -> None:
        """Let somebody write to you."""
        made = control("write", {"as": person, "text": text, "account": account, "chat": chat, "file": file})
        if as_json:
            return _print_json(made)
        return typer.echo(f"Written on {made['account']} in chat {made['chat']}: message {made['provider_id']}.")

    @app.command()
    def confirm(
        account_type: Annotated[str | None, typer.Argument(help="Which network's login; the oldest when left out.")] = None,
        as_json: AsJson = False,
    ) -> None:
        """Scan, confirm or allow what a login waits for."""
        made = control("confirm", {"account_type": account_type})
        return _print_json(made) if as_json else typer.echo(f"Done: {made['step']}.")


def _add_ruling(app: typer.Typer, control: Control) -> None:
    @app.command(context_settings={"ignore_unknown_options": True})
    def clock(
        by: Annotated[str | None, typer.Argument(help="How far to move it: 15m, -2h, 1d.")] = None,
        to: Annotated[str | None, typer.Option(help="A time YYYY-MM-DDTHH:MM:SS.sssZ.")] = None,
        real: Annotated[bool, typer.Option(help="Back to the machine's time.")] = False,
        as_json: AsJson = False,
    ) -> None:
        """Show the sandbox's time, or move it."""
        shown = control("clock", {"by": by, "to": to, "real": real})
        return _print_json(shown) if as_json else typer.echo(f"It is {shown['now']} in the sandbox.")

    @app.command()
    def fault(
        kind: Annotated[str | None, typer.Argument(help="What shall go wrong; leave it out for a list.")] = None,
        *,
        account: Account = None,
        count: Annotated[int, typer.Option(help="How often.")] = 1,
        ms: Annotated[str, typer.Option(help="How long: 500ms, 30s, 5m.")] = "0s",
        only: Annotated[str | None, typer.Option(help="Only this kind of command: send, edit, ...")] = None,
        clear: Annotated[str | None, typer.Option(help="Remove a kind of fault, or `all`.")] = None,
        as_json: AsJson = False,
    ) -> None:
        """Let something go wrong, or list what can."""
        values = {"kind": kind, "account": account, "count": count, "ms": ms, "only": only, "clear": clear}
        shown = control("fault", values)
        if as_json:
            return _print_json(shown)
        if kind is None and clear is None:
            _print_table(
                [{"fault": name, "what happens": text} for name, text in shown["kinds"].items()], ("fault", "what happens")
            )
        return _print_table(shown["set"], ("kind", "account", "left", "ms", "only"))

    @app.command()
    def seed(name: Annotated[str, typer.Argument(help="small, empty or messages:N.")], as_json: AsJson = False) -> None:
        """Fill the sandbox."""
        made = control("seed", {"seed": name})
        return _print_json(made) if as_json else typer.echo(_SEEDED if made["done"] else "It is seeded so already.")

    @app.command()
    def reset(
        yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
        as_json: AsJson = False,
    ) -> None:
        """Empty the sandbox: its people, chats, messages, faults and record."""
        if not yes:
            typer.confirm("Empty the sandbox?", abort=True)
        made = control("reset", {})
        return _print_json(made) if as_json else typer.echo("The sandbox is empty. Fill it: trunkline sandbox seed small.")


def _print(rows: Iterable[Mapping[str, object]], columns: tuple[str, ...], as_json: bool) -> None:
    if as_json:
        _print_json(rows)
    else:
        _print_table(rows, columns)


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False))


def _print_table(rows: Iterable[Mapping[str, object]], columns: tuple[str, ...]) -> None:
    console = Console(highlight=False)
    typer.echo(drawn(rows, columns, console.width if console.is_terminal else None), nl=False)


def drawn(rows: Iterable[Mapping[str, object]], columns: tuple[str, ...], width: int | None) -> str:
    """The rows below their column names, in lines of a terminal's width; None: for a file or pipe. Empty without rows."""
    cells = [[_cell(row.get(column)) for column in columns] for row in rows]
    if not cells:
        return ""
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0))
    narrowest = 0
    for number, column in enumerate(columns):
        is_whole = number == 0 or column in _WHOLE
        table.add_column(column, no_wrap=is_whole, overflow="fold")
        longest = max(cell_len(text) for text in (column, *(row[number].plain for row in cells)))
        narrowest += (longest if is_whole else min(longest, _WORD)) + _GAP
    for row in cells:
        table.add_row(*row)
    # On a terminal that is narrower than the ids, it is the terminal that breaks the lines.
    out = io.StringIO()
    Console(file=out, highlight=False, width=_WIDE if width is None else max(width, narrowest), color_system=None).print(table)
    return "".join(f"{text.rstrip()}\n" for text in out.getvalue().splitlines())


def _cell(value: object) -> Text:
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    return Text("" if value is None else str(value))
