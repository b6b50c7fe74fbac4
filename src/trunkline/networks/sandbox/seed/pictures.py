"""Small pictures, drawn: avatars and photographs as PNG, a sticker as WebP. The same name gives the same bytes."""

import hashlib
import zlib
from base64 import b64decode
from collections.abc import Callable

Colour = tuple[int, int, int]
Painter = Callable[[int, int], Colour]

STICKER_WEBP = b64decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
"""One transparent pixel, lossless."""


def avatar(name: str, side: int = 64) -> bytes:
    """A square of symmetric blocks in one colour, as many services draw for people without a picture."""
    digest = hashlib.sha256(f"avatar {name}".encode()).digest()
    ink: Colour = (60 + digest[0] % 160, 60 + digest[1] % 160, 60 + digest[2] % 160)
    paper: Colour = (240, 240, 240)
    cell = side // 8

    def colour(x: int, y: int) -> Colour:
        column, row = x // cell, y // cell
        if not (1 <= column <= 6 and 1 <= row <= 6):
            return paper
        column = min(column, 7 - column)
        return ink if digest[4 + column * 7 + row] % 2 else paper

    return png(side, side, colour)


def photograph(name: str, width: int = 160, height: int = 120) -> bytes:
    """A landscape: sky, sun, hills. Small, but a picture."""
    digest = hashlib.sha256(f"photograph {name}".encode()).digest()
    sky, ground = (90 + digest[0] % 80, 150 + digest[1] % 60, 220), (40 + digest[2] % 60, 110 + digest[3] % 80, 50)
    sun_x, sun_y, radius = 20 + digest[4] % (width - 40), 12 + digest[5] % 30, 8 + digest[6] % 8

    def colour(x: int, y: int) -> Colour:
        hill = height * 2 // 3 + (abs((x * (1 + digest[7] % 3)) % 80 - 40) - 20) // 2
        if y > hill:
            return (ground[0], ground[1] - (y - hill) // 3, ground[2])
        if (x - sun_x) ** 2 + (y - sun_y) ** 2 < radius**2:
            return (255, 230, 120)
        return (sky[0] + y // 2, sky[1] + y // 4, sky[2])

    return png(width, height, colour)


def png(width: int, height: int, colour: Painter) -> bytes:
    """An RGB picture, one colour per pixel."""
    rows = b"".join(b"\0" + bytes(part for x in range(width) for part in colour(x, y)) for y in range(height))
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 2, 0, 0, 0))
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
