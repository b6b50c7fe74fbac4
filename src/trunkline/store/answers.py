"""The answer of a call as the store keeps it: the result's JSON, or an error that can be raised again word for word."""

from typing import Any

import msgspec
from msgspec import Raw, Struct

from trunkline.model import errors
from trunkline.model.errors import TrunklineError


class _Kept(Struct, frozen=True, omit_defaults=True):
    body: Raw = Raw(b"null")
    error: str | None = None
    text: str | None = None
    retry_after_ms: int | None = None
    message_id: str | None = None


def of_result(result: Any) -> bytes:
    """A result."""
    return msgspec.json.encode(_Kept(body=Raw(msgspec.json.encode(result))))


def of_error(error: TrunklineError) -> bytes:
    """An error."""
    return msgspec.json.encode(
        _Kept(error=type(error).__name__, text=error.text, retry_after_ms=error.retry_after_ms, message_id=error.message_id)
    )


def read(answer: bytes) -> bytes:
    """The result's JSON. Raises the error that was kept."""
    kept = msgspec.json.decode(answer, type=_Kept)
    if kept.error is None:
        return bytes(kept.body)
    kind = getattr(errors, kept.error, TrunklineError)
    raise kind(kept.text, retry_after_ms=kept.retry_after_ms, message_id=kept.message_id)


def outcome_in(answer: bytes) -> str:
    """How the audit tells it: `ok`, or the `errors/...` type it ended with."""
    kept = msgspec.json.decode(answer, type=_Kept)
    if kept.error is None:
        return "ok"
    kind: type[TrunklineError] = getattr(errors, kept.error, TrunklineError)
    return kind.type
