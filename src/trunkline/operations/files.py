"""A file as a caller hands it in: base64 text, a `data:` URL, or the id of an upload. Never a path, never a URL to fetch.

JVBERi0xLjcK...                                  base64
data:image/png;name=cat.png;base64,iVBORw0...    a data: URL, with a name
upload:6f1Zb0mZ4Rr2uS9c1mB7xW                    what POST /api/v1/uploads gave
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from typing import Literal
from urllib.parse import quote, unquote, unquote_to_bytes

from msgspec import UNSET, Struct, UnsetType

from trunkline.model.blob import File
from trunkline.model.errors import InvalidArgument, TooLarge
from trunkline.operations.media_type import extension_of, is_recognised, is_text, media_type_of

MAX_FILE_BYTES = 26_214_400
"""Per file. Source: unipile-v1 7.7; a setting."""

FORMS = (
    "base64 text, a data: URL such as data:image/png;name=cat.png;base64,..., or upload:<id> from POST /api/v1/uploads; "
    "paths and web addresses are never opened"
)


class UploadRef(Struct, frozen=True, kw_only=True):
    """A file that was uploaded before. The gateway exchanges it for the File, for the principal who uploaded it alone."""

    upload_id: str


FileInput = File | UploadRef


class FileDescription(Struct, frozen=True, kw_only=True):
    """What a tool says beside a file's bytes. `size` in bytes; `note` says how to get them when they are not in the answer."""

    object: Literal["File"] = "File"
    media_type: str
    file_name: str
    size: int | None
    note: str | UnsetType = UNSET


def parse_file(text: str, parameter: str, max_bytes: int = MAX_FILE_BYTES) -> FileInput:
    """The file that a text stands for. Its media type is read off the bytes.

    Raises InvalidArgument when the text is none of the three forms, TooLarge beyond `max_bytes`; both name `parameter`.
    """
    if text.startswith("upload:"):
        return _upload(text, parameter)
    if len(text) > max_bytes * 4:  # the widest form is %XX, three characters for a byte
        raise _too_large(parameter, None, max_bytes)
    if text[:5].lower() == "data:":
        return _data_url(text, parameter, max_bytes)
    data = _base64(text)
    if data is None or not _is_meant(text, data):
        raise InvalidArgument(f"{parameter} is no file. Give {FORMS}.")
    return file_of(data, parameter, max_bytes=max_bytes)


def file_of(
    data: bytes, parameter: str, *, declared: str | None = None, name: str | None = None, max_bytes: int = MAX_FILE_BYTES
) -> File:
    """A file from bytes, however they came (a form's part, an upload). Raises InvalidArgument when empty, TooLarge."""
    if not data:
        raise InvalidArgument(f"{parameter} holds no bytes; give a file that is not empty.")
    if len(data) > max_bytes:
        raise _too_large(parameter, len(data), max_bytes)
    media_type = media_type_of(data, declared, name)
    return File(data=data, file_name=plain_name(name) or f"file{extension_of(media_type)}", media_type=media_type)


def file_as_text(file: FileInput) -> str:
    """The text that parse_file reads back as the same file."""
    if isinstance(file, UploadRef):
        return f"upload:{file.upload_id}"
    return f"data:{file.media_type};name={quote(file.file_name, safe='')};base64,{b64encode(file.data).decode()}"


_UPLOAD = re.compile(r"upload:([A-Za-z0-9_-]{1,64})\Z")


def _upload(text: str, parameter: str) -> UploadRef:
    found = _UPLOAD.match(text)
    if found is None:
        raise InvalidArgument(f"{parameter} names no upload; give upload: and the upload_id that POST /api/v1/uploads gave.")
    return UploadRef(upload_id=found[1])


def _data_url(text: str, parameter: str, max_bytes: int) -> File:
    head, comma, body = text[5:].partition(",")
    declared, *options = head.split(";")
    is_base64 = bool(options) and options[-1].strip().lower() == "base64"
    data = _base64(unquote(body)) if is_base64 else _percent_decoded(body)
    if not comma or data is None:
        raise InvalidArgument(f"{parameter} is a data: URL that cannot be read; the form is data:TYPE;name=NAME;base64,DATA.")
    names = [unquote(option.partition("=")[2]) for option in options if option.strip().lower().startswith("name=")]
    return file_of(data, parameter, declared=declared or None, name=names[0] if names else None, max_bytes=max_bytes)


def _base64(text: str) -> bytes | None:
    try:
        return b64decode("".join(text.split()), validate=True)
    except (Base64Error, ValueError):
        return None


def _percent_decoded(text: str) -> bytes | None:
    try:
        return unquote_to_bytes(text)
    except UnicodeEncodeError:
        return None


def _is_meant(text: str, data: bytes) -> bool:
    """Whether base64 was meant: a short name or path may look like it, but then its bytes are neither a file nor text."""
    return len(text) >= 400 or is_recognised(data) or is_text(data)


def plain_name(name: str | None) -> str:
    """A name without folders and control characters, at most 255 characters. It is shown and sent on, never opened."""
    last = re.split(r"[/\\]", name or "")[-1]
    printable = "".join(letter for letter in last if letter.isprintable()).strip()
    return "" if printable in (".", "..") else printable[-255:]


def _too_large(parameter: str, size: int | None, max_bytes: int) -> TooLarge:
    has = f"has {size} bytes" if size is not None else "is too large"
    return TooLarge(f"{parameter} {has}; at most {max_bytes} bytes are allowed. Nothing was sent.")
