"""The multipart form of the two sending routes. Always a form, as the vendor's own client sends it (unipile-v1 2.3, 15.2)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from trunkline.model.blob import File
from trunkline.operations.form import flatten
from trunkline.operations.parameter import Shape, parameters_of

FilePart = tuple[str, tuple[str | None, bytes] | tuple[str | None, bytes, str]]
"""A field's name, and its file's name (None: no file, a text), bytes and type."""


def form_of(operation: Struct, body: Mapping[str, Any]) -> list[FilePart]:
    """The parts of a body: texts as fields, and the operation's files as files. Nested names have brackets."""
    files = list(_files(operation, ""))
    are_files = {name for name, _ in files}
    texts: list[FilePart] = [(name, (None, text.encode())) for name, text in flatten(body) if name not in are_files]
    return texts + files


def _files(struct: Struct, within: str) -> Iterator[FilePart]:
    """Every file below a struct. Uploads were exchanged for their files by the gate."""
    for name, parameter in parameters_of(type(struct)).items():
        value, path = getattr(struct, name), f"{within}[{name}]" if within else name
        if parameter.shape is Shape.STRUCT and value is not None:
            yield from _files(value, path)
        elif isinstance(value, File) or parameter.item is Shape.FILE:
            yield from _parts(path, value if isinstance(value, tuple) else (value,))


def _parts(name: str, values: Iterable[Any]) -> Iterator[FilePart]:
    for file in values:
        if isinstance(file, File):
            yield name, (file.file_name, file.data, file.media_type)
