"""A file that was handed in before the call that uses it."""

from typing import Literal

from msgspec import Struct


class Uploaded(Struct, frozen=True, kw_only=True):
    """The answer to an upload. Write `upload:<upload_id>` where an operation takes a file; it holds for 24 hours."""

    object: Literal["Upload"] = "Upload"
    upload_id: str
    size: int
    """Bytes."""
    media_type: str
    """Found in the bytes, never as declared."""
