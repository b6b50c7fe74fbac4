"""`trunkline slack …`: what helps a person to make an app of their own."""

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any
from urllib.parse import quote

import typer

Control = Callable[[str, Mapping[str, object]], Any]

NEW_APP = "https://api.slack.com/apps?new_app=1&manifest_yaml="
"""Slack's page that makes an app from a manifest. Source: docs.slack.dev, app manifests, seen 2026-11-22."""


def commands(control: Control) -> typer.Typer:
    """The command group `slack`. Asks nothing of the server."""
    app = typer.Typer(help="Make a Slack app of your own.", no_args_is_help=True)

    @app.callback()
    def group() -> None:
        """Make a Slack app of your own."""

    @app.command()
    def manifest(link: bool = typer.Option(False, "--link", help="Print the address that makes the app in a browser.")) -> None:
        """Print the manifest of an app for Trunkline, to be pasted at api.slack.com/apps."""
        typer.echo(address() if link else text(), nl=link)

    return app


def text() -> str:
    """The ready manifest."""
    return files(__package__).joinpath("manifest.yaml").read_text(encoding="utf-8")


def address() -> str:
    """The page that makes the app, with the manifest in it, its comments left out."""
    lines = (line for line in text().splitlines() if not line.lstrip().startswith("#"))
    return NEW_APP + quote("\n".join(lines))
