"""Width and height off a picture's header; whatever else the bytes may be, they are never more than 0 by 0."""

import base64
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.model.attachment import Size
from trunkline.model.image_size import SEGMENTS_MOST, image_size


def png(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


def segment(marker: int, content: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content


def frame(width: int, height: int, marker: int = 0xC0) -> bytes:
    return segment(marker, struct.pack(">BHHB", 8, height, width, 3) + bytes(9))


def jpeg(*parts: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(parts)


def webp(kind: bytes, content: bytes) -> bytes:
    chunk = kind + struct.pack("<I", len(content)) + content
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


JFIF = segment(0xE0, b"JFIF\x00" + bytes(9))
LOSSY = webp(b"VP8 ", b"\x10\x02\x00\x9d\x01\x2a" + struct.pack("<HH", 320 | 1 << 14, 200 | 2 << 14))
LOSSLESS = webp(b"VP8L", b"\x2f" + struct.pack("<I", 319 | 199 << 14 | 1 << 28))
EXTENDED = webp(b"VP8X", bytes(4) + (319).to_bytes(3, "little") + (199).to_bytes(3, "little"))
REAL_GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
REAL_PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
REAL_WEBP = base64.b64decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")

WHOLE = [
    (png(320, 200), Size(320, 200)),
    (b"GIF89a" + struct.pack("<HH", 320, 200), Size(320, 200)),
    (b"GIF87a" + struct.pack("<HH", 320, 200), Size(320, 200)),
    (jpeg(JFIF, frame(320, 200)), Size(320, 200)),
    (jpeg(JFIF, segment(0xE1, bytes(60_000)), segment(0xC4, bytes(30)), b"\xff\xff", frame(320, 200, 0xC2)), Size(320, 200)),
    (jpeg(b"\xff\x01", JFIF, frame(320, 200)), Size(320, 200)),
    (LOSSY, Size(320, 200)),
    (LOSSLESS, Size(320, 200)),
    (EXTENDED, Size(320, 200)),
    (REAL_GIF, Size(1, 1)),
    (REAL_PNG, Size(1, 1)),
    (REAL_WEBP, Size(1, 1)),
]


@pytest.mark.parametrize(("data", "size"), WHOLE)
def test_each_format_says_its_size(data: bytes, size: Size) -> None:
    assert image_size(data) == size


@pytest.mark.parametrize("data", [data for data, _ in WHOLE])
def test_a_header_that_is_cut_says_the_size_or_nothing(data: bytes) -> None:
    """At every length."""
    whole = image_size(data)
    assert {image_size(data[:length]) for length in range(len(data) if len(data) < 1_000 else 200)} <= {whole, Size()}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<svg width='3'/>",
        png(0, 200),
        png(2**31, 200),
        png(320, 200).replace(b"IHDR", b"IDAT"),
        jpeg(),
        jpeg(segment(0xE0, b"")[:-1] + b"\x00", frame(320, 200)),
        jpeg(b"\xff\xe0\x00\x00", frame(320, 200)),
        jpeg(b"\xff\xe0\xff\xff", frame(320, 200)),
        jpeg(b"no marker"),
        jpeg(frame(0, 200)),
        jpeg(*[segment(0xE0, b"")] * SEGMENTS_MOST, frame(320, 200)),
        jpeg(b"\xff" * 100_000),
        webp(b"VP8 ", bytes(20)),
        webp(b"VP8L", bytes(20)),
        webp(b"ALPH", bytes(20)),
    ],
)
def test_a_header_that_lies_says_nothing(data: bytes) -> None:
    assert image_size(data) == Size()


@given(
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8", b"\xff\xd8\xff\xe0", b"RIFF\0\0\0\0WEBPVP8 "]),
    st.binary(),
)
def test_no_bytes_break_it(start: bytes, rest: bytes) -> None:
    found = image_size(start + rest)
    assert (found.width == 0) == (found.height == 0)
    assert 0 <= max(found.width, found.height) < 2**31
