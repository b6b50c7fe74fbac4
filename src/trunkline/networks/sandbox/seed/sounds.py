"""Small sounds and films: a voice note as Ogg Opus, a sound as WAV, a film as MP4. The same seconds give the same bytes."""

import math
import struct

_FRAME_MS = 20
_SILENCE = b"\xf8\xff\xfe"
"""One Opus frame of 20 ms without sound (RFC 6716)."""


def voice_note(seconds: float) -> bytes:
    """An Ogg Opus file of silence, as long as asked. Source of the layout: RFC 3533, RFC 7845."""
    frames = max(1, round(seconds * 1000 / _FRAME_MS))
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 7) + b"sandbox" + struct.pack("<I", 0)
    pages = [_page(0, 0, 2, [head]), _page(1, 0, 0, [tags])]
    for start in range(0, frames, 50):
        count = min(50, frames - start)
        is_last = start + count == frames
        pages.append(_page(len(pages), (start + count) * 960, 4 if is_last else 0, [_SILENCE] * count))
    return b"".join(pages)


def tone(seconds: float, hertz: int = 440) -> bytes:
    """A WAV file with one tone, 8 kHz, 8 bit, mono."""
    samples = bytes(128 + round(60 * math.sin(2 * math.pi * hertz * n / 8_000)) for n in range(round(8_000 * seconds)))
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8_000, 8_000, 1, 8)
    return (
        b"RIFF"
        + struct.pack("<I", 4 + len(form) + 8 + len(samples))
        + b"WAVE"
        + form
        + b"data"
        + struct.pack("<I", len(samples))
        + samples
    )


def film() -> bytes:
    """An MP4 file without tracks: the smallest that players recognise."""
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    header = (
        struct.pack(">IIIIIIH", 0, 0, 0, 1000, 1000, 0x10000, 0x0100) + bytes(10) + matrix + bytes(24) + struct.pack(">I", 1)
    )
    return (
        _box(b"ftyp", b"isom" + struct.pack(">I", 512) + b"isomiso2mp41")
        + _box(b"moov", _box(b"mvhd", header))
        + _box(b"mdat", b"")
    )  # fmt: skip


def _box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", 8 + len(data)) + kind + data


def _page(number: int, granule: int, flags: int, packets: list[bytes]) -> bytes:
    lacing = bytes(len(packet) for packet in packets)
    head = b"OggS" + struct.pack("<BBqIII", 0, flags, granule, 1, number, 0) + bytes([len(lacing)]) + lacing
    data = head + b"".join(packets)
    return data[:22] + struct.pack("<I", _checksum(data)) + data[26:]


def _checksum(data: bytes) -> int:
    """Ogg's CRC: polynomial 0x04c11db7, not reflected, from 0."""
    value = 0
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1) ^ 0x04C11DB7 if value & 0x80000000 else value << 1
        value &= 0xFFFFFFFF
    return value
