"""How an owner proves that it wrote server.json, before anybody sends it the token.

A process that got hold of the port after the owner died must not be handed the token. So the client asks
`GET /owner?nonce=...` and the owner answers HMAC-SHA256(token, nonce and port). The port is in it so that a false owner
cannot pass the question on to the true one.
"""

import hmac
import os

PATH = "/owner"
NONCE_LENGTH = 64
"""Hexadecimal digits."""


def new_secret() -> str:
    """256 random bits as hexadecimal digits: a token or a nonce."""
    return os.urandom(32).hex()


def is_nonce(text: str) -> bool:
    """Whether `text` has the form of a nonce."""
    return len(text) == NONCE_LENGTH and all(digit in "0123456789abcdef" for digit in text)


def prove(token: str, nonce: str, port: int) -> str:
    """What the owner with this token, listening on this port, answers to the nonce."""
    return hmac.new(token.encode(), f"{nonce}:{port}".encode(), "sha256").hexdigest()


def is_proven(token: str, nonce: str, port: int, answer: object) -> bool:
    """Whether the answer is the owner's."""
    return isinstance(answer, str) and hmac.compare_digest(prove(token, nonce, port).encode(), answer.encode())
