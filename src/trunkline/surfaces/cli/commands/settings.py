"""`trunkline settings`: every setting, its value, and where that came from."""

import msgspec
import typer

from trunkline.settings import Shown, read_settings, show_settings
from trunkline.surfaces.cli.options import AsJson
from trunkline.surfaces.cli.terminal import terminal_of


def settings(ctx: typer.Context, *, as_json: AsJson = False) -> None:
    """Show every setting, its value and where it came from.

    As a server that was started here would have them. Secrets are struck out.
    """
    terminal = terminal_of(ctx)
    shown = show_settings(terminal.given, terminal.environ)
    if as_json:
        terminal.output.json(msgspec.json.encode({"object": "SettingList", "items": [each._asdict() for each in shown]}))
    else:
        terminal.output.table("setting", "value", "from", rows=[_row(each) for each in shown], whole=("setting",))
    read_settings(terminal.given, terminal.environ)  # a wrong one is told, in a sentence


def _row(shown: Shown) -> tuple[str, str, str]:
    return shown.name, shown.value, shown.source
