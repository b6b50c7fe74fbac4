"""GET /openapi.json: the REST API as OpenAPI 3.1, read off the declarations."""

from collections.abc import Iterable
from typing import Any

import msgspec
from starlette.types import Receive, Scope, Send

from trunkline import __version__
from trunkline.operations.catalog import ALL, OperationType
from trunkline.operations.declaration import (
    description_of,
    gives_bytes,
    is_list,
    may_pause,
    name_of,
    results_of,
    route_of,
)
from trunkline.operations.effects import Effect
from trunkline.operations.face import Face, declared_failures
from trunkline.operations.parameter import Parameter, Shape, parameters_of
from trunkline.surfaces.door.answers import ready_answer
from trunkline.surfaces.rest import examples

PATH = "/openapi.json"
Json = dict[str, Any]

_LOST = "native emoji, e.g. )"
"""Words of the published tool list, which lost their emoji and stay so there, byte for byte."""
_FAILURES = {
    400: "A parameter or the body is wrong.",
    401: "The key is missing or wrong, or the account is not connected.",
    403: "The connection or the network does not allow it.",
    404: "There is no such thing.",
    408: "The time for this step of the login is over.",
    409: "A later call took its place, or one with this idempotency key still runs.",
    413: "The body is too large.",
    415: "The media or content type is not taken.",
    422: "The network cannot do this with these values; nothing was done.",
    425: "A step of this login is being carried out.",
    429: "Too many requests; Retry-After says when to come again.",
    431: "The address and the headers are too large together.",
    501: "This network cannot do that.",
    503: "The network or the server gave no usable answer.",
    504: "Time ran out; a message may have been sent: look, do not repeat.",
}
_LOGIN_ONLY = frozenset({408, 425})


def document(operations: Iterable[OperationType] = ALL) -> Json:
    """The whole description."""
    operations = tuple(operations)
    kinds = {kind for each in operations if not gives_bytes(each) for kind in results_of(each)}
    _, schemas = msgspec.json.schema_components(
        [*sorted(kinds, key=lambda kind: kind.__name__), Face], ref_template="#/components/schemas/{name}"
    )
    schemas["Error"] = schemas.pop("Face")
    paths: dict[str, Json] = {}
    for operation in operations:
        route = route_of(operation)
        for path, suffix in ((route.path, ""), (route.alias, "_alias")):
            if path is not None:
                described = _operation(operation) | {"operationId": name_of(operation) + suffix}
                paths.setdefault(path, {})[route.method.lower()] = described
    _show_answers(paths, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Trunkline",
            "version": __version__,
            "description": "Compatible with the messaging part of the Unipile API v1. Unknown names are ignored.",
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"key": []}, {"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-API-KEY"},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _show_answers(paths: Json, schemas: Json) -> None:
    """Put an example beside each answer of JSON that is a success."""
    for methods in paths.values():
        for described in methods.values():
            for status, answer in described["responses"].items():
                content = answer["content"].get("application/json")
                if status.startswith("2") and content is not None:
                    content["example"] = examples.of_schema(content["schema"], schemas)


class Description:
    """Serves the description, made once. It tells what is in the source, nothing of this server, so it needs no key."""

    def __init__(self) -> None:
        self._body = msgspec.json.encode(document())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """200 with the description."""
        await ready_answer(200, self._body).send(send)


def _operation(operation: OperationType) -> Json:
    route = route_of(operation)
    parameters = parameters_of(operation)
    rest = {name: one for name, one in parameters.items() if name not in route.path_names}
    shown = [_placed(one, "path" if name in route.path_names else "query") for name, one in parameters.items()
             if name in route.path_names or route.in_query]  # fmt: skip
    if route.effect is not Effect.ADMIN and route.takes_pcid:
        shown.append(_header("Trunkline-PCID", "The connection to go through; the key's own if left out."))
    if not route.in_query:
        shown.append(_header("Idempotency-Key", "The same key and parameters give the same answer."))
    described: Json = {
        "summary": description_of(operation).splitlines()[0],
        "description": f"{description_of(operation)}\n\nEffect: {route.effect.value}.",
        "tags": ["administration" if route.effect is Effect.ADMIN else "messaging"],
        "parameters": shown,
        "responses": _responses(operation),
    }
    if not route.in_query and rest:
        described["requestBody"] = _body(rest, is_form=route.form)
    return described


