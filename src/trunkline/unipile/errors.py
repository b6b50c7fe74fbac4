"""Their errors as ours, the reason kept. Branches on `type` alone, as the contract advises (unipile-v1 4.1, 4.2)."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from trunkline.model import errors
from trunkline.model.errors import (
    CallerError,
    KeyRefused,
    NetworkFailed,
    NotPossible,
    NotReached,
    OutcomeUnknown,
    TrunklineError,
)

_OUR_KEY = frozenset({"", "missing_credentials", "invalid_credentials", "insufficient_privileges"})
"""Types of 401 that speak of our key, not of the account; also no type at all, as a proxy in between would answer."""

_NEVER_BEGAN = frozenset({"no_client_session", "no_channel", "no_handler", "network_down"})
"""Types of 503 after which nothing was done, for certain. `service_unavailable` may come from anything in between."""

_BY_TYPE: Mapping[str, type[TrunklineError]] = {
    "invalid_parameters": errors.InvalidArgument,
    "missing_parameters": errors.MissingArgument,
    "malformed_request": errors.MalformedRequest,
    "limit_too_high": errors.InvalidArgument,
    "invalid_action": errors.InvalidAction,
    "invalid_label": errors.InvalidLabel,
    "content_too_large": errors.TooLarge,
    "too_many_characters": errors.TooLong,
    "insufficient_permissions": errors.NoRights,
    "resource_access_restricted": errors.NoRights,
    "account_restricted": errors.Restricted,
    "account_mismatch": errors.WrongAccount,
    "feature_not_subscribed": errors.NotSubscribed,
    "subscription_required": errors.NotSubscribed,
    "action_required": errors.Restricted,
    "unsupported_media_type": errors.MediaRefused,
    "invalid_message": errors.NotPossible,
    "no_connection_with_recipient": errors.NoConnection,
    "invalid_recipient": errors.InvalidRecipient,
    "insufficient_credits": errors.NoCredits,
    "cant_send_message": errors.ReadOnlyChat,
    "limit_exceeded": errors.Throttled,
    "too_many_requests": errors.Throttled,
    "feature_not_implemented": errors.Unsupported,
    "no_client_session": errors.NoSession,
}

_BY_STATUS: Mapping[int, type[TrunklineError]] = {
    400: CallerError,
    401: errors.Disconnected,
    403: errors.NotAllowed,
    413: errors.TooLarge,
    415: errors.MediaRefused,
    429: errors.Throttled,
    501: errors.Unsupported,
}

MOST_WORDS = 400


class _Body(Struct):
    type: Any = None
    title: Any = None
    detail: Any = None

    @property
    def kind(self) -> str:
        return self.type.removeprefix("errors/") if isinstance(self.type, str) else ""

    @property
    def is_of_the_api(self) -> bool:
        """Whether the API itself speaks, not a proxy in front of it."""
        return isinstance(self.type, str) or isinstance(self.title, str)


def error_of(status: int, body: bytes, retry_after_ms: int | None, missing: TrunklineError) -> TrunklineError:
    """Our error for an answer that is no success. missing: what a 404 means here."""
    told = _read(body)
    if status == 404:
        return missing
    if status == 401 and told.kind in _OUR_KEY:
        return KeyRefused()
    if status >= 500 and status != 501 and told.kind not in _BY_TYPE:
        return _failed(status, told)
    if 300 <= status < 400:
        return NotReached(
            "The Unipile server redirects elsewhere, so the DSN is not that of its API. Nothing was done; "
            "add the connection anew with the right one."
        )
    kind = _BY_TYPE.get(told.kind) or _BY_STATUS.get(status, NotPossible)
    return kind(_words(status, told), retry_after_ms=retry_after_ms)


def never_began(status: int, body: bytes) -> bool:
    """Whether an answer says that nothing was done and a repeat may help."""
    return status == 503 and _read(body).kind in _NEVER_BEGAN


def _failed(status: int, told: _Body) -> TrunklineError:
    """Behind their door something broke."""
    if status == 503:
        return NotReached(f"{_words(status, told)} Try again later.")
    if status == 504:
        return OutcomeUnknown(f"{_words(status, told)} It may have been done: look before you repeat it.")
    return NetworkFailed(f"{_words(status, told)} Try again later.")


def lost_answer(status: int, body: bytes) -> str:
    """A sentence on an answer after which a write may have been done."""
    return _words(status, _read(body))


def _words(status: int, told: _Body) -> str:
    """Title and detail as the server gave them, as sentences, at a length that an error may have."""
    if not told.is_of_the_api:
        return f"Something in front of the Unipile server, such as a proxy, answered {status} in its place."
    words = [" ".join(text.split()) for text in (told.title, told.detail) if isinstance(text, str) and text.strip()]
    said = " ".join(f"{text.rstrip('.')}." for text in words)
    return f"Unipile: {said or 'refused, without a reason.'}"[:MOST_WORDS]


def _read(body: bytes) -> _Body:
    """The envelope; an answer of something in between (a proxy's page) says nothing."""
    try:
        return msgspec.json.decode(body, type=_Body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _Body()
