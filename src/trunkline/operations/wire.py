"""The codec between operations and HTTP: pure, in both directions, so that the server's routes are the client's calls.

write_request(operation)  -> Request        read_request(operation_type, path, query, body) -> operation
write_result(result)      -> JSON bytes     read_result(operation_type, JSON bytes)         -> result  (lenient.py)
"""

from collections.abc import Hashable, Iterable, Mapping
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_type_hints
from urllib.parse import quote

import msgspec
from msgspec import Struct

from trunkline.model.errors import MalformedRequest
from trunkline.operations.declaration import Operation, is_list, name_of, results_of, route_of
from trunkline.operations.files import MAX_FILE_BYTES, file_as_text
from trunkline.operations.form import flatten, nest
from trunkline.operations.lenient import read_leniently
from trunkline.operations.parameter import Parameter, Shape, parameters_of
from trunkline.operations.reading import Reader

Asked = TypeVar("Asked", bound=Operation[Any])
Result = TypeVar("Result")


class Request(Struct, frozen=True, kw_only=True):
    """An operation as HTTP, below the base URL. `body` is None where the method has none; files in it are texts (files.py)."""

    method: str
    path: str
    """Percent-encoded."""
    query: tuple[tuple[str, str], ...] = ()
    """Not yet encoded."""
    body: dict[str, Any] | None = None


def write_request(operation: Operation[Any]) -> Request:
    """The request that asks for it. What has its default value is left out."""
    route = route_of(type(operation))
    parameters = parameters_of(type(operation))
    given = {
        name: _plain(value, parameter)
        for name, parameter in parameters.items()
        if name not in route.path_names and (value := getattr(operation, name)) != parameter.default
    }
    return Request(
        method=route.method,
        path=route.path.format_map({name: segment(getattr(operation, name)) for name in route.path_names}),
        query=tuple(flatten(given)) if route.in_query else (),
        body=None if route.in_query else given,
    )


def read_request(
    operation: type[Asked],
    path: Mapping[str, str],
    query: Iterable[tuple[str, str]] = (),
    body: Any = None,
    *,
    form: Iterable[tuple[str, Any]] | None = None,
    max_file_bytes: int = MAX_FILE_BYTES,
) -> Asked:
    """The operation that a request asks for. Names it does not know are ignored.

    path: the route's parameters, decoded. query: decoded pairs. body: the parsed JSON. form: the pairs of a multipart or
    urlencoded body instead, whose values are texts or Files. Raises CallerErrors of model/errors.py, and EmptyMessage.
    """
    route = route_of(operation)
    reader = Reader(texts=True, lenient=True, max_file_bytes=max_file_bytes)
    if route.in_query:
        given = nest(query)
    elif form is not None:
        given = nest(form)
    else:
        given = _object(body)
        reader = Reader(lenient=True, max_file_bytes=max_file_bytes)
    given = {name: value for name, value in given.items() if name not in route.path_names} | dict(path)
    return operation(**reader.struct(operation, given, name_of(operation)))


def write_result(result: Struct) -> bytes:
    """The JSON of a result."""
    return msgspec.json.encode(result)


def read_result(operation: type[Operation[Result]], body: bytes) -> Result:
    """The result in a success body, as another server wrote it.

    Fields nobody knows are dropped, unknown words of an enum stay as they are, missing fields get their defaults (unipile-v1
    2.6). Raises ValueError when the body is no JSON object.
    """
    kinds: tuple[Any, ...] = results_of(operation)
    result: Result
    if len(kinds) == 1:
        try:
            result = _exactly(kinds[0]).decode(body)
            return result
        except (msgspec.DecodeError, RecursionError):  # not to the letter
            pass
    try:
        if is_list(operation) and (page := _page(kinds[0], body)) is not None:
            return cast(Result, page)
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        raise ValueError(f"the answer to {name_of(operation)} is no JSON") from None
    named = value.get("object") if isinstance(value, Mapping) else None
    by_name = {kind.__name__: kind for kind in kinds}
    result = read_leniently(by_name.get(str(named), kinds[0]), value)
    return result


def _page(kind: Any, body: bytes) -> Any:
    """A page item by item: one that is not to the letter is read with patience, which takes several times as long.

    None when it has the shape of no page. Raises DecodeError and RecursionError for what is no JSON.
    """
    try:
        pieces = _pieces(body)
        items = msgspec.json.decode(pieces["items"], type=list[msgspec.Raw])
    except (msgspec.ValidationError, KeyError):
        return None
    around = {name: msgspec.json.decode(piece) for name, piece in pieces.items() if name != "items"}
    read = tuple(_item(_item_kind(kind), item) for item in items)
    return msgspec.structs.replace(read_leniently(kind, around | {"items": []}), items=read)


def _item(kind: Any, item: msgspec.Raw) -> Any:
    try:
        return _exactly(kind).decode(item)
    except (msgspec.DecodeError, RecursionError):
        return read_leniently(kind, msgspec.json.decode(item))


@cache
def _item_kind(page: Hashable) -> Any:
    return get_args(get_type_hints(page)["items"])[0]


_pieces = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


@cache
def _exactly(kind: Hashable) -> msgspec.json.Decoder[Any]:
    """Reads what is to the letter as it should be."""
    return msgspec.json.Decoder(kind)


def segment(value: str) -> str:
    """A value as one segment of a path. Segments of dots alone would walk up the path, so their dots are encoded too."""
    return value.replace(".", "%2E") if value in (".", "..") else quote(value, safe="")


def _object(body: Any) -> dict[str, Any]:
    if body is None:
        return {}
    if not isinstance(body, Mapping):
        raise MalformedRequest("The body must be a JSON object of names and values.")
    return dict(body)


def _plain(value: Any, parameter: Parameter) -> Any:
    """A parameter's value as JSON has it."""
    if parameter.shape is Shape.FILE:
        return file_as_text(value)
    if parameter.shape is Shape.STRUCT:
        return _plain_struct(value)
    if parameter.shape is Shape.LIST:
        return [_plain_item(item, parameter.item) for item in value]
    return value


def _plain_item(item: Any, shape: Shape | None) -> Any:
    if shape is Shape.STRUCT:
        return _plain_struct(item)
    return file_as_text(item) if shape is Shape.FILE else item


def _plain_struct(struct: Struct) -> dict[str, Any]:
    return {
        name: _plain(value, parameter)
        for name, parameter in parameters_of(type(struct)).items()
        if (value := getattr(struct, name)) != parameter.default
    }
