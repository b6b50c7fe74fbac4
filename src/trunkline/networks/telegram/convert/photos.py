"""Which pictures Telegram takes as photos.

Source: core.telegram.org/bots/api, sendPhoto (10 MB; width and height together 10,000; ratio 20), read on 2026-11-23.
"""

from trunkline.model.image_size import image_size

PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp")
PHOTO_BYTES_MOST = 10_000_000
PHOTO_SIDES_MOST = 10_000
"""Pixels, width and height together."""
PHOTO_RATIO_MOST = 20

_MOVES = 0x02
"""The flag of a WebP file that moves; a photo would stand still (RFC 9649 2.7)."""


def photo_name(data: bytes) -> str | None:
    """The file name with which these bytes go as a photo; None where they must go as a file.

    Telegram looks at a photo's extension (PHOTO_EXT_INVALID) and gives it a name of its own.
    """
    extension = _extension(data)
    size = image_size(data)
    shorter, longer = sorted((size.width, size.height))
    if extension is None or not shorter or len(data) > PHOTO_BYTES_MOST:
        return None
    if shorter + longer > PHOTO_SIDES_MOST or longer > PHOTO_RATIO_MOST * shorter:
        return None
    return f"photo.{extension}"


def _extension(data: bytes) -> str | None:
    if data.startswith(b"\xff\xd8"):
        return "jpg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        is_moving = data[12:16] == b"VP8X" and any(flags & _MOVES for flags in data[20:21])
        return None if is_moving else "webp"
    return None
