"""Whether a value is one that its parameter allows. Its type is right already (reading.py); this is about what is in it.

Each refusal names the parameter, what was wrong, what is allowed, and where it helps the next step. Free text is never
repeated in it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from trunkline.model.blob import File
from trunkline.model.errors import InvalidArgument
from trunkline.model.times import from_wire
from trunkline.operations.files import FileInput
from trunkline.operations.filters import split_ids
from trunkline.operations.parameter import Parameter, Shape, parameters_of

MAX_IDS = 250
"""In one comma-separated list."""
MAX_DEPTH = 16
"""Levels of an object that only the reader further down knows."""


def check_values(struct: Struct, within: str = "") -> None:
    """Raise InvalidArgument (or the parameter's own error) for the first value that is not allowed."""
    for name, parameter in parameters_of(type(struct)).items():
        value = getattr(struct, name)
        if value is not None:
            _CHECKS[parameter.shape](value, parameter, within + name)


def quoted(value: object) -> str:
    """A value of the caller's in an error text: printable, and no longer than a line."""
    if isinstance(value, int) and value.bit_length() > 64:
        return "[more than 64 bits]"  # thousands of digits cannot even be written down
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:76]}...{text[-1]}"


def either(words: tuple[str, ...]) -> str:
    """The words in a sentence: `a, b or c`."""
    return " or ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else words[0]


def check_storable(text: str, name: str) -> None:
    """Refuse what no store takes: NUL, and halves of surrogate pairs (security.md 2.3)."""
    if (at := text.find("\x00")) >= 0:
        raise InvalidArgument(f"{name} holds a NUL character at position {at}; remove it.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidArgument(
            f"{name} holds half of a surrogate pair at position {error.start}, which is no character; "
            "send whole Unicode characters."
        ) from None


def _text(value: str, parameter: Parameter, name: str) -> None:
    if not value and not parameter.up_to.empty:
        raise InvalidArgument(
            f"{name} is empty; give it a value." if parameter.required else f"{name} is empty; give it a value or leave it out."
        )
    if len(value) > parameter.up_to.characters:
        raise InvalidArgument(f"{name} has {len(value)} characters; at most {parameter.up_to.characters} are allowed.")
    check_storable(value, name)
    if parameter.wire_time:
        _time(value, name)
    if parameter.id_list:
        _ids(value, name)


def _ids(value: str, name: str) -> None:
    ids = split_ids(value) or ()
    if not ids:
        raise InvalidArgument(f"{name} holds no id; give one id or several with commas between them.")
    if len(ids) > MAX_IDS:
        raise InvalidArgument(f"{name} holds {len(ids)} ids; at most {MAX_IDS} are allowed.")
    if any(len(each) > 512 for each in ids):
        raise InvalidArgument(f"{name} holds an id of more than 512 characters; no id is that long.")


def _time(value: str, name: str) -> None:
    try:
        from_wire(value)
    except ValueError:
        raise InvalidArgument(
            f"{name} is {quoted(value)}; it must be a UTC datetime in the form YYYY-MM-DDTHH:MM:SS.sssZ, "
            "for example 2026-03-01T08:15:30.000Z."
        ) from None


def _word(value: str, parameter: Parameter, name: str) -> None:
    if value not in parameter.words:
        raise parameter.refused(f"{name} is {quoted(value)}; it must be {either(parameter.words)}.")


def _number(value: int, parameter: Parameter, name: str) -> None:
    between = parameter.between
    if between is not None and not between.low <= value <= between.high:
        advice = between.advice if value > between.high else ""  # it tells what to do instead of asking for more
        raise InvalidArgument(f"{name} is {quoted(value)}; it goes from {between.low} to {between.high}. {advice}".rstrip())


def _switch_or_text(value: bool | str, parameter: Parameter, name: str) -> None:
    if isinstance(value, str):
        _text(value, parameter, name)


def _file(value: FileInput, parameter: Parameter, name: str) -> None:
    for text in (value.file_name, value.media_type) if isinstance(value, File) else (value.upload_id,):
        check_storable(text, name)


def _list(value: tuple[Any, ...], parameter: Parameter, name: str) -> None:
    items = parameter.items
    if len(value) < items.least:
        raise InvalidArgument(f"{name} is an empty list; give at least {items.least}.")
    if len(value) > items.most:
        raise InvalidArgument(f"{name} has {len(value)} items; at most {items.most} are allowed.")
    assert parameter.item is not None
    for index, item in enumerate(value):
        _CHECKS[parameter.item](item, parameter, f"{name}[{index}]")


def _struct(value: Struct, parameter: Parameter, name: str) -> None:
    check_values(value, f"{name}.")


def _object(value: Mapping[str, Any], parameter: Parameter, name: str) -> None:
    _free(value, name, MAX_DEPTH)


def _free(value: Any, name: str, depth: int) -> None:
    if depth == 0:
        raise InvalidArgument(f"{name.partition('.')[0]} is nested too deep; at most {MAX_DEPTH} levels are allowed.")
    if isinstance(value, str):
        check_storable(value, name)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            check_storable(key, name)
            _free(item, f"{name}.{key}", depth - 1)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _free(item, f"{name}[{index}]", depth - 1)


def _nothing(value: object, parameter: Parameter, name: str) -> None:
    """A switch is right whichever way it points."""


_CHECKS: dict[Shape, Callable[[Any, Parameter, str], None]] = {
    Shape.TEXT: _text,
    Shape.WORD: _word,
    Shape.NUMBER: _number,
    Shape.SWITCH: _nothing,
    Shape.SWITCH_OR_TEXT: _switch_or_text,
    Shape.FILE: _file,
    Shape.LIST: _list,
    Shape.STRUCT: _struct,
    Shape.OBJECT: _object,
}
