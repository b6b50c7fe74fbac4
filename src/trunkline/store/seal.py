"""Encryption at rest: AES-256-GCM under keys derived from the one secret, bound to the place a value belongs to.

A sealed value opens only where it was sealed (table, row and field are authenticated with it): moved to another row it does
not. The secret never lies in the database or in a backup. docs/decisions/0006-sealing.md says why not Fernet and why one
secret.
"""

import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from trunkline.model.errors import StoreUnavailable
from trunkline.model.ids import Entropy

SECRET_BYTES = 32
_VERSION = b"\x01"
_NONCE_BYTES = 12


class SealBroken(Exception):
    """A sealed value does not open: another secret, another place, or it was changed."""


class Seal:
    """Seals and opens; also makes keyed hashes, under keys of their own."""

    def __init__(self, secret: bytes, entropy: Entropy = os.urandom):
        if len(secret) < SECRET_BYTES:
            raise ValueError("the secret is shorter than 32 bytes")
        self._cipher = AESGCM(_derive(secret, b"seal"))
        self._hash_key = _derive(secret, b"hash")
        self._entropy = entropy

    def __repr__(self) -> str:
        return "Seal(...)"

    def close(self, plain: bytes, *place: str) -> bytes:
        """Seal `plain` for one place, such as ("keeper", account id, key)."""
        nonce = self._entropy(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, plain, _bound(place))

    def open(self, sealed: bytes, *place: str) -> bytes:
        """Open what was sealed for this place. Raises SealBroken."""
        if sealed[:1] != _VERSION:
            raise SealBroken("an unknown form of sealing")
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, body, _bound(place))
        except InvalidTag as error:
            raise SealBroken("the value was sealed with another secret or for another place") from error

    def keyed_hash(self, data: bytes, purpose: str) -> bytes:
        """HMAC-SHA-256 under a key of its own for each purpose: 32 bytes."""
        return hmac.digest(self._hash_key, purpose.encode() + b"\0" + data, sha256)


def _derive(secret: bytes, purpose: bytes) -> bytes:
    """HKDF-expand with one block: the secret is uniformly random already."""
    return hmac.digest(secret, b"trunkline " + purpose + b"\x01", sha256)


def _bound(place: tuple[str, ...]) -> bytes:
    """Each part behind its length, so that no two places are the same bytes."""
    return b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in place)


def secret_from_file(path: Path, entropy: Entropy = os.urandom) -> bytes:
    """The secret of a data folder, made at the first start.

    Raises PermissionError when others can read the file, StoreUnavailable when it holds no secret.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise PermissionError(f"{path} can be read by other users. Run: chmod 600 {path}") from None
        return _read_secret(path)
    try:
        with os.fdopen(descriptor, "wb") as file:
            secret = entropy(SECRET_BYTES)
            file.write(urlsafe_b64encode(secret) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)  # half a secret would be refused as damaged at the next start
        raise
    return secret


def _read_secret(path: Path) -> bytes:
    try:
        secret = urlsafe_b64decode(path.read_bytes().strip())
    except ValueError:
        secret = b""
    if len(secret) < SECRET_BYTES:
        raise StoreUnavailable(
            f"{path} is damaged: it must hold {SECRET_BYTES} bytes in base64. Without it what is sealed cannot be opened."
            " Put its copy back; nothing was changed."
        )
    return secret
