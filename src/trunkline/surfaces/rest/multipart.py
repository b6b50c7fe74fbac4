"""The first file of a multipart body, piece by piece as it comes."""

from collections.abc import AsyncIterator
from email.message import Message

from python_multipart import MultipartParser
from python_multipart.exceptions import MultipartParseError

from trunkline.model.errors import MalformedRequest, MissingArgument

MAX_PART_HEADERS = 16 * 1024


class FirstFile:
    """Pushes a body through the parser and gives what belongs to its first part that has a file name."""

    def __init__(self, content_type: str, body: AsyncIterator[bytes]):
        """Raises MalformedRequest when the content type names no boundary."""
        boundary = _parameter(content_type, "boundary")
        if boundary is None:
            raise MalformedRequest("The content type multipart/form-data names no boundary.")
        self._body = body
        self._pieces: list[bytes] = []
        self._name = bytearray()
        self._value = bytearray()
        self._headers: dict[str, str] = {}
        self._in_file = False
        self._is_done = False
        self.file_name = ""
        self.media_type: str | None = None
        self._parser = MultipartParser(
            boundary.encode("latin-1", "replace"),
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_part_end": self._end,
            },
        )

    async def open(self) -> AsyncIterator[bytes]:
        """Read as far as the file's headers; then `file_name` and `media_type` are there, and the bytes follow.

        Raises MissingArgument when there is no file, MalformedRequest when the body is no multipart.
        """
        while not self._in_file and not self._is_done:
            if not await self._push():
                raise MissingArgument("The form has no file. Send one part with a file name.")
        return self._chunks()

    async def _chunks(self) -> AsyncIterator[bytes]:
        while True:
            pieces, self._pieces = self._pieces, []
            for piece in pieces:
                yield piece
            if self._is_done:
                return
            if not await self._push():
                raise MalformedRequest("The multipart body ends before its file does.")

    async def _push(self) -> bool:
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

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._name.decode("latin-1").lower()] = self._value.decode("utf-8", "replace")
        self._name.clear()
        self._value.clear()

    def _headers_finished(self) -> None:
        file_name = _parameter(self._headers.get("content-disposition", ""), "filename")
        if file_name is not None and not self._is_done:
            self._in_file = True
            self.file_name = file_name
            self.media_type = self._headers.get("content-type")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self._pieces.append(data[start:end])

    def _end(self) -> None:
        if self._in_file:
            self._in_file = False
            self._is_done = True


def _parameter(header: str, name: str) -> str | None:
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
