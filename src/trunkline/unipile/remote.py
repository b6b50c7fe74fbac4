"""Where a Unipile-v1 API is, and the key that opens it. Kept sealed with the connection."""

import ipaddress
import re
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from trunkline.model.errors import InvalidArgument
from trunkline.store.seal import Seal

_FIELD = "settings"
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")


class Remote(Struct, frozen=True):
    """A base URL without a path, and an access token."""

    base_url: str
    api_key: str

    def __repr__(self) -> str:
        return f"Remote({self.base_url!r}, ...)"


def base_url_of(dsn: str) -> str:
    """The base URL of a DSN as the vendor shows it: `api1.unipile.com:13111`, with or without a scheme.

    Plain http goes to this machine alone, since the key travels in a header. Raises InvalidArgument.
    """
    text = dsn.strip().removesuffix("/")
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        parts, port, host = urlsplit(""), None, ""
    if parts.scheme not in ("http", "https") or not _is_host(host) or not text.isprintable():
        raise InvalidArgument("dsn must be a host and a port such as api1.unipile.com:13111, or an https URL of it.")
    if parts.username is not None or parts.path or parts.query or parts.fragment:
        raise InvalidArgument("dsn must hold nothing but scheme, host and port; the path /api/v1 is added by itself.")
    if parts.scheme == "http" and not _is_loopback(host):
        raise InvalidArgument("dsn is plain http to another machine, which would show the key to others. Use https.")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''}"


def _is_host(host: str) -> bool:
    """A name, or an address of either kind."""
    if ":" in host:
        try:
            return ipaddress.ip_address(host).version == 6
        except ValueError:
            return False
    return _NAME.fullmatch(host) is not None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def seal_remote(seal: Seal, pcid: str, remote: Remote) -> bytes:
    """The remote as the connection's row keeps it."""
    return seal.close(msgspec.json.encode(remote), "connection", pcid, _FIELD)


def open_remote(seal: Seal, pcid: str, sealed: bytes) -> Remote:
    """The remote of a connection's row. Raises SealBroken."""
    return msgspec.json.decode(seal.open(sealed, "connection", pcid, _FIELD), type=Remote)
