"""Reading what another server wrote: nothing it adds, leaves out or spells anew may break us. Source: unipile-v1 2.6, 15.2.

Reads into the structs of model/: unknown fields are dropped, a word that no enum knows is kept as it is, a missing field gets
its default (or the emptiest value of its type), one of an impossible type too, flags may come as 0/1, true/false or text.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from math import isfinite
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, UNSET, Struct, UnsetType
from msgspec.structs import FieldInfo, fields

from trunkline.model.attachment import Attachment, Document

Read = Callable[[Any], Any]


class Unreadable(ValueError):
    """A value is of a kind that nothing can be made of."""


def read_leniently(kind: Any, value: Any) -> Any:
    """`value` (decoded JSON) as `kind`. Raises Unreadable when it is no object, or lacks the shape of what it must have."""
    return _reader(kind)(value)


@cache
def _reader(kind: Any) -> Read:
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if kind == Attachment:
        return _attachment
    if isinstance(kind, type) and issubclass(kind, Struct):
        return lambda value: _struct(kind, value)
    return _COMPOUND[get_origin(kind)](kind)


@dataclass(frozen=True)
class _Field:
    """One field of a struct, ready to be read."""

    name: str
    key: str
    read: Read
    missing: Callable[[], Any]
    takes_none: bool
    required: bool

    def of(self, given: Mapping[str, Any]) -> Any:
        value = given.get(self.key, UNSET)
        if value is UNSET or (value is None and not self.takes_none):
            return self.missing()
        try:
            return self.read(value)
        except Unreadable:
            if self.required:
                raise
            return self.missing()


def _struct(kind: type[Struct], value: Any) -> Struct:
    if not isinstance(value, Mapping):
        raise Unreadable(f"{kind.__name__} is not an object")
    return kind(**{field.name: field.of(value) for field in _fields(kind)})


@cache
def _fields(kind: type[Struct]) -> tuple[_Field, ...]:
    hints = get_type_hints(kind)
    return tuple(_field(each, hints[each.name]) for each in fields(kind) if each.name != "object")


def _field(declared: FieldInfo, hint: Any) -> _Field:
    return _Field(
        name=declared.name,
        key=declared.encode_name,
        read=_reader(hint),
        missing=_missing(declared, hint),
        takes_none=_takes_none(hint),
        required=declared.required,
    )


def _missing(declared: FieldInfo, hint: Any) -> Callable[[], Any]:
    if declared.default_factory is not NODEFAULT:
        factory: Callable[[], Any] = declared.default_factory
        return factory
    if declared.default is not NODEFAULT:
        return lambda: declared.default
    return lambda: None if _takes_none(hint) else _emptiest(hint)


def _takes_none(hint: Any) -> bool:
    return hint is Any or NoneType in get_args(hint)


def _emptiest(hint: Any) -> Any:
    if get_origin(hint) is Literal:
        return get_args(hint)[0]
    kind = get_origin(hint) or hint
    if isinstance(kind, type) and issubclass(kind, Struct):
        return _struct(kind, {})
    return kind()


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return str(value)
    raise Unreadable("a text is expected")


def _whole(value: Any) -> int:
    return int(_number(value))


def _number(value: Any) -> float:
    if isinstance(value, int):
        return value
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise Unreadable("a number is expected") from None
    if not isfinite(number):
        raise Unreadable("a number is expected")
    return number


def _switch(value: Any) -> bool:
    return value not in (0, False, None, "", "0", "false")


def _as_is(value: Any) -> Any:
    return value


_SIMPLE: dict[Any, Read] = {str: _text, int: _whole, float: _number, bool: _switch, Any: _as_is, NoneType: _as_is}


def _literal(kind: Any) -> Read:
    words = get_args(kind)
    if set(words) == {0, 1}:
        return lambda value: int(_switch(value))
    return _as_is


def _tuple(kind: Any) -> Read:
    read = _reader(get_args(kind)[0])

    def several(value: Any) -> tuple[Any, ...]:
        items = value if isinstance(value, list) else [] if value is None else [value]
        return tuple(read(item) for item in items)

    return several


def _dict(kind: Any) -> Read:
    _, item = get_args(kind)
    read = _reader(item)

    def named(value: Any) -> dict[str, Any]:
        return {name: read(inner) for name, inner in value.items()} if isinstance(value, Mapping) else {}

    return named


def _union(kind: Any) -> Read:
    kinds = [each for each in get_args(kind) if each not in (NoneType, UnsetType)]
    if len(kinds) > 1:
        return _as_is  # a choice of plain values: kept as it came
    read = _reader(kinds[0])
    return lambda value: None if value is None else read(value)


_COMPOUND: dict[Any, Callable[[Any], Read]] = {
    Literal: _literal,
    tuple: _tuple,
    dict: _dict,
    Union: _union,
    UnionType: _union,
}

_ATTACHMENTS: dict[str, type[Struct]] = {each.__struct_config__.tag: each for each in get_args(Attachment)}


def _attachment(value: Any) -> Any:
    """One of the known types, or a file where the type is unknown: its bytes can be fetched all the same."""
    if not isinstance(value, Mapping):
        raise Unreadable("an attachment is not an object")
    kind = _ATTACHMENTS.get(str(value.get("type")), Document)
    return _struct(kind, value)
