"""Examples of bodies and answers for the description, read off parameters and schemas: what the API takes, and gives."""

import re
from collections.abc import Mapping
from typing import Any

from trunkline.operations.parameter import Parameter, Shape

ID = "zYnh13HWV76_G3KyE-cAyg"
TIME = "2026-03-01T08:15:30.000Z"
_REF = "#/components/schemas/"
_TIMES = re.compile(r"(^|_)(at|timestamp|from|to|since|until|before|after)$")
_IDS = re.compile(r"(^|_)ids?$")
_TEXTS = {"text": "Hello", "reaction": "👍", "dsn": "api1.unipile.com:13111"}
_SHOWN = frozenset({"text", "providers"})
"""Shown beside what is required: the values of others make them so."""


def of_parameter(one: Parameter) -> Any:
    """A value that the parameter takes."""
    if one.words:
        return [one.words[0]] if one.shape is Shape.LIST else one.words[0]
    if one.wire_time:
        return TIME
    plain: dict[Shape, Any] = {
        Shape.NUMBER: one.between.high if one.between else 1,
        Shape.SWITCH: True,
        Shape.SWITCH_OR_TEXT: True,
        Shape.LIST: [ID],
        Shape.OBJECT: {},
        Shape.STRUCT: {},
    }
    if one.shape in plain:
        return plain[one.shape]
    return _text(one.name)[: one.up_to.characters]


def of_body(parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    """What must be there and what is shown beside it; where nothing must, what is named first."""
    shown = [name for name, one in parameters.items() if one.required or name in _SHOWN]
    if not shown:
        shown = [name for at, (name, one) in enumerate(parameters.items()) if at == 0 or one.shape is Shape.SWITCH_OR_TEXT]
    return {name: of_parameter(parameters[name]) for name in shown}


def of_schema(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str = "") -> Any:
    """A value of a schema: of an object what is always there. schemas: the components by name; name: the member it is for."""
    if "$ref" in schema:
        return of_schema(schemas[schema["$ref"].removeprefix(_REF)], schemas, name)
    if "default" in schema:
        return schema["default"]
    for several in ("oneOf", "anyOf"):
        if several in schema:
            return of_schema(schema[several][0], schemas, name)
    if "enum" in schema:
        return schema["enum"][0]
    return _plain(schema, schemas, name)


def _plain(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str) -> Any:
    match schema.get("type"):
        case "object":
            members = schema.get("properties", {})
            required = schema.get("required", ())
            return {
                each: of_schema(inner, schemas, each)
                for each, inner in members.items()
                if each in required or "default" in inner
            }
        case "array":
            return [of_schema(schema["items"], schemas, name)]
        case "integer" | "number":
            return 1
        case "boolean":
            return True
        case "string":
            return _text(name)
    return {}


def _text(name: str) -> str:
    if _TIMES.search(name):
        return TIME
    if name.endswith("url"):
        return "https://chat.example.org"
    return ID if _IDS.search(name) else _TEXTS.get(name, name)
