"""Pictures and films for tests: headers that say their size, and nothing behind them."""

import struct
import zlib


def png(width: int, height: int) -> bytes:
    """A PNG's header, and its end."""
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + _chunk(b"IEND", b"")


def jpeg(width: int, height: int) -> bytes:
    """A JPEG's frame header."""
    return b"\xff\xd8\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\0\xff\xd9"


def gif(width: int, height: int) -> bytes:
    """A GIF's header."""
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0, 0, 0) + b";"


def webp(width: int, height: int, *, moves: bool = False) -> bytes:
    """The extended header of a WebP."""
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes([2 if moves else 0, 0, 0, 0]) + sides
    return b"RIFF" + struct.pack("<I", len(body)) + body


def mp4(width: int, height: int, seconds: float, *, is_turned: bool = False) -> bytes:
    """An MP4 with a sound's track and a film's, its movie box behind the data as cameras write it."""
    return (
        _box(b"ftyp", b"isom\0\0\2\0isom")
        + _box(b"mdat", b"moov" * 9)
        + _box(
            b"moov",
            _box(b"mvhd", struct.pack(">5I", 0, 0, 0, 600, round(600 * seconds)) + bytes(80))
            + _box(b"trak", _box(b"tkhd", _track(0, 0)))
            + _box(b"trak", _box(b"tkhd", _track(width, height, is_turned=is_turned))),
        )
    )


def _track(width: int, height: int, *, is_turned: bool = False) -> bytes:
    straight, turned = (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000), (0, 0x10000, 0, 0xFFFF0000, 0, 0, 0, 0, 0x40000000)
    return bytes(40) + struct.pack(">9I", *(turned if is_turned else straight)) + struct.pack(">II", width << 16, height << 16)


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
