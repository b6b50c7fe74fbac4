"""A result that is a file: its bytes beside a short description, or a link where they are too many for an answer."""

from base64 import b64encode
from typing import Any

import mcp_types as types
import msgspec
from msgspec import UNSET, UnsetType

from trunkline.model.blob import Blob
from trunkline.operations.declaration import Operation
from trunkline.operations.files import FileDescription
from trunkline.operations.wire import write_request
from trunkline.surfaces.mcp.exchange import Exchange

REST = "/api/v1"
_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What models take as pictures; any other kind, SVG above all, goes as a resource."""


async def file_result(exchange: Exchange, operation: Operation[Any], blob: Blob) -> types.CallToolResult:
    """Reads the file as far as the answer may hold it. Raises what reading it raises."""
    address = f"{exchange.base_url}{REST}{write_request(operation).path}"
    data = await _read(blob, exchange.inline_bytes)
    if data is None:
        note = (
            f"The file is larger than the {exchange.inline_bytes} bytes an answer may hold. "
            f"Get it by GET {address} with your API key in the header X-API-KEY."
        )
        link = types.ResourceLink(uri=address, name=blob.file_name, mime_type=blob.media_type, size=blob.size)
        return _result(exchange, _description(blob, blob.size, note), link)
    encoded = exchange.place(b'"' + b64encode(data) + b'"')
    return _result(exchange, _description(blob, len(data)), _content(blob, encoded, address))


def _description(blob: Blob, size: int | None, note: str | UnsetType = UNSET) -> FileDescription:
    return FileDescription(media_type=blob.media_type, file_name=blob.file_name, size=size, note=note)


def _result(exchange: Exchange, description: FileDescription, content: types.ContentBlock) -> types.CallToolResult:
    body = msgspec.json.encode(description)
    text = types.TextContent(text=body.decode())
    return types.CallToolResult(content=[text, content], structured_content={exchange.place(body): 0})


def _content(blob: Blob, encoded: str, address: str) -> types.ContentBlock:
    if blob.media_type in _PICTURES:
        return types.ImageContent(data=encoded, mime_type=blob.media_type)
    if blob.media_type.startswith("audio/"):
        return types.AudioContent(data=encoded, mime_type=blob.media_type)
    resource = types.BlobResourceContents(uri=address, mime_type=blob.media_type, blob=encoded)
    return types.EmbeddedResource(resource=resource)


async def _read(blob: Blob, most: int) -> bytes | None:
    """The bytes, or None when there are more than `most`. The source is closed either way."""
    pieces: list[bytes] = []
    size = 0
    try:
        if blob.size is not None and blob.size > most:
            return None
        async for piece in blob.chunks:
            size += len(piece)
            if size > most:
                return None
            pieces.append(piece)
    finally:
        close = getattr(blob.chunks, "aclose", None)
        if close is not None:
            await close()
    return b"".join(pieces)
