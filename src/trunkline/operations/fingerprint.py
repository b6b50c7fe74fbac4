"""The fingerprint of a call: what two calls must have in common to be the same call (security.md 6.2)."""

import hashlib
from typing import Any

import msgspec

from trunkline.model.blob import File
from trunkline.operations.declaration import Operation, name_of


def fingerprint_of(operation: Operation[Any]) -> bytes:
    """SHA-256 over the canonical JSON of the operation's name and arguments; files by hash, size, name and type."""
    arguments = {name: _plain(getattr(operation, name)) for name in operation.__struct_fields__}
    canonical = msgspec.json.encode([name_of(type(operation)), arguments], order="deterministic")
    return hashlib.sha256(canonical).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, File):
        return [hashlib.sha256(value.data).hexdigest(), len(value.data), value.file_name, value.media_type]
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, msgspec.Struct):
        return {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
    return value
