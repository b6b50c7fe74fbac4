"""docs/settings.md: everything that can be set, the server's and each network's."""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import fields
from types import ModuleType

from trunkline.networks.scan import find_modules
from trunkline.settings import PREFIX, SETTINGS, Setting

from .text import GENERATED, table

INTRODUCTION = f"""\
A setting is given to `trunkline serve` as an option, or in the environment; an option wins. `trunkline mcp` and the command
line read the environment and take `--data`. A wrong value is refused at the start, in one sentence. A network's settings
are given in the environment, as `{PREFIX}` and the network's name.
"""


def page() -> str:
    """The whole page."""
    parts = [f"# Settings\n\n{GENERATED}\n{INTRODUCTION}\n"]
    parts.append(table(("option", "in the environment", "default", "meaning"), (row(each) for each in SETTINGS)))
    for network, module in find_modules("options"):
        parts.append(f"\n## {network.capitalize()}\n\n{inspect.cleandoc(module.Options.__doc__ or '')}\n\n")
        parts.append(table(("in the environment", "default", "meaning"), network_rows(network, module)))
    return "".join(parts)


def row(setting: Setting) -> tuple[str, str, str, str]:
    """One setting of the server."""
    default = f"`{setting.default}`" if setting.default else ""
    return f"`{setting.option}`", f"`{setting.environment_name}`", default, setting.prose


def network_rows(network: str, module: ModuleType) -> Iterator[tuple[str, str, str]]:
    """A network's settings; the meaning is the text under each field."""
    meanings = texts_under_fields(module)
    for each in fields(module.Options):
        default = "" if each.default == "" else f"`{each.default}`"
        yield f"`{PREFIX}{network.upper()}_{each.name.upper()}`", default, meanings[each.name]


def texts_under_fields(module: ModuleType) -> dict[str, str]:
    """The text that stands under each field of the module's `Options`, by the field's name."""
    (options,) = (
        node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.ClassDef) and node.name == "Options"
    )
    pairs = zip(options.body, options.body[1:], strict=False)
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in pairs
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }
