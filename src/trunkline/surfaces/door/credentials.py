"""Whose request it is: an API key in X-API-KEY or as bearer, a token as bearer, or the local user's token."""

import hmac
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.types import Scope

from trunkline.gateway.caller import Caller
from trunkline.model.errors import InvalidCredentials
from trunkline.surfaces.door.gate import Gate
from trunkline.surfaces.door.headers import values_of

IN_QUERY = frozenset(
    {"access_token", "api_key", "api-key", "apikey", "authorization", "bearer", "client_secret", "token", "x-api-key"}
)
"""Query names by which clients elsewhere send credentials. In a URL they end up in logs and histories."""
_IN_QUERY = tuple(name.encode() for name in IN_QUERY)

_BEARER = re.compile(r"bearer +([\x21-\x7e]{1,512})\Z", re.IGNORECASE)
_KEY = re.compile(r"[\x21-\x7e]{1,512}\Z")


@dataclass(frozen=True)
class LocalUser:
    """The user whose data folder this is. A stdio process or command shows the token of server.json."""

    token: str


class Credentials:
    """Tells the caller of a request."""

    def __init__(self, gate: Gate, local_user: LocalUser | None):
        self._gate = gate
        self._local_user = local_user

    async def caller(self, scope: Scope) -> Caller:
        """Who asks. Raises MissingCredentials, InvalidCredentials, TooManyAttempts."""
        secret = _secret(scope)
        local = self._local_user
        if secret is not None and local is not None and hmac.compare_digest(local.token.encode(), secret.encode()):
            return await self._gate.local_user()
        return await self._gate.authenticate(secret)

    def is_local(self, caller: Caller) -> bool:
        """Whether it is the local user."""
        return self._local_user is not None and caller.key_id is None


def refuse_in_query(scope: Scope) -> None:
    """Raises InvalidCredentials when the URL holds credentials."""
    query: bytes = scope["query_string"]
    if b"%" not in query and not any(name in query.lower() for name in _IN_QUERY):  # none, however it is read
        return
    names = {name.lower() for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True)}
    if names & IN_QUERY:
        raise InvalidCredentials(
            "Credentials are not taken from the URL, where logs would keep them. "
            "Send them in the header X-API-KEY or as a bearer token, and make a new key: this one may have been seen."
        )


def _secret(scope: Scope) -> str | None:
    keys = [value.decode("latin-1") for value in values_of(scope, b"x-api-key")]
    bearers = [value.decode("latin-1") for value in values_of(scope, b"authorization")]
    if len(keys) + len(bearers) > 1:
        raise InvalidCredentials("More than one credential was sent. Send one: X-API-KEY or Authorization.")
    if keys:
        found = _KEY.match(keys[0])
        if found is None:
            raise InvalidCredentials
        return found[0]
    if bearers:
        found = _BEARER.match(bearers[0])
        if found is None:
            raise InvalidCredentials("The header Authorization must be `Bearer` and an API key or token.")
        return found[1]
    return None
