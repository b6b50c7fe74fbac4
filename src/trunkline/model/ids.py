"""Public ids, and the PCIDs of connections.

Public ids: 16 bytes (6 of milliseconds, 10 random) as 22 characters of base64url without padding.

They sort by creation time, hold only `A-Za-z0-9_-` (clients put them into paths unescaped; unipile-v1 2.3) and say nothing
about what they name.
"""

import os
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable

Entropy = Callable[[int], bytes]
"""Gives n random bytes; handed in so that tests repeat."""

PCID_PREFIX = "pc_"
ID_PATTERN = re.compile(r"[A-Za-z0-9_-]{22}\Z")


def new_id(at_ms: int, entropy: Entropy = os.urandom) -> str:
    """A fresh public id for something created at `at_ms` (milliseconds since 1970, UTC)."""
    raw = max(at_ms, 0).to_bytes(8, "big")[2:] + entropy(10)
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def new_pcid(entropy: Entropy) -> str:
    """A fresh PCID: 128 random bits, a name and never a credential."""
    return PCID_PREFIX + urlsafe_b64encode(entropy(16)).rstrip(b"=").decode()


def is_id(text: str) -> bool:
    """Whether `text` has the form of a public id."""
    return ID_PATTERN.match(text) is not None
