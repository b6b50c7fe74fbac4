"""`trunkline backup`."""

import typer

from trunkline.operations.administration import MakeBackup
from trunkline.surfaces.cli import sizes
from trunkline.surfaces.cli.options import AsJson
from trunkline.surfaces.cli.plain import line
from trunkline.surfaces.cli.terminal import terminal_of


def backup(ctx: typer.Context, *, as_json: AsJson = False) -> None:
    """Copy the database while everything runs on. The copy goes into the data folder's `backups`."""
    terminal = terminal_of(ctx)
    made = terminal.answer(MakeBackup(), as_json=as_json)
    if made is not None:
        terminal.output.line(f"{line(made.path)} ({sizes.shown(made.size)})")
        terminal.output.note("The secret is not in it: keep `secret.key` elsewhere. How to restore: docs/self-hosting.md")
