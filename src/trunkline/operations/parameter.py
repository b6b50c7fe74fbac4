"""What a declaration says of one parameter, read off its annotation.

    text: Annotated[str | None, "The text value", UpTo(1_000_000, empty=True)] = None

The first text in `Annotated` is the description, everything else a mark (marks.py). The type says the value's shape.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo, fields

from trunkline.model.errors import CallerError, InvalidArgument
from trunkline.operations.files import FileInput
from trunkline.operations.marks import AlsoCalled, Between, IdList, Items, Refused, UpTo, WireTime


class Shape(StrEnum):
    """What a value looks like. Readers, checks, schemas and the codec each hold one rule per shape."""

    TEXT = "text"
    WORD = "word"
    """One of a few texts."""
    NUMBER = "number"
    SWITCH = "switch"
    SWITCH_OR_TEXT = "switch or text"
    FILE = "file"
    LIST = "list"
    STRUCT = "struct"
    """Named parts, each a parameter again."""
    OBJECT = "object"
    """Names and values that only the reader further down knows."""


@dataclass(frozen=True)
class Parameter:
    """One parameter as declared. For a list, `words` and `up_to` speak of its items."""

    name: str
    shape: Shape
    item: Shape | None
    """The shape of a list's items."""
    struct: type[Struct] | None
    """The parts of a STRUCT, or of each item of a list of them."""
    description: str
    required: bool
    default: Any
    words: tuple[str, ...]
    up_to: UpTo
    items: Items
    between: Between | None
    wire_time: bool
    id_list: bool
    refused: type[CallerError]
    also_called: str | None


@cache
def parameters_of(struct: type[Struct]) -> Mapping[str, Parameter]:
    """The parameters of an operation, or of a struct inside one, by name and in declared order."""
    hints = get_type_hints(struct, include_extras=True)
    return {each.name: _read_off(each, hints[each.name]) for each in fields(struct)}


def _read_off(declared: FieldInfo, hint: Any) -> Parameter:
    bare, *extras = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    kind = _without_none(bare)
    shape = _shape(kind)
    item = get_args(kind)[0] if shape is Shape.LIST else None
    marks = {type(extra): extra for extra in extras}
    return Parameter(
        name=declared.name,
        shape=shape,
        item=_shape(item) if item is not None else None,
        struct=_parts(kind, item),
        description=marks.get(str, ""),
        required=declared.required,
        default=_default(declared),
        words=get_args(kind if item is None else item) if Shape.WORD in (shape, item and _shape(item)) else (),
        up_to=UpTo(marks[IdList].characters) if IdList in marks else marks.get(UpTo, UpTo(512)),
        items=marks.get(Items, Items(10)),
        between=marks.get(Between),
        wire_time=WireTime in marks,
        id_list=IdList in marks,
        refused=marks[Refused].error if Refused in marks else InvalidArgument,
        also_called=marks[AlsoCalled].name if AlsoCalled in marks else None,
    )


def _parts(kind: Any, item: Any) -> type[Struct] | None:
    """The struct that a value, or each item of a list, is made of."""
    return next((each for each in (item, kind) if isinstance(each, type) and issubclass(each, Struct)), None)


def _default(declared: FieldInfo) -> Any:
    if declared.default_factory is not NODEFAULT:
        return declared.default_factory()
    return None if declared.default is NODEFAULT else declared.default


def _without_none(hint: Any) -> Any:
    if get_origin(hint) not in (Union, UnionType):
        return hint
    return Union[tuple(each for each in get_args(hint) if each is not NoneType)]  # noqa: UP007 (from a tuple)


_SHAPES: dict[Any, Shape] = {
    str: Shape.TEXT,
    int: Shape.NUMBER,
    bool: Shape.SWITCH,
    bool | str: Shape.SWITCH_OR_TEXT,
    FileInput: Shape.FILE,
    Literal: Shape.WORD,
    tuple: Shape.LIST,
    dict: Shape.OBJECT,
}


def _shape(kind: Any) -> Shape:
    if isinstance(kind, type) and issubclass(kind, Struct):
        return Shape.STRUCT
    known = _SHAPES.get(kind) or _SHAPES.get(get_origin(kind))
    if known is None:
        raise TypeError(f"{kind} is no type a parameter can have (operations/parameter.py)")
    return known
