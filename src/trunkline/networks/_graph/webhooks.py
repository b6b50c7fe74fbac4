"""What Meta sends to a callback address: the challenge that proves the address, and posts signed over their raw body.

Source: developers.facebook.com/docs/graph-api/webhooks/getting-started, seen 2026-11-22: GET with `hub.mode=subscribe`,
`hub.verify_token` and `hub.challenge`, to be answered by the challenge; POST with `X-Hub-Signature-256: sha256=` and the HMAC
of the body with the app secret. A post has no time and no number of its own: Repeats tells what was taken already.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping

from trunkline.contract.connector import Posted
from trunkline.model.times import Clock

SIGNATURE = "x-hub-signature-256"
REFUSED = Posted(status=403, body=b"The verify token is not one of this server.")
REMEMBERED_MS = 3_600_000
REMEMBERED_MOST = 20_000
_CHALLENGE_MOST = 1_000


def challenged(query: Mapping[str, str], tokens: Iterable[str]) -> tuple[Posted, str | None]:
    """The answer to a challenge, and the verify token that it was made with; every token is compared, whichever fits."""
    given = query.get("hub.verify_token", "").encode()
    found = None
    for token in tokens:
        if hmac.compare_digest(token.encode(), given) and token:
            found = token
    if query.get("hub.mode") != "subscribe" or found is None:
        return REFUSED, None
    return Posted(status=200, body=query.get("hub.challenge", "")[:_CHALLENGE_MOST].encode()), found


def secrets_of(headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> frozenset[str]:
    """Which of these app secrets a post was signed with; each is tried, in the same time whichever fits."""
    given = headers.get(SIGNATURE, "").encode("latin-1", "replace")
    return frozenset(secret for secret in secrets if secret and hmac.compare_digest(signature(secret, body).encode(), given))


def signature(secret: str, body: bytes) -> str:
    """The header's value for a body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Repeats:
    """The posts of the last hour that were taken whole, by their digest: sent again they store nothing.

    body: with the signature, where several apps may post the same and each is taken for others.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._taken: dict[bytes, int] = {}

    def is_one(self, body: bytes) -> bool:
        """Whether this body was taken."""
        oldest = self._clock() - REMEMBERED_MS
        while self._taken and (len(self._taken) > REMEMBERED_MOST or next(iter(self._taken.values())) < oldest):
            del self._taken[next(iter(self._taken))]
        return hashlib.sha256(body).digest() in self._taken

    def take(self, body: bytes) -> None:
        """It was taken."""
        self._taken[hashlib.sha256(body).digest()] = self._clock()
