"""From what a caller sent to the Python value of a parameter, by shape. Nothing is turned into something else in silence.

JSON values must have their parameter's type; texts of a query or form are parsed, for they can be nothing but texts. Whether
the value is an allowed one is checked afterwards, when the operation is made (values.py).
"""

import difflib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from trunkline.model.blob import File
from trunkline.model.errors import InvalidArgument, MissingArgument
from trunkline.operations.files import MAX_FILE_BYTES, FileInput, UploadRef, parse_file
from trunkline.operations.json_names import refuse_repeated
from trunkline.operations.parameter import Parameter, Shape, parameters_of
from trunkline.operations.values import quoted


@dataclass(frozen=True)
class Reader:
    """How values came.

    texts: as texts of a query or form. lenient: from an HTTP client, where unknown names are ignored and one value may stand
    for a list of one (unipile-v1 2.3); else unknown names are refused.
    """

    texts: bool = False
    lenient: bool = False
    max_file_bytes: int = MAX_FILE_BYTES

    def struct(self, kind: type[Struct], values: Mapping[str, Any], owner: str, within: str = "") -> dict[str, Any]:
        """The keyword arguments for `kind`. owner: its name in error texts; within: the path in front of names."""
        parameters = parameters_of(kind)
        given = {name: self._given(values, parameter) for name, parameter in parameters.items()}
        return {
            name: self.value(value, parameters[name], within + name)
            for name, value in given.items()
            if value is not None or _needed(parameters[name], owner, within)
        }

    def value(self, value: Any, parameter: Parameter, name: str) -> Any:
        """The value of one parameter. Raises InvalidArgument when it has another type."""
        return _READERS[parameter.shape](self, value, parameter, name)

    def _given(self, values: Mapping[str, Any], parameter: Parameter) -> Any:
        also = values.get(parameter.also_called) if self.lenient and parameter.also_called is not None else None
        return values.get(parameter.name) if also is None else also


def refuse_unknown(
    given: Mapping[str, Any], known: Mapping[str, Any], owner: str, within: str = "", also: Sequence[str] = ()
) -> None:
    """Raise InvalidArgument that names the arguments nobody knows, the ones there are, and what may have been meant."""
    allowed = [*also, *known]
    unknown = [name for name in given if name not in allowed]
    if not unknown:
        return
    meant = difflib.get_close_matches(str(unknown[0]), allowed, n=1)
    raise InvalidArgument(
        f"{owner} has no argument {', '.join(quoted(within + str(name)) for name in unknown)}; "
        + (f"its arguments are {', '.join(within + name for name in allowed)}." if allowed else "it takes none.")
        + (f" Did you mean {within}{meant[0]}?" if meant else "")
    )


def _needed(parameter: Parameter, owner: str, within: str) -> bool:
    """False when the parameter may be left out; raises MissingArgument when it may not."""
    if parameter.required:
        raise MissingArgument(f"{within}{parameter.name} is missing; {owner} needs it. {parameter.description}".rstrip())
    return False


def _wrong(value: Any, name: str, wanted: str) -> InvalidArgument:
    return InvalidArgument(f"{name} is {_described(value)}; it must be {wanted}.")


def _described(value: Any) -> str:
    if isinstance(value, str):
        return f"the text {quoted(value)}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"the number {quoted(value)}"
    if value is None:
        return "null"
    if isinstance(value, File):
        return "a file"
    return "a list" if isinstance(value, list | tuple) else "an object"


def _one(reader: Reader, value: Any, name: str) -> Any:
    """The only value; a query or form gives lists of them."""
    if reader.texts and isinstance(value, list):
        if len(value) != 1:
            raise InvalidArgument(f"{name} is given {len(value)} times; give it once.")
        return value[0]
    return value


def _text(reader: Reader, value: Any, parameter: Parameter, name: str) -> str:
    if reader.texts and parameter.id_list and isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ",".join(value)
    text = _one(reader, value, name)
    if not isinstance(text, str):
        raise _wrong(text, name, "a text")
    return text


