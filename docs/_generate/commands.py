"""docs/commands.md: every command with its arguments and options, as `--help` shows them."""

from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from trunkline.__main__ import COMMANDS
from trunkline.surfaces.cli.tree import command_tree

from .text import GENERATED, table

INTRODUCTION = """\
How to work with them: [the command line](cli.md). Every command takes `--data FOLDER` anywhere on the line, and shows its
help with `--help`. `trunkline serve` takes every [setting](settings.md) as an option.
"""


def page() -> str:
    """The whole page."""
    tree = get_command(command_tree({name: (line, _never_run) for name, (_, line) in COMMANDS.items()}))
    found = list(walk(tree, "trunkline"))
    rows = ((f"[{path}](#{path.replace(' ', '-')})", first_line(command.help)) for path, command in found)
    sections = (section(path, command) for path, command in found)
    return f"# Commands\n\n{GENERATED}\n{INTRODUCTION}\n{table(('command', 'what it does'), rows)}{''.join(sections)}"


def _never_run(_arguments: object) -> int:
    return 0


def walk(group: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every command below a group, with what is typed to reach it, in the order of the help."""
    for name in group.list_commands(None):
        command, here = group.get_command(None, name), f"{path} {name}"
        if hasattr(command, "list_commands"):
            yield from walk(command, here)
        elif not command.hidden:
            yield here, command


def section(path: str, command: Any) -> str:
    """One command."""
    parameters = [each for each in command.params if not getattr(each, "hidden", False) and each.name != "help"]
    if path == "trunkline serve":
        shown = "Options: every [setting](settings.md).\n"
    elif parameters:
        shown = table(("argument or option", "meaning"), (row(each) for each in parameters))
    else:
        shown = "Neither arguments nor options.\n"
    return f"\n## {path}\n\n{paragraphs(command.help)}\n\n{shown}"


def row(parameter: Any) -> tuple[str, str]:
    """One argument or option."""
    if parameter.param_type_name == "argument":
        optional = "" if parameter.required else " (may be left out)"
        return f"`{parameter.metavar or parameter.name.upper()}`", (parameter.help or "") + optional
    value = "" if parameter.is_flag else f" {parameter.metavar or parameter.name.upper()}"
    names = ", ".join(f"`{name}{value}`" for name in [*parameter.opts, *parameter.secondary_opts])
    return names, (parameter.help or "") + aside(parameter)


def aside(parameter: Any) -> str:
    """What is to be said beside an option's help: that it is required, or its default."""
    if parameter.required:
        return " (required)"
    is_told = isinstance(parameter.default, int | str) and not parameter.is_flag and parameter.default != ""
    return f" (default {parameter.default})" if is_told else ""


def first_line(text: str | None) -> str:
    """The first sentence of a help."""
    return (text or "").strip().split("\n")[0]


def paragraphs(text: str | None) -> str:
    """A help as Markdown: its lines joined to paragraphs."""
    return "\n\n".join(" ".join(part.split()) for part in (text or "").replace("\b", "").split("\n\n"))
