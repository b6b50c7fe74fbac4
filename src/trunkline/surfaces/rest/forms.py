"""Bodies of the two sending routes: multipart and urlencoded forms, read whole into memory under caps (unipile-v1 2.3, 7.7).

A part with a file name is a file, any other a text. Which field is a list, a number or nested is told by the operation's
declaration (operations/wire.py), not here.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qsl

from trunkline.model.blob import File
from trunkline.model.errors import InvalidArgument, MalformedRequest, TooLarge
from trunkline.operations.files import file_of
from trunkline.operations.values import check_storable, quoted
from trunkline.surfaces.door.errors import Overloaded
from trunkline.surfaces.rest.multipart import PartReader

MAX_FIELDS = 200
MAX_FILES = 20
MAX_NAME = 200
"""Characters of a field's name."""
TEXT_BYTES = 4 * 1024 * 1024
"""All texts of a form together."""
FORM_FILES = 4
"""A form may hold as many bytes as this many files of the largest size."""
ROOM_BYTES = 512 * 1024 * 1024
"""All bodies of forms that are in memory at one time."""

Pair = tuple[str, str | File]


class Room:
    """The memory that bodies with files share."""

    def __init__(self, most: int = ROOM_BYTES):
        """most: bytes."""
        self._left = most

    @contextmanager
    def share(self) -> Iterator["Share"]:
        """What one body takes of it, given back at the end."""
        share = Share(self)
        try:
            yield share
        finally:
            self._left += share.taken

    def take(self, size: int) -> None:
        """Raises Overloaded when there is no room now."""
        if size > self._left:
            raise Overloaded("The server holds too many files in memory now. Nothing was done; repeat the call in a moment.")
        self._left -= size


@dataclass
class Share:
    """The part of the room that one body has taken, in bytes."""

    room: Room
    taken: int = 0

    def take(self, size: int) -> None:
        """Take it at once. Raises Overloaded."""
        self.room.take(size)
        self.taken += size

    async def count(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The body, its bytes taken from the room as they come. Raises Overloaded."""
        async for piece in body:
            self.take(len(piece))
            yield piece


@dataclass
class _Part:
    name: str
    file_name: str | None
    media_type: str | None
    data: bytearray


class Form(PartReader):
    """A multipart body's fields and files, in order."""

    def __init__(self, content_type: str, body: AsyncIterator[bytes], max_file_bytes: int):
        """Raises MalformedRequest when the content type names no boundary."""
        super().__init__(content_type, body)
        self._max_file_bytes = max_file_bytes
        self._parts: list[_Part] = []
        self._text_bytes = 0

    async def read(self) -> list[Pair]:
        """All pairs. Raises MalformedRequest, InvalidArgument, TooLarge."""
        while await self.push():
            pass
        if not self.is_whole:
            raise MalformedRequest("The multipart body ends before its last boundary.")
        return [(part.name, self._read(part)) for part in self._parts if part.file_name != "" or part.data]

    def begins(self, name: str | None, file_name: str | None, media_type: str | None) -> None:
        """Another part. Raises MalformedRequest when it has no name, InvalidArgument when there are too many."""
        if not name:
            raise MalformedRequest("A part of the form has no name. Give each part a Content-Disposition with a name.")
        if len(name) > MAX_NAME:
            raise InvalidArgument(f"A field of the form has a name of {len(name)} characters; no field has one that long.")
        self._parts.append(_Part(name, file_name, media_type, bytearray()))
        files = sum(part.file_name is not None for part in self._parts)
        if files > MAX_FILES or len(self._parts) - files > MAX_FIELDS:
            raise InvalidArgument(f"The form has too many parts; at most {MAX_FILES} files and {MAX_FIELDS} other fields.")

    def grows(self, data: bytes) -> None:
        """Keep it, under the caps. Raises TooLarge."""
        part = self._parts[-1]
        part.data += data
        if part.file_name is None:
            self._text_bytes += len(data)
            if self._text_bytes > TEXT_BYTES:
                raise TooLarge(f"The form's texts have more than {TEXT_BYTES} bytes. Nothing was done. Send files as files.")
        elif len(part.data) > self._max_file_bytes:
            raise TooLarge(
                f"{quoted(part.name)} has more than the {self._max_file_bytes} bytes allowed for a file. Nothing was done."
            )

    def ends(self) -> None:
        """Nothing more to do: its bytes are there."""

    def _read(self, part: _Part) -> str | File:
        check_storable(part.name, "A field's name")
        if part.file_name is None:
            return _text(bytes(part.data), part.name)
        # A browser writes a quotation mark in a file's name as %22.
        name = part.file_name.replace("%22", '"')
        return file_of(bytes(part.data), quoted(part.name), declared=part.media_type, name=name, max_bytes=self._max_file_bytes)


def read_urlencoded(body: bytes) -> list[Pair]:
    """The pairs of an urlencoded body. Raises MalformedRequest, InvalidArgument."""
    try:
        text = body.decode("ascii")
    except UnicodeDecodeError:
        raise MalformedRequest("The body is not urlencoded: it holds bytes beyond ASCII.") from None
    try:
        return list(parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict"))
    except UnicodeDecodeError:
        raise MalformedRequest("The urlencoded body is not in UTF-8.") from None
    except ValueError:
        raise InvalidArgument(f"The form has more than {MAX_FIELDS} fields.") from None


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise MalformedRequest(f"The field {quoted(name)} is not in UTF-8.") from None
