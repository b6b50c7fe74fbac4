"""How an error looks on the wire: the envelope of unipile-v1 4.1, for every failure, the framework's own among them."""

import logging
import traceback
from collections.abc import Callable, Iterable

from msgspec import UNSET, structs

from trunkline.model.errors import CallerError, TrunklineError
from trunkline.operations.catalog import OperationType
from trunkline.operations.face import face_of
from trunkline.surfaces.door.answers import Answer, json_answer

FAILED = (
    "Trunkline failed at this request. Its log has the reason. "
    "If this was a write, look whether it was carried out before you repeat it."
)


class TooManyCalls(CallerError):
    """Too many calls of yours are running. Nothing was done; repeat the same call in a moment."""

    status = 429
    type = "errors/too_many_requests"
    title = "Too many requests"


class Overloaded(CallerError):
    """The server is busy. Nothing was done; repeat the same call in a moment."""

    status = 503
    type = "errors/service_unavailable"
    title = "Service unavailable"


class NoRoute(CallerError):
    """There is no such route."""

    status = 404
    type = "errors/resource_not_found"
    title = "Resource not found."


class WrongMethod(CallerError):
    """This address takes POST alone."""

    status = 405
    title = "Method not allowed"


class HeadTooLong(CallerError):
    """The request's address and headers have more than 65536 bytes. Nothing was done. Send long values in a body."""

    status = 431
    title = "Header fields too large"


def error_answer(
    error: TrunklineError,
    path: str | None,
    operation: OperationType | None = None,
    more_headers: Iterable[tuple[bytes, bytes]] = (),
    worded: Callable[[str], str] = str,
) -> Answer:
    """The error as an answer. path, operation: what was asked, as far as it is known; the operation has a say in the status.

    worded: puts its sentences into the words of who reads them.
    """
    face = face_of(error, operation)
    detail = UNSET if face.detail is UNSET else worded(face.detail)
    face = structs.replace(face, detail=detail, instance=UNSET if path is None else path)
    headers = list(more_headers)
    if error.retry_after_ms is not None or face.status in (429, 503):
        seconds = max(1, -(-(error.retry_after_ms or 1000) // 1000))
        headers.append((b"retry-after", str(seconds).encode()))
    if face.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if face.status == 405:
        headers.append((b"allow", b"POST"))
    return json_answer(face.status, face, headers)


def unexpected_answer(path: str) -> Answer:
    """What a caller sees of a bug: one plain sentence."""
    return error_answer(TrunklineError(FAILED), path)


def log_unexpected(log: logging.Logger, where: str, error: BaseException) -> None:
    """Write a bug to the log: its kind and where it happened, never its text, which may hold what people wrote."""
    chain: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        frames = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(seen.__traceback__)]
        chain.append("\n".join([type(seen).__qualname__, *frames]))
        seen = seen.__cause__
    log.error("unexpected failure in %s: %s", where, "\ncaused by ".join(chain))
