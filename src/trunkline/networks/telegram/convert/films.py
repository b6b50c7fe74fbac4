"""What an MP4 file says of its film: width, height and length, read off its boxes. Nothing is decoded.

Source: ISO/IEC 14496-12 (boxes 4.2, movie header 8.2.2, track header 8.3.2), read on 2026-11-23.
"""

from collections.abc import Iterator

from msgspec import Struct

BOXES_MOST = 1_000
"""Boxes looked at on one level: films have tens, fragmented ones a few for each second behind those that matter."""
_QUARTER_TURNS = (b"\0\0\0\0", b"\0\0\0\0")
"""The first and the fifth number of a track's matrix, where it is shown turned by 90 degrees."""


class Film(Struct, frozen=True):
    """Pixels as it is shown, and seconds; 0 seconds where the file does not say."""

    width: int
    height: int
    seconds: float


def film_of(data: bytes) -> Film | None:
    """None where the bytes are no MP4, end too early, or hold no picture."""
    if data[4:8] != b"ftyp":
        return None
    movie = next((box for kind, box in _boxes(data) if kind == b"moov"), b"")
    seconds, shown = 0.0, None
    for kind, box in _boxes(movie):
        if kind == b"mvhd":
            seconds = _seconds(box)
        elif kind == b"trak" and shown is None:
            shown = next((_shown(each) for inner, each in _boxes(box) if inner == b"tkhd"), None)
    return None if shown is None else Film(*shown, seconds)


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each box; none behind one whose length is wrong."""
    at = 0
    for _ in range(BOXES_MOST):
        length, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if length == 1:
            length, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif length == 0:
            length = len(data) - at
        if length < head or at + length > len(data):
            return
        yield kind, b"" if kind == b"mdat" else data[at + head : at + length]
        at += length


def _seconds(header: bytes) -> float:
    """Of a movie header, whose first byte says how wide its times are."""
    scale_at, width = (20, 8) if header[:1] == b"\x01" else (12, 4)
    scale = int.from_bytes(header[scale_at : scale_at + 4], "big")
    length = header[scale_at + 4 : scale_at + 4 + width]
    is_said = scale and len(length) == width and length != b"\xff" * width
    return int.from_bytes(length, "big") / scale if is_said else 0.0


def _shown(header: bytes) -> tuple[int, int] | None:
    """Width and height of a track header, which ends with its matrix and both as 16.16; None for a sound's."""
    if len(header) < 84:
        return None
    width, height = int.from_bytes(header[-8:-6], "big"), int.from_bytes(header[-4:-2], "big")
    if not (width and height):
        return None
    matrix = header[-44:-8]
    return (height, width) if (matrix[:4], matrix[16:20]) == _QUARTER_TURNS else (width, height)