def _responses(operation: OperationType) -> Json:
    route = route_of(operation)
    if gives_bytes(operation):
        answers: Json = {
            str(route.status): {
                "description": "The file.",
                "content": {"*/*": {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}},
            }
        }
    else:
        done = [kind for kind in results_of(operation) if kind.__name__ != "Checkpoint"]
        answers = {str(route.status): _json("A page." if is_list(operation) else "Done.", [kind.__name__ for kind in done])}
        if may_pause(operation):
            answers["202"] = _json("The login waits at a checkpoint.", ["Checkpoint"])
    statuses = {status for status in _FAILURES if status < 500} | declared_failures(route)
    if not may_pause(operation):
        statuses -= _LOGIN_ONLY
    return answers | {str(status): _json(_FAILURES[status], ["Error"]) for status in sorted(statuses)}


def _json(description: str, names: list[str]) -> Json:
    schemas = [{"$ref": f"#/components/schemas/{name}"} for name in names]
    schema = schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _body(parameters: dict[str, Parameter], *, is_form: bool) -> Json:
    required = [name for name, one in parameters.items() if one.required]
    schema: Json = {"type": "object", "properties": {name: _schema(one) for name, one in parameters.items()}}
    if required:
        schema["required"] = required
    example = examples.of_body(parameters)
    content = {"application/json": {"schema": schema, "example": example}}
    if is_form:
        files = {name: _schema(one, as_part=True) for name, one in parameters.items()}
        content["multipart/form-data"] = {"schema": schema | {"properties": files}}
        content["application/x-www-form-urlencoded"] = {"schema": schema, "example": example}
    return {"required": bool(required), "content": content}


def _placed(one: Parameter, place: str) -> Json:
    schema = _schema(one)
    return {
        "name": one.name,
        "in": place,
        "required": one.required,
        "description": schema.pop("description"),
        "schema": schema,
        "example": examples.of_parameter(one),
    }


def _header(name: str, description: str) -> Json:
    return {"name": name, "in": "header", "required": False, "description": description,
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"}}  # fmt: skip


def _schema(one: Parameter, *, as_part: bool = False) -> Json:
    return _shape(one, one.shape, as_part=as_part) | {"description": _mended(one.description)}


def _mended(words: str) -> str:
    return words.replace(_LOST, "native emoji, e.g. 👍)")


def _shape(one: Parameter, shape: Shape, *, as_part: bool) -> Json:
    match shape:
        case Shape.WORD:
            return {"type": "string", "enum": list(one.words)}
        case Shape.NUMBER:
            between = one.between
            return {"type": "integer"} | ({} if between is None else {"minimum": between.low, "maximum": between.high})
        case Shape.SWITCH:
            return {"type": "boolean"}
        case Shape.SWITCH_OR_TEXT:
            return {"type": ["boolean", "string"]}
        case Shape.FILE:
            return {"type": "string", "contentMediaType": "application/octet-stream"} if as_part else {"type": "string"}
        case Shape.LIST:
            assert one.item is not None
            items = _shape(one, one.item, as_part=as_part)
            return {"type": "array", "items": items, "minItems": one.items.least, "maxItems": one.items.most}
        case Shape.STRUCT:
            assert one.struct is not None
            inner = parameters_of(one.struct)
            return {"type": "object", "properties": {name: _schema(each, as_part=as_part) for name, each in inner.items()}}
        case Shape.OBJECT:
            return {"type": "object"}
        case _:
            text: Json = {"type": "string", "maxLength": one.up_to.characters}
            return text if one.up_to.empty else text | {"minLength": 1}
