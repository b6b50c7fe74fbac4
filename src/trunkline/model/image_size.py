"""Width and height of a picture, read off its file's header: PNG, GIF, JPEG and WebP. Nothing is decoded.

Sources: PNG (W3C, third edition, 11.2.1), GIF89a 18, JPEG (ITU-T T.81 B.2), WebP (RFC 9649 2.5-2.7), read on 2026-11-23. The
pixels are those of the file: a turn by 90 degrees that a camera noted beside them (Exif orientation) is not applied.
"""

from trunkline.model.attachment import Size

SEGMENTS_MOST = 1_000
"""Parts of a JPEG file in front of its frame: a few with pictures of cameras, tens with large colour profiles."""
FILL_MOST = 64
"""Bytes of 255 in front of a marker: the format allows any number, files have one."""

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG's start-of-frame markers; the three left out are tables and a reserved one."""
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""JPEG's markers without a length."""
_VP8_FRAME = b"\x9d\x01\x2a"


def image_size(data: bytes) -> Size:
    """The pixels; 0 by 0 where the bytes are another kind of file, end too early or say nothing sensible."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _of_png(data)
    if data.startswith((b"GIF87a", b"GIF89a")):
        return _size(_little(data, 6, 2), _little(data, 8, 2))
    if data.startswith(b"\xff\xd8"):
        return _of_jpeg(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _of_webp(data)
    return Size()


def _of_png(data: bytes) -> Size:
    if data[12:16] != b"IHDR":
        return Size()
    width, height = _big(data, 16, 4), _big(data, 20, 4)
    return _size(width, height) if max(width, height) < 2**31 else Size()


def _of_jpeg(data: bytes) -> Size:
    at = 2
    for _ in range(SEGMENTS_MOST):
        if data[at : at + 1] != b"\xff":
            return Size()
        at += len(data[at : at + FILL_MOST]) - len(data[at : at + FILL_MOST].lstrip(b"\xff"))
        marker = _big(data, at, 1)
        at += 1
        if marker in _ALONE:
            continue
        length = _big(data, at, 2)
        if marker in _FRAMES:
            return _size(_big(data, at + 5, 2), _big(data, at + 3, 2))
        if length < 2:
            return Size()
        at += length
    return Size()


def _of_webp(data: bytes) -> Size:
    kind = data[12:16]
    if kind == b"VP8X":
        return _size(1 + _little(data, 24, 3), 1 + _little(data, 27, 3)) if len(data) >= 30 else Size()
    if kind == b"VP8L" and data[20:21] == b"\x2f" and len(data) >= 25:
        bits = _little(data, 21, 4)
        return _size(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if kind == b"VP8 " and data[23:26] == _VP8_FRAME:
        return _size(_little(data, 26, 2) & 0x3FFF, _little(data, 28, 2) & 0x3FFF)
    return Size()


def _size(width: int, height: int) -> Size:
    """Both, or neither."""
    return Size(width, height) if width and height else Size()


def _big(data: bytes, at: int, count: int) -> int:
    """A number, its first byte the largest; 0 when the data ends before it."""
    return int.from_bytes(data[at : at + count], "big") if at + count <= len(data) else 0


def _little(data: bytes, at: int, count: int) -> int:
    return int.from_bytes(data[at : at + count], "little") if at + count <= len(data) else 0
