"""`trunkline settings`: every setting, its value, and where that came from."""

from collections.abc import Iterator, Mapping

import msgspec
import typer

from trunkline.networks.scan import network_names
from trunkline.settings import PREFIX, SETTINGS, STRUCK_OUT, Shown, network_options, read_settings, show_settings
from trunkline.surfaces.cli.options import AsJson
from trunkline.surfaces.cli.plain import line
from trunkline.surfaces.cli.terminal import terminal_of


def settings(ctx: typer.Context, *, as_json: AsJson = False) -> None:
    """Show every setting, its value and where it came from.

    As a server that was started here would have them. Secrets are struck out.
    """
    terminal = terminal_of(ctx)
    shown = [*show_settings(terminal.given, terminal.environ), *_of_networks(terminal.environ)]
    if as_json:
        terminal.output.json(msgspec.json.encode({"object": "SettingList", "items": [each._asdict() for each in shown]}))
    else:
        rows = [(each.name, each.value, each.source) for each in shown]
        terminal.output.table("setting", "value", "from", rows=rows, whole=("setting",))
    for name in sorted(_unknown(terminal.environ)):
        terminal.output.note(f"{line(name)} is set in the environment, and there is no such setting.")
    read_settings(terminal.given, terminal.environ)  # a wrong one is told, in a sentence


def _of_networks(environ: Mapping[str, str]) -> Iterator[Shown]:
    """Those that are set. Which of them are secrets only their networks know, so none is shown."""
    for name in network_options(network_names(), environ):
        yield Shown(name, STRUCK_OUT, f"{PREFIX}{name.replace('.', '_').upper()}")


def _unknown(environ: Mapping[str, str]) -> set[str]:
    known = {setting.environment_name for setting in SETTINGS}
    known |= {shown.source for shown in _of_networks(environ)}
    return {name for name in environ if name.startswith(PREFIX)} - known
