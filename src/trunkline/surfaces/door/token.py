"""POST /oauth/token: a key for a short-lived token (OAuth 2.0 client credentials, RFC 6749 4.4). No discovery beside it."""

import base64
import binascii
import hmac
from urllib.parse import parse_qsl, unquote_plus

from starlette.types import Receive, Scope, Send

from trunkline.gateway.caller import Token
from trunkline.model.errors import InvalidCredentials
from trunkline.surfaces.door.answers import json_answer
from trunkline.surfaces.door.body import read_body
from trunkline.surfaces.door.gate import Gate
from trunkline.surfaces.door.headers import value_of, values_of

PATH = "/oauth/token"
MAX_BYTES = 16 * 1024
_FORM = "application/x-www-form-urlencoded"


class OAuthError(Exception):
    """A refusal in the form of RFC 6749 5.2."""

    def __init__(self, status: int, code: str, description: str):
        super().__init__(description)
        self.status = status
        self.code = code
        self.description = description


class TokenRoute:
    """Credentials come as a form or as Basic; `client_id` is the id of a key, `client_secret` its secret or the whole key."""

    def __init__(self, gate: Gate):
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a token, or a refusal as RFC 6749 5.2 writes it."""
        try:
            token = await self._issue(*await _client(scope, receive))
        except OAuthError as error:
            headers = [(b"www-authenticate", b"Basic")] if error.status == 401 else []
            refused = {"error": error.code, "error_description": error.description}
            await json_answer(error.status, refused, headers).send(send)
            return
        granted = {"access_token": token.access_token, "token_type": "Bearer", "expires_in": token.expires_in_s}
        await json_answer(200, granted).send(send)

    async def _issue(self, client_id: str, client_secret: str) -> Token:
        try:
            return await self._gate.issue_token(client_id, client_secret)
        except InvalidCredentials as error:
            raise OAuthError(401, "invalid_client", error.text) from None


async def _client(scope: Scope, receive: Receive) -> tuple[str, str]:
    if (value_of(scope, b"content-type") or "").partition(";")[0].strip().lower() != _FORM:
        raise OAuthError(400, "invalid_request", f"Send the parameters as {_FORM}.")
    text = (await read_body(scope, receive, MAX_BYTES)).decode("utf-8", "replace")
    pairs = parse_qsl(text, keep_blank_values=True)
    form = dict(pairs)
    if len(form) != len(pairs):
        raise OAuthError(400, "invalid_request", "A parameter was sent more than once.")
    if form.get("grant_type") != "client_credentials":
        raise OAuthError(400, "unsupported_grant_type", "grant_type must be client_credentials.")
    basic = values_of(scope, b"authorization")
    if basic:
        found = _read_basic(basic)
        if "client_secret" in form or not hmac.compare_digest(form.get("client_id", found[0]).encode(), found[0].encode()):
            raise OAuthError(400, "invalid_request", "The client is named twice. Send Basic or the form, not both.")
        return found
    client_id, client_secret = form.get("client_id"), form.get("client_secret")
    if not client_id or not client_secret:
        raise OAuthError(401, "invalid_client", "client_id and client_secret are needed: the id and secret of a key.")
    return client_id, client_secret


def _read_basic(values: list[bytes]) -> tuple[str, str]:
    scheme, _, encoded = values[0].decode("latin-1").partition(" ")
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        text = ""
    client_id, colon, client_secret = text.partition(":")
    if len(values) != 1 or scheme.lower() != "basic" or not colon:
        raise OAuthError(401, "invalid_client", "The header Authorization must be Basic with client id and secret.")
    return unquote_plus(client_id), unquote_plus(client_secret)
