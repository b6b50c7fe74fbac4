"""The Graph API's error envelope as our errors: `{"error": {"code": 190, "error_subcode": 463, "message": ...}}`.

Codes decide, for HTTP's status does not: an expired token and a wrong parameter are both 400. Meta's own words may repeat what
was sent, so that none of them reach a text of ours. An answer with a code is certain, but for the codes that say that Meta
itself failed. Source: developers.facebook.com/docs/graph-api/guides/error-handling, seen 2026-11-22.
"""

from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

from trunkline.model.errors import (
    Disconnected,
    InvalidRecipient,
    NetworkFailed,
    NoRights,
    NotPossible,
    Restricted,
    Throttled,
    TrunklineError,
)

Make = Callable[[], TrunklineError]
Table = Mapping[int, Make]
"""A product's own codes; they win over the general ones."""

CONNECT_AGAIN = "A person must make a new one and connect the account again; retrying will not help."
_TOKEN = (102, 190)
_CALLS = (4, 17, 32, 341, 613, *range(80_000, 80_015))
"""Too many calls: of the app, the user, the page, or the business (80007 is WhatsApp's)."""
_RIGHTS = (3, 10, *range(200, 300))
_FAILED = (1, 2)


class Refused(NotPossible):
    """Meta refuses this, by an error code. Nothing was done."""

    def __init__(self, text: str, *, code: int, subcode: int) -> None:
        super().__init__(text)
        self.code = code
        # There is no object of this id, or none that the token may see.
        self.is_missing = (code, subcode) in ((100, 33), (803, 0))


def error_of(status: int, answer: object, table: Table, *, name: str) -> TrunklineError:
    """Our error for an answer that is none of success. name: the product's, for the sentences."""
    error = answer.get("error") if isinstance(answer, Mapping) else None
    if not isinstance(error, Mapping) or not isinstance(error.get("code"), int):
        return _without_code(status, name)
    code, subcode = int(error["code"]), _number(error.get("error_subcode"))
    made = table.get(code) or _general(name).get(code)
    if made is not None:
        return made()
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return NetworkFailed(f"{name} failed ({code}), and whether it did what was asked is not known.")
    shown = f"{code}.{subcode}" if subcode else str(code)
    return Refused(f"{name} refuses this (Meta's error {shown}). Nothing was changed.", code=code, subcode=subcode)


def each(codes: tuple[int, ...], kind: type[TrunklineError], text: str) -> dict[int, Make]:
    """Part of a table."""
    return {code: partial(kind, text.format(code=code)) for code in codes}


def _general(name: str) -> Table:
    return {
        **each(_TOKEN, Disconnected, f"{name} no longer takes the account's access token ({{code}}). {CONNECT_AGAIN}"),
        **each(_RIGHTS, NoRights, f"The access token lacks the permission for this on {name} ({{code}}). Nothing was changed."),
        **each(_CALLS, Throttled, f"{name} takes no more calls now ({{code}}). Nothing was done; repeat the same call later."),
        **each(
            (368,), Restricted, f"{name} has blocked the account for its policies ({{code}}). A person must look at it there."
        ),
        **each((551,), InvalidRecipient, f"{name}: this person cannot be written to now ({{code}}). Nothing was sent."),
        **each(_FAILED, NetworkFailed, f"{name} failed ({{code}}), and whether it did what was asked is not known."),
    }


def _without_code(status: int, name: str) -> TrunklineError:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Throttled(f"{name} takes no more calls now. Nothing was done; repeat the same call later.")
    if status == HTTPStatus.UNAUTHORIZED:
        return Disconnected(f"{name} does not take the account's access token. {CONNECT_AGAIN}")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status < HTTPStatus.BAD_REQUEST:
        return NetworkFailed(f"{name} answered with something that is no answer (HTTP {status}).")
    return Refused(f"{name} refuses this (HTTP {status}). Nothing was changed.", code=0, subcode=0)


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
