"""The two routes that answer without credentials: is it alive, and is it the owner of the data folder."""

from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from trunkline.model.errors import InvalidArgument
from trunkline.owner import proof
from trunkline.surfaces.door.answers import json_answer

HEALTH = "/health"


async def health(scope: Scope, receive: Receive, send: Send) -> None:
    """GET /health. Says that the server answers, and nothing about it."""
    await json_answer(200, {"object": "Health", "status": "OK"}).send(send)


class OwnerProof:
    """GET /owner?nonce=...: proves to a local process that this server wrote server.json (owner/proof.py)."""

    def __init__(self, token: str, port: int):
        self._token = token
        self._port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the nonce. Raises InvalidArgument for what is none."""
        nonces = parse_qs(scope["query_string"].decode("latin-1")).get("nonce", [])
        if len(nonces) != 1 or not proof.is_nonce(nonces[0]):
            raise InvalidArgument(f"nonce must be given once: {proof.NONCE_LENGTH} hexadecimal digits.")
        await json_answer(200, {"proof": proof.prove(self._token, nonces[0], self._port)}).send(send)
