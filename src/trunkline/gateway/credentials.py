"""API keys, tokens and PCIDs as texts: how they are made, taken apart and hashed.

    tl_<key id>_<secret>    an API key; the id is no secret, the secret has 256 random bits
    tlt_<secret>            a token of POST /oauth/token
    pc_<name>               a PCID: 128 random bits, a name and never a credential

Hashes are keyed (HMAC), so a stolen database alone is of no use for guessing.
"""

import hmac
from base64 import urlsafe_b64encode
from typing import NamedTuple

from trunkline.model import ids
from trunkline.model.ids import Entropy
from trunkline.store.seal import Seal

KEY_PREFIX = "tl_"
TOKEN_PREFIX = "tlt_"
PCID_PREFIX = ids.PCID_PREFIX
_KEY_ID_BYTES = 8
_SECRET_BYTES = 32
_MOST = 200
"""Characters that a key or token can have at most; longer texts are not even hashed."""


class KeyText(NamedTuple):
    """An API key taken apart."""

    key_id: str
    secret: str

    def __str__(self) -> str:
        return f"{KEY_PREFIX}{self.key_id}_{self.secret}"


def new_key(entropy: Entropy) -> KeyText:
    """A fresh API key."""
    return KeyText(entropy(_KEY_ID_BYTES).hex(), _random_text(entropy, _SECRET_BYTES))


def new_token(entropy: Entropy) -> str:
    """A fresh token."""
    return TOKEN_PREFIX + _random_text(entropy, _SECRET_BYTES)


def new_pcid(entropy: Entropy) -> str:
    """A fresh PCID."""
    return ids.new_pcid(entropy)


def is_token(text: str) -> bool:
    """Whether a credential has the form of a token."""
    return text.startswith(TOKEN_PREFIX) and len(text) <= _MOST


def take_apart(text: str) -> KeyText | None:
    """The parts of an API key, None where a text is none."""
    if not text.startswith(KEY_PREFIX) or len(text) > _MOST:
        return None
    key_id, underscore, secret = text.removeprefix(KEY_PREFIX).partition("_")
    well_formed = underscore and secret and key_id.isascii() and key_id.isalnum()
    return KeyText(key_id, secret) if well_formed else None


def key_hash(seal: Seal, key: KeyText) -> bytes:
    """What is kept of an API key. Bound to its id."""
    return seal.keyed_hash(str(key).encode("utf-8", "replace"), "api key")


def token_hash(seal: Seal, token: str) -> bytes:
    """What is kept of a token."""
    return seal.keyed_hash(token.encode("utf-8", "replace"), "token")


def matches(kept: bytes | None, offered: bytes) -> bool:
    """Whether the hashes are equal, in a time that tells nothing; an unknown key (None) takes as long as a wrong one."""
    equal = hmac.compare_digest(kept if kept is not None else bytes(len(offered)), offered)
    return equal and kept is not None


def _random_text(entropy: Entropy, count: int) -> str:
    return urlsafe_b64encode(entropy(count)).rstrip(b"=").decode()
