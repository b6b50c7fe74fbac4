"""Signing what is posted, by the Standard Webhooks conventions (security.md 6.7; standardwebhooks.com, 2026-11)."""

import base64
import binascii
import hmac
from collections.abc import Sequence

from trunkline.model.ids import Entropy

PREFIX = "whsec_"
KEY_BYTES = 32


def new_secret(entropy: Entropy) -> str:
    """A secret for one endpoint, in the form that its receiver is given."""
    return PREFIX + base64.b64encode(entropy(KEY_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """The key inside a secret. Raises ValueError when it is none of ours; the text does not repeat it."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not secret.startswith(PREFIX) or not 24 <= len(key) <= 64:
        raise ValueError("not a secret in the form whsec_<base64 of 24 to 64 bytes>")
    return key


def sign(keys: Sequence[bytes], message_id: str, timestamp_s: int, body: bytes) -> str:
    """The value of the header `webhook-signature`: one signature for each key that is in force.

    message_id: without a dot. timestamp_s: Unix seconds of this attempt. body: the exact bytes that are sent.
    """
    signed = b"%s.%d.%s" % (message_id.encode(), timestamp_s, body)
    return " ".join("v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys)
