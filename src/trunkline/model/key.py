"""API keys as an administrator sees them. The secret is shown once, when the key is made."""

from typing import Literal

from msgspec import Struct


class Key(Struct, frozen=True, kw_only=True):
    """One key. Its id is no secret: it is the `client_id` of POST /oauth/token."""

    object: Literal["Key"] = "Key"
    id: str
    name: str
    principal: str
    admin: bool
    pcid: str | None
    """The connection it uses on REST when the request names none."""
    created_at: str
    expires_at: str | None
    last_used_at: str | None
    stopped: bool = False


class KeyCreated(Struct, frozen=True, kw_only=True):
    """A new key and its secret."""

    object: Literal["KeyCreated"] = "KeyCreated"
    key: Key
    api_key: str
    """`tl_<key id>_<secret>`. It is kept hashed and cannot be shown again."""


class KeyList(Struct, frozen=True, kw_only=True):
    """A page of keys that were not revoked, oldest first."""

    object: Literal["KeyList"] = "KeyList"
    items: tuple[Key, ...]
    cursor: str | None = None


class KeyRevoked(Struct, frozen=True, kw_only=True):
    """The key and its tokens no longer work."""

    object: Literal["KeyRevoked"] = "KeyRevoked"
    key_id: str
