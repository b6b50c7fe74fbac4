"""docs/operations.md: every operation with its tool, its route and its parameters."""

from collections.abc import Sequence
from typing import Any

from trunkline.operations.catalog import ACCOUNTS, ADMINISTRATION, MESSAGING, OWN, WEBHOOKS
from trunkline.operations.declaration import (
    Operation,
    Route,
    description_of,
    gives_bytes,
    may_pause,
    name_of,
    results_of,
    route_of,
)
from trunkline.operations.effects import Effect
from trunkline.operations.parameter import Parameter, Shape, parameters_of
from trunkline.operations.schema import tool_name

from . import tools
from .text import GENERATED, anchor, table

Kind = type[Operation[Any]]

PARTS: tuple[tuple[str, str, Sequence[Kind]], ...] = (
    (
        "Messaging",
        "The 21 tools. As tools they take `PCID` too, first and required: the connection they go through.",
        MESSAGING,
    ),
    ("Trunkline's own", "For agents and programs, beside the 21.", OWN),
    (
        "Accounts",
        "Connecting accounts and keeping them. Over REST, never a tool. Needs a key marked `admin`.",
        ACCOUNTS,
    ),
    (
        "Webhooks",
        "Being told of [what happens](webhooks.md). Over REST and the command line, never a tool. Needs a key marked `admin`.",
        WEBHOOKS,
    ),
    (
        "Administration",
        "What a person runs the server with, over REST and the command line; never a tool. Needs a key marked `admin`.",
        ADMINISTRATION,
    ),
)


def page() -> str:
    """The whole page."""
    parts = [f"# Operations\n\n{GENERATED}\n{INTRODUCTION}{tools.section()}"]
    for title, lead, operations in PARTS:
        rows = ((f"[{name_of(each)}](#{anchor(name_of(each))})", line(route_of(each)), effect(each)) for each in operations)
        parts.append(f"\n## {title}\n\n{lead}\n\n{table(('operation', 'REST route', 'effect'), rows)}")
        parts.extend(section(each) for each in operations)
    return "".join(parts)


INTRODUCTION = """\
Each operation is declared once, in `src/trunkline/operations/`; the MCP tool, the REST route and this page are read
off the declaration. Routes are below `/api/v1`. An effect is what a connection must have been granted: `read` changes
nothing, `send` lets words leave, `change` alters what is there, `destroy` takes something away. `admin` is not
granted to connections but to keys.
"""


def section(operation: Kind) -> str:
    """One operation."""
    route = route_of(operation)
    facts = [f"`{line(route)}` · effect `{route.effect.value}` · {result(operation)}"]
    if route.effect is not Effect.ADMIN:
        facts.append(f"Tool: `{tool_name(operation)}`")
    if route.alias:
        facts.append(f"Also at `{route.alias}`")
    if route.form:
        facts.append("Takes a form (`multipart/form-data`) beside JSON")
    parameters = parameters_of(operation)
    shown = (
        table(("parameter", "where", "type", "meaning"), (row(each, route) for each in parameters.values()))
        if parameters
        else "No parameters.\n"
    )
    return f"\n### {name_of(operation)}\n\n{description_of(operation)}\n\n" + ". ".join(facts) + f".\n\n{shown}"


def line(route: Route) -> str:
    """`GET /chats/{chat_id}`."""
    return f"{route.method} {route.path}"


def effect(operation: Kind) -> str:
    """`read`, and so on."""
    return route_of(operation).effect.value


def result(operation: Kind) -> str:
    """What a success answers."""
    route = route_of(operation)
    what = "a file" if gives_bytes(operation) else " or ".join(f"`{kind.__name__}`" for kind in results_of(operation))
    if may_pause(operation):
        return f"answers {route.status} with {what}; 202 is the checkpoint"
    return f"answers {route.status} with {what}"


def row(parameter: Parameter, route: Route) -> tuple[str, str, str, str]:
    """One parameter."""
    name = f"`{parameter.name}`" + (" (required)" if parameter.required else "")
    where = "path" if parameter.name in route.path_names else "query" if route.in_query else "body"
    return name, where, type_of(parameter), parameter.description + allowed(parameter)


TYPES = {
    Shape.TEXT: "text",
    Shape.WORD: "word",
    Shape.NUMBER: "whole number",
    Shape.SWITCH: "true or false",
    Shape.SWITCH_OR_TEXT: "true, false or text",
    Shape.FILE: "file",
    Shape.LIST: "list",
    Shape.STRUCT: "object",
    Shape.OBJECT: "object",
}


def type_of(parameter: Parameter) -> str:
    """The type in words."""
    if parameter.item is not None:
        return f"list of {TYPES[parameter.item]}s"
    return TYPES[parameter.shape]


def allowed(parameter: Parameter) -> str:
    """What the description leaves out: the words, the length, the range."""
    notes = []
    if parameter.words:
        notes.append("one of " + ", ".join(f"`{word}`" for word in parameter.words))
    if parameter.shape is Shape.TEXT and not parameter.wire_time:
        notes.append(f"up to {parameter.up_to.characters:,} characters")
    if parameter.between is not None:
        notes.append(f"{parameter.between.low} to {parameter.between.high}")
    if parameter.item is not None:
        notes.append(f"{parameter.items.least or 'none'} to {parameter.items.most:,}" if not parameter.words else "")
    text = "; ".join(note for note in notes if note)
    return f" ({text})" if text else ""
