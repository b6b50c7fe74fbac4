"""Tools as MCP shows them, in plain dictionaries: name, title, description, input schema, output schema, annotations.

The input schemas of the 21 are those of the published tool list, byte for byte, key order included.
"""

from collections.abc import Iterable
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import Struct, UnsetType
from msgspec.structs import fields

from trunkline.operations.catalog import MESSAGING
from trunkline.operations.check import PCID
from trunkline.operations.declaration import (
    Operation,
    description_of,
    gives_bytes,
    name_of,
    result_of,
    route_of,
)
from trunkline.operations.effects import Effect
from trunkline.operations.files import FileDescription
from trunkline.operations.parameter import Parameter, Shape, parameters_of

Schema = dict[str, Any]

_PCID: Schema = {"type": "string", "description": "Pink Connect ID for the authenticated connection"}
_MESSAGING = frozenset(MESSAGING)


def tool_name(operation: type[Operation[Any]]) -> str:
    """`unipile_messaging_get_chat`, `trunkline_search_messages`."""
    return ("unipile_messaging_" if operation in _MESSAGING else "trunkline_") + name_of(operation)


def tool(operation: type[Operation[Any]]) -> Schema:
    """The whole entry of tools/list."""
    return {
        "name": tool_name(operation),
        "title": title(operation),
        "description": description_of(operation),
        "inputSchema": input_schema(operation),
        "outputSchema": output_schema(operation),
        "annotations": annotations(operation),
    }


def tools(operations: Iterable[type[Operation[Any]]]) -> list[Schema]:
    """The entries of tools/list, in the given order."""
    return [tool(operation) for operation in operations]


def title(operation: type[Operation[Any]]) -> str:
    """A name for people: `Send message in chat`."""
    return name_of(operation).replace("_", " ").capitalize()


def annotations(operation: type[Operation[Any]]) -> Schema:
    """All four hints, always stated. They are hints to the client, never access control."""
    route = route_of(operation)
    # What is gone already is answered with an error: a repeat of a deletion does not end as the first did.
    is_repeatable = route.effect not in (Effect.SEND, Effect.DESTROY)
    return {
        "readOnlyHint": route.effect is Effect.READ,
        "destructiveHint": route.destructive,
        "idempotentHint": is_repeatable,
        "openWorldHint": route.open_world,
    }


def input_schema(operation: type[Operation[Any]]) -> Schema:
    """What the tool takes, PCID first."""
    pcid = {PCID: _PCID} if route_of(operation).takes_pcid else {}
    parameters = parameters_of(operation)
    properties = pcid | {name: _property(parameter) for name, parameter in parameters.items()}
    required = [*pcid, *(name for name, parameter in parameters.items() if parameter.required)]
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def output_schema(operation: type[Operation[Any]]) -> Schema:
    """What the tool gives: the top keys with their types, and no deeper, so that the list stays short."""
    result = FileDescription if gives_bytes(operation) else result_of(operation)
    hints = get_type_hints(result)
    return {
        "type": "object",
        "properties": {each.encode_name: _shallow(hints[each.name]) for each in fields(result)},
        "required": [each.encode_name for each in fields(result) if not _may_be_absent(hints[each.name])],
    }


def _property(parameter: Parameter) -> Schema:
    shown = dict(_TYPES[parameter.shape])
    if parameter.item is not None:
        shown["items"] = _ITEMS[parameter.item] | _enum(parameter)
    shown["description"] = parameter.description
    return shown | (_enum(parameter) if parameter.item is None else {})


def _enum(parameter: Parameter) -> Schema:
    return {"enum": list(parameter.words)} if parameter.words else {}


_TYPES: dict[Shape, Schema] = {
    Shape.TEXT: {"type": "string"},
    Shape.WORD: {"type": "string"},
    Shape.NUMBER: {"type": "integer"},
    Shape.SWITCH: {"type": "boolean"},
    Shape.SWITCH_OR_TEXT: {},
    Shape.FILE: {"type": "string"},
    Shape.LIST: {"type": "array"},
    Shape.STRUCT: {},
    Shape.OBJECT: {},
}
_ITEMS: dict[Shape, Schema] = _TYPES | {Shape.FILE: {"type": "string", "format": "binary"}}

_JSON_TYPES: dict[Any, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    tuple: "array",
    dict: "object",
    NoneType: "null",
}


def _shallow(hint: Any) -> Schema:
    types = sorted(_json_types(hint))
    if not types:
        return {}
    return {"type": types[0] if len(types) == 1 else types}


def _json_types(hint: Any) -> set[str]:
    if get_origin(hint) in (Union, UnionType):
        return {name for each in get_args(hint) if each is not UnsetType for name in _json_types(each)}
    if get_origin(hint) is Literal:
        return {_JSON_TYPES[type(word)] for word in get_args(hint)}
    if isinstance(hint, type) and issubclass(hint, Struct):
        return {"object"}
    return {_JSON_TYPES[get_origin(hint) or hint]} if hint is not Any else set()


def _may_be_absent(hint: Any) -> bool:
    return UnsetType in get_args(hint)
