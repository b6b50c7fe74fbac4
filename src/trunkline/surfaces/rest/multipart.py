"""Multipart bodies, piece by piece as they come (RFC 7578)."""

from collections.abc import AsyncIterator
from email.message import Message

from python_multipart import MultipartParser
from python_multipart.exceptions import MultipartParseError

from trunkline.model.errors import MalformedRequest, MissingArgument

MAX_PART_HEADERS = 16 * 1024
MAX_BOUNDARY = 256


class PartReader:
    """Pushes a body through the parser. Whoever inherits says what to do with parts: `begins`, `grows`, `ends`."""

    def __init__(self, content_type: str, body: AsyncIterator[bytes]):
        """Raises MalformedRequest when the content type names no usable boundary."""
        boundary = parameter_of(content_type, "boundary")
        if not boundary or len(boundary) > MAX_BOUNDARY:
            raise MalformedRequest("The content type multipart/form-data names no boundary.")
        self.is_whole = False
        """Whether the body's last boundary has come."""
        self._body = body
        self._header_bytes = 0
        self._name = bytearray()
        self._value = bytearray()
        self._headers: dict[str, str] = {}
        self._parser = MultipartParser(
            boundary.encode("latin-1", "replace"),
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_part_end": self.ends,
                "on_end": self._whole,
            },
        )

    def begins(self, name: str | None, file_name: str | None, media_type: str | None) -> None:
        """A part's headers are read."""
        raise NotImplementedError

    def grows(self, data: bytes) -> None:
        """Bytes of the part."""
        raise NotImplementedError

    def ends(self) -> None:
        """The part is whole."""
        raise NotImplementedError

    async def push(self) -> bool:
        """Read a piece of the body; False at its end. Raises MalformedRequest."""
        piece = await anext(self._body, None)
        if piece is None:
            return False
        try:
            self._parser.write(piece)
        except MultipartParseError:
            raise MalformedRequest("The body is no valid multipart/form-data.") from None
        return True

    def _begin(self) -> None:
        self._headers = {}
        self._header_bytes = 0

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._value += data[start:end]

    def _count(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > MAX_PART_HEADERS:
            raise MalformedRequest(f"A part of the form has more than {MAX_PART_HEADERS} bytes of headers.")

    def _header_end(self) -> None:
        self._headers[self._name.decode("latin-1").lower()] = self._value.decode("utf-8", "replace")
        self._name.clear()
        self._value.clear()

    def _headers_finished(self) -> None:
        disposition = self._headers.get("content-disposition", "")
        names = (parameter_of(disposition, "name"), parameter_of(disposition, "filename"))
        self.begins(*names, self._headers.get("content-type"))

    def _data(self, data: bytes, start: int, end: int) -> None:
        self.grows(data[start:end])

    def _whole(self) -> None:
        self.is_whole = True


class FirstFile(PartReader):
    """Gives what belongs to the first part that has a file name, as it comes."""

    def __init__(self, content_type: str, body: AsyncIterator[bytes]):
        """Raises MalformedRequest when the content type names no boundary."""
        super().__init__(content_type, body)
        self._pieces: list[bytes] = []
        self._in_file = False
        self._is_done = False
        self.file_name = ""
        self.media_type: str | None = None

    async def open(self) -> AsyncIterator[bytes]:
        """Read as far as the file's headers; then `file_name` and `media_type` are there, and the bytes follow.

        Raises MissingArgument when there is no file, MalformedRequest when the body is no multipart.
        """
        while not self._in_file and not self._is_done:
            if not await self.push():
                raise MissingArgument("The form has no file. Send one part with a file name.")
        return self._chunks()

    async def _chunks(self) -> AsyncIterator[bytes]:
        while True:
            pieces, self._pieces = self._pieces, []
            for piece in pieces:
                yield piece
            if self._is_done:
                return
            if not await self.push():
                raise MalformedRequest("The multipart body ends before its file does.")

    def begins(self, name: str | None, file_name: str | None, media_type: str | None) -> None:
        """Is this the file?"""
        if file_name is not None and not self._is_done:
            self._in_file = True
            self.file_name = file_name
            self.media_type = media_type

    def grows(self, data: bytes) -> None:
        """Keep what is the file's."""
        if self._in_file:
            self._pieces.append(data)

    def ends(self) -> None:
        """The file is whole."""
        if self._in_file:
            self._in_file = False
            self._is_done = True


def parameter_of(header: str, name: str) -> str | None:
    """A parameter of a header such as Content-Disposition, RFC 2231 forms included."""
    message = Message()
    message["content-disposition"] = header.replace("\r", " ").replace("\n", " ")
    found = message.get_param(name, header="content-disposition")
    if isinstance(found, tuple):
        charset, _, text = found
        try:
            return text.encode("latin-1").decode(charset or "utf-8", "replace")
        except (LookupError, UnicodeEncodeError):
            return text
    return found if isinstance(found, str) else None
