"""Reading a request's body under a cap."""

from collections.abc import AsyncIterator

from starlette.types import Message, Receive, Scope

from trunkline.model.errors import CallerError, MalformedRequest
from trunkline.surfaces.door.headers import value_of
from trunkline.surfaces.door.json_depth import MAX_DEPTH, is_too_deep

MAX_JSON_BYTES = 1024 * 1024
MAX_MCP_BYTES = 4 * 1024 * 1024


class BodyTooLarge(CallerError):
    """The body is larger than this route takes. Send large files to POST /api/v1/uploads and name the upload."""

    status = 413
    type = "errors/content_too_large"
    title = "Content too large"


class WrongContentType(CallerError):
    """This route takes the content type application/json alone."""

    status = 415
    type = "errors/unsupported_media_type"
    title = "Unsupported media"


class ClientGone(Exception):
    """The client ended the connection before its request was whole. Nobody is there to be answered."""


async def chunks_of(scope: Scope, receive: Receive, most: int) -> AsyncIterator[bytes]:
    """The body piece by piece, real bytes counted. Raises BodyTooLarge, ClientGone."""
    _check_announced(scope, most)
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientGone
        piece = message.get("body", b"")
        size += len(piece)
        if size > most:
            raise BodyTooLarge(_too_large(most))
        if piece:
            yield piece
        if not message.get("more_body", False):
            return


async def read_body(scope: Scope, receive: Receive, most: int) -> bytes:
    """The whole body. Raises BodyTooLarge, ClientGone."""
    pieces = [piece async for piece in chunks_of(scope, receive, most)]
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


async def read_json(scope: Scope, receive: Receive, most: int) -> bytes:
    """The body as JSON text, not yet parsed. Raises WrongContentType, BodyTooLarge, MalformedRequest, ClientGone."""
    if not is_json(scope):
        raise WrongContentType
    text = await read_body(scope, receive, most)
    if is_too_deep(text):
        raise MalformedRequest(f"The JSON is nested more than {MAX_DEPTH} deep. Send it flatter.")
    return text


def is_json(scope: Scope) -> bool:
    """Whether the one Content-Type is application/json."""
    return (value_of(scope, b"content-type") or "").partition(";")[0].strip().lower() == "application/json"


def replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives a body which was read before, then what else comes."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def give() -> Message:
        return left.pop() if left else await receive()

    return give


def _check_announced(scope: Scope, most: int) -> None:
    announced = value_of(scope, b"content-length")
    if announced is not None and announced.isdigit() and int(announced) > most:
        raise BodyTooLarge(_too_large(most))


def _too_large(most: int) -> str:
    return f"The body is larger than the {most} bytes this route takes. Large files go to POST /api/v1/uploads."
