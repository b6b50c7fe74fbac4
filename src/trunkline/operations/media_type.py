"""What kind of file some bytes are. The bytes decide; what was declared only chooses between readings of the same bytes."""

import re
from codecs import getincrementaldecoder
from mimetypes import MimeTypes

import puremagic

UNKNOWN = "application/octet-stream"

_FORM = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,120}\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")

_BY_NAME = MimeTypes()  # the interpreter's own table, so that every machine says the same
for _type, _extension in (
    ("audio/mp4", ".m4a"),
    ("audio/ogg", ".ogg"),
    ("audio/ogg", ".oga"),
    ("image/heic", ".heic"),
    ("image/webp", ".webp"),
    ("text/vcard", ".vcf"),
):
    _BY_NAME.add_type(_type, _extension)

_ENDINGS = {
    "application/gzip": ".gz",
    "application/ogg": ".ogg",
    "audio/amr": ".amr",
    "audio/wav": ".wav",
    "audio/x-m4a": ".m4a",
    "video/3gpp": ".3gp",
}
"""Endings that the interpreter's table has for no spelling of ours."""

_SPELT = {
    "audio/wave": "audio/wav",
    "audio/x-wav": "audio/wav",
    "audio/mp3": "audio/mpeg",
    "image/jpg": "image/jpeg",
    "image/heif": "image/heic",
    "image/x-ms-bmp": "image/bmp",
    "application/x-gzip": "application/gzip",
}
"""One spelling for each type."""

_CONTAINERS = {
    "application/ogg": ("audio/ogg", "video/ogg"),
    "application/xml": ("image/svg+xml",),
    "application/zip": ("application/epub+zip", "application/java-archive"),
    "video/mp4": ("audio/mp4",),
    "video/webm": ("audio/webm",),
}
"""What a container may hold that its first bytes do not tell apart."""


def media_type_of(data: bytes, declared: str | None = None, file_name: str | None = None) -> str:
    """The media type, lower case and without parameters. `application/octet-stream` when nothing tells."""
    told = [_spelling(each) for each in (declared, _BY_NAME.guess_type(file_name)[0] if file_name else None) if each]
    told = [each for each in told if each != UNKNOWN]
    found = _read_off(data)
    if found:
        return next((each for each in told if each in found), found[0])
    if told:
        return told[0]
    return "text/plain" if is_text(data) else UNKNOWN


def is_recognised(data: bytes) -> bool:
    """Whether the bytes alone say what they are."""
    return bool(_read_off(data))


def is_text(data: bytes) -> bool:
    """Whether the bytes (the first 64 KiB of them) are UTF-8 without control characters other than tabs and line ends."""
    try:
        text = getincrementaldecoder("utf-8")().decode(data[:65_536])
    except UnicodeDecodeError:
        return False
    return _CONTROL.search(text) is None


def extension_of(media_type: str) -> str:
    """A file name's ending for the type, with the dot; `.bin` when none is known. Parameters of the type do not count."""
    bare = _spelling(media_type)
    return _ENDINGS.get(bare) or _BY_NAME.guess_extension(bare) or ".bin"


def _spelling(media_type: str) -> str:
    bare = media_type.partition(";")[0].strip().lower()
    return _SPELT.get(bare, bare) if _FORM.match(bare) else UNKNOWN


def _read_off(data: bytes) -> list[str]:
    """Readings of the bytes, the likeliest first. Signatures of one or two bytes prove nothing: many texts begin so."""
    try:
        matches = [each for each in puremagic.magic_string(data) if len(each.byte_match) > 2]
    except (puremagic.PureError, ValueError):
        return []
    readings = [_spelling(each.mime_type or _BY_NAME.types_map[True].get(each.extension, "")) for each in matches]
    if data.startswith(b"PK\x03\x04"):
        readings = _zip(data, readings)
    readings = [each for each in dict.fromkeys(readings) if each != UNKNOWN]
    return readings + [held for each in readings for held in _CONTAINERS.get(each, ())]


_OFFICE = {b"word/": "wordprocessingml.document", b"ppt/": "presentationml.presentation", b"xl/": "spreadsheetml.sheet"}


def _zip(data: bytes, readings: list[str]) -> list[str]:
    """Office files are ZIP archives; the names of their first parts tell which."""
    for folder, kind in _OFFICE.items():
        if b"[Content_Types].xml" in data and folder in data:
            return [f"application/vnd.openxmlformats-officedocument.{kind}"]
    return ["application/zip", *readings]
