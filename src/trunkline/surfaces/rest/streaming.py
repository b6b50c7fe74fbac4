"""Sending a file: as an attachment that no browser runs, shows or guesses about (security.md 5.3)."""

import re
from urllib.parse import quote

from starlette.types import Send

from trunkline.model.blob import Blob
from trunkline.model.errors import TrunklineError
from trunkline.surfaces.door.answers import SAFE, CutShort

_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\Z")
_POLICY = (b"content-security-policy", b"sandbox; default-src 'none'")


async def send_blob(send: Send, blob: Blob, status: int) -> None:
    """Stream it. An error before the first byte is raised with nothing sent; a later one cuts the answer short."""
    chunks = blob.chunks
    try:
        first = await anext(chunks, b"")
        await send({"type": "http.response.start", "status": status, "headers": _headers(blob)})
        await send({"type": "http.response.body", "body": first, "more_body": True})
        await _send_rest(send, blob)
    finally:
        close = getattr(chunks, "aclose", None)
        if close is not None:
            await close()


async def _send_rest(send: Send, blob: Blob) -> None:
    try:
        async for chunk in blob.chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    except TrunklineError:
        raise CutShort from None
    await send({"type": "http.response.body", "body": b""})


def _headers(blob: Blob) -> list[tuple[bytes, bytes]]:
    media_type = blob.media_type if _MEDIA_TYPE.match(blob.media_type) else "application/octet-stream"
    name = quote(blob.file_name.encode("utf-8", "replace"), safe="")
    headers = [
        (b"content-type", media_type.encode()),
        (b"content-disposition", f"attachment; filename*=UTF-8''{name}".encode()),
        _POLICY,
        *SAFE,
    ]
    if blob.size is not None:
        headers.append((b"content-length", str(blob.size).encode()))
    return headers