def _number(reader: Reader, value: Any, parameter: Parameter, name: str) -> int:
    number = _one(reader, value, name)
    if reader.texts and isinstance(number, str) and re.fullmatch(r"-?[0-9]{1,15}", number):
        return int(number)
    if isinstance(number, float) and number.is_integer():
        return int(number)  # JSON has one kind of number: 5.0 is 5
    if not isinstance(number, int) or isinstance(number, bool):
        raise _wrong(number, name, "a whole number" if reader.texts else "a whole number, without quotes")
    return number


def _switch(reader: Reader, value: Any, parameter: Parameter, name: str) -> bool:
    switch = _one(reader, value, name)
    if reader.texts and switch in ("true", "false"):
        return bool(switch == "true")
    if not isinstance(switch, bool):
        raise _wrong(switch, name, "true or false" if reader.texts else "true or false, without quotes")
    return switch


def _switch_or_text(reader: Reader, value: Any, parameter: Parameter, name: str) -> bool | str:
    either = _one(reader, value, name)
    if not isinstance(either, bool | str):
        raise _wrong(either, name, "true, false or a text")
    return either


def _file(reader: Reader, value: Any, parameter: Parameter, name: str) -> FileInput:
    file = _one(reader, value, name)
    if isinstance(file, File | UploadRef):
        return file
    if not isinstance(file, str):
        raise _wrong(file, name, "a file as text")
    return parse_file(file, name, reader.max_file_bytes)


def _list(reader: Reader, value: Any, parameter: Parameter, name: str) -> tuple[Any, ...]:
    if reader.lenient and not isinstance(value, list):
        value = [value]
    if not isinstance(value, list):
        raise _wrong(value, name, "a list")
    if reader.texts and len(value) == 1 and isinstance(value[0], str) and parameter.item is not Shape.FILE:
        value = _spread(value[0], name)
    assert parameter.item is not None
    read = _READERS[parameter.item]
    return tuple(read(reader, item, parameter, f"{name}[{index}]") for index, item in enumerate(value))


def _spread(text: str, name: str) -> list[Any]:
    """A list that came as one text: JSON, or split at commas (unipile-v1 2.3)."""
    if text.startswith("["):
        parsed = _parsed(text, name)
        if isinstance(parsed, list):
            return parsed
    return [part for part in (piece.strip() for piece in text.split(",")) if part]


def _parsed(text: str, name: str) -> Any:
    try:
        value = json.loads(text)
        refuse_repeated(text.encode(errors="surrogatepass"), value, name)
    except (ValueError, RecursionError):
        return None
    return value


def _struct(reader: Reader, value: Any, parameter: Parameter, name: str) -> Struct:
    whole = _one(reader, value, name)
    if reader.texts and isinstance(whole, str):
        reader = Reader(lenient=reader.lenient, max_file_bytes=reader.max_file_bytes)
        whole = _parsed(whole, name)
    if not isinstance(whole, Mapping):
        raise _wrong(value, name, "an object")
    assert parameter.struct is not None
    if not reader.lenient:
        refuse_unknown(whole, parameters_of(parameter.struct), name, f"{name}.")
    return parameter.struct(**reader.struct(parameter.struct, whole, name, f"{name}."))


def _object(reader: Reader, value: Any, parameter: Parameter, name: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise _wrong(value, name, "an object")
    return dict(value)


_READERS: dict[Shape, Callable[[Reader, Any, Parameter, str], Any]] = {
    Shape.TEXT: _text,
    Shape.WORD: _text,
    Shape.NUMBER: _number,
    Shape.SWITCH: _switch,
    Shape.SWITCH_OR_TEXT: _switch_or_text,
    Shape.FILE: _file,
    Shape.LIST: _list,
    Shape.STRUCT: _struct,
    Shape.OBJECT: _object,
}
