"""Authorization keys: what a client encrypts with, and who is logged in by it."""

import os
from dataclasses import dataclass, field

from telethon.crypto import AuthKey


@dataclass
class Key:
    """A key both sides know. user: who is logged in by it. pending: who still has to give the password.

    data_center: the only one where it is known.
    """

    data: bytes = field(repr=False)
    data_center: int = 2
    user: int | None = None
    pending: int | None = None
    phone: str | None = None
    code_hash: str | None = None
    srp: tuple[int, int] | None = field(default=None, repr=False)
    """(id, secret exponent) of the password question that was asked last."""
    parts: dict[int, dict[int, bytes]] = field(default_factory=dict, repr=False)
    """Uploaded parts of files, by file and number."""

    @property
    def id(self) -> int:
        """By what the client names it."""
        return int(AuthKey(self.data).key_id)


def new_key() -> Key:
    """A key, as if client and server had exchanged it."""
    return Key(os.urandom(256))
