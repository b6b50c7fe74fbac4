"""The tree of commands: ours, those that are no clients, and those of the networks."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from trunkline import __version__
from trunkline.surfaces.cli import network_commands
from trunkline.surfaces.cli.commands import account, keys, unipile_connections, webhooks
from trunkline.surfaces.cli.commands.accounts import accounts
from trunkline.surfaces.cli.commands.audit import audit
from trunkline.surfaces.cli.commands.backup import backup
from trunkline.surfaces.cli.commands.chats import chats
from trunkline.surfaces.cli.commands.connect import connect
from trunkline.surfaces.cli.commands.connect_link import connect_link
from trunkline.surfaces.cli.commands.doctor import doctor
from trunkline.surfaces.cli.commands.messages import messages
from trunkline.surfaces.cli.commands.networks import networks
from trunkline.surfaces.cli.commands.pending import pending
from trunkline.surfaces.cli.commands.send import send
from trunkline.surfaces.cli.commands.settings import settings
from trunkline.surfaces.cli.commands.sync import sync
from trunkline.surfaces.cli.terminal import terminal_of

HELP = {"help_option_names": ["-h", "--help"]}
STYLE: dict[str, Any] = {"rich_markup_mode": None, "pretty_exceptions_enable": False}
AS_IT_IS = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
"""For commands that read their arguments themselves."""

PLAIN: tuple[Callable[..., None], ...] = (
    connect,
    connect_link,
    accounts,
    chats,
    messages,
    send,
    sync,
    pending,
    doctor,
    backup,
    settings,
    networks,
    audit,
)
GROUPS: Mapping[str, typer.Typer] = {
    "account": account.app,
    "connection": unipile_connections.app,
    "key": keys.app,
    "webhook": webhooks.app,
}


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"trunkline {__version__}")
        raise typer.Exit


Data = Annotated[
    str | None,
    typer.Option(
        "--data", metavar="FOLDER", help="The data folder, here or anywhere on the line; else TRUNKLINE_DATA, else your own."
    ),
]
Version = Annotated[
    bool,
    typer.Option("--version", "-V", help="Show the version and exit.", is_eager=True, callback=_show_version),
]

Other = tuple[str, Callable[[Sequence[str]], int]]
"""A command that is no client of the server: a line about it, and what takes its arguments and gives the exit code."""


class Commands(TyperGroup):
    """Ours, and after them the networks', which are imported only when they are asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """All names."""
        return [*super().list_commands(ctx), *network_commands.names()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, or None."""
        found = super().get_command(ctx, cmd_name)
        if found is not None:
            return found
        app = network_commands.load(cmd_name, lambda: terminal_of(ctx))
        if app is None:
            return None
        around = typer.Typer(**STYLE, add_completion=False)
        around.add_typer(app, name=cmd_name)
        group = get_command(around)
        return group.get_command(ctx, cmd_name) if isinstance(group, TyperGroup) else None


def command_tree(others: Mapping[str, Other]) -> typer.Typer:
    """The whole tree."""
    tree = typer.Typer(
        cls=Commands,
        help="One line between AI agents and the chat networks that people use.",
        context_settings=HELP,
        no_args_is_help=True,
        **STYLE,
    )
    tree.callback()(_root)
    for name, (help_line, other) in others.items():
        tree.command(name, help=help_line, context_settings=AS_IT_IS, add_help_option=False)(_runner(other))
    for command in PLAIN:
        tree.command()(command)
    for name, group in GROUPS.items():
        tree.add_typer(group, name=name)
    return tree


def _root(data: Data = None, version: Version = False) -> None:
    """One line between AI agents and the chat networks that people use."""


def _runner(other: Callable[[Sequence[str]], int]) -> Callable[[typer.Context], None]:
    def run(ctx: typer.Context) -> None:
        data = terminal_of(ctx).given.get("data")
        folder = [] if data is None else ["--data", data]
        raise typer.Exit(other([*folder, *ctx.args]))

    return run
