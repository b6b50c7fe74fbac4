"""Files, in and out."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from msgspec import Struct


class File(Struct, frozen=True, kw_only=True):
    """A file a caller handed in: its bytes, the name it gave and the type found in the bytes. Never a path, never a URL."""

    data: bytes
    file_name: str
    media_type: str


@dataclass(frozen=True)
class Blob:
    """A file on its way out. `chunks` can be read once; `size` is in bytes, None where the network does not say."""

    media_type: str
    file_name: str
    size: int | None
    chunks: AsyncIterator[bytes]
