"""An address that somebody gave, read strictly: what two readers could take for two things is refused, never repaired.

Source: security.md 5.5. Spellings such as `0x7f.1`, `127.1`, `2130706433`, `１２７.0.0.1`, `a@b`, `\\\\host`, `%31` end here;
what a name stands for is judged when it is looked up (way_out.py).
"""

import re
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from trunkline.hub.outgoing.failures import Refused
from trunkline.hub.outgoing.public import is_public
from trunkline.model.errors import InvalidArgument

DEFAULT_PORTS = {"http": 80, "https": 443}
OPEN_PORTS = frozenset({443, 8443})
"""Ports that may be posted to anywhere; others only at a private target that the settings name."""
MOST = 2048
"""Characters of an address."""

_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<path>/[^?#]*)?(?P<query>\?[^#]*)?(?:#.*)?\Z"
)
_WRITTEN = re.compile(r"[!-~]*\Z")
"""Printable ASCII without blanks. A path with other characters is percent-encoded, a name written in its `xn--` form."""
_AUTHORITY = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]{2,45})\]|(?P<name>[A-Za-z0-9_.-]{1,254}))(?::(?P<port>[0-9]{1,5}))?\Z")
_LOCAL = frozenset({"localhost", "local", "internal", "lan", "home", "corp", "intranet", "localdomain"})
"""Last parts of names that lead nowhere on the public internet, `.home.arpa` besides. Source: RFC 6761, 6762, 8375; ICANN's
resolution on `.internal` (2024).
"""
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\Z")
_NUMBER_LIKE = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)\Z")

HostAndPort = tuple[str, int]


@dataclass(frozen=True)
class Target:
    """Where a request goes. Two requests to equal `endpoint`s may share a connection."""

    scheme: str
    host: str
    """Small letters, no trailing dot, no brackets."""
    port: int
    path: str
    """With the query; begins with a slash."""

    @property
    def endpoint(self) -> tuple[str, str, int]:
        """What a connection is made to."""
        return self.scheme, self.host, self.port

    @property
    def host_header(self) -> str:
        """As the Host header has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True)
class Rules:
    """Where posts may go. private: exact hosts with their port that may be private, on any port and without TLS; in small
    letters, IPv6 addresses compressed and without brackets.
    """

    private: frozenset[HostAndPort] = field(default_factory=frozenset)

    def is_private(self, target: Target) -> bool:
        """Whether the settings name it."""
        return (target.host, target.port) in self.private

    def read(self, url: str) -> Target:
        """The target of an address. Raises Refused; nothing is looked up."""
        target = _read(url)
        if self.is_private(target):
            return target
        if target.scheme != "https":
            raise Refused("begins with http; it must begin with https")
        if target.port not in OPEN_PORTS:
            ports = " or ".join(str(port) for port in sorted(OPEN_PORTS))
            raise Refused(f"names the port {target.port}; it must be {ports}")
        if _is_number(target.host) and not is_public(target.host):
            raise Refused("is not an address of the public internet")
        if ("." not in target.host and ":" not in target.host) or _is_local(target.host):
            raise Refused(f"names {target.host}, which is no name of the public internet")
        return target

    def check(self, url: str, parameter: str) -> None:
        """Whether it may be given at all. Raises InvalidArgument, naming the parameter.

        A name is not looked up here: that is done at every connection, as it may change.
        """
        try:
            self.read(url)
        except Refused as error:
            raise InvalidArgument(
                f"{parameter} {error.text}. Give an https address on the public internet, "
                "or name its host:port in the setting private_targets."
            ) from None


def _read(url: str) -> Target:
    if len(url) > MOST:
        raise Refused(f"has {len(url)} characters; at most {MOST} are allowed")
    if not _WRITTEN.match(url):
        raise Refused("holds a blank or a character beyond ASCII; percent-encode the path, and write the name in its xn-- form")
    found = _URL.match(url)
    if found is None or (scheme := found["scheme"].lower()) not in DEFAULT_PORTS:
        raise Refused("is no https address")
    if "#" in url:
        raise Refused("holds a fragment, which no request carries; leave out all from the # on")
    if "@" in found["authority"]:
        raise Refused("holds a user name; leave out all before and with the @")
    host, port = _split(found["authority"])
    path = (found["path"] or "/") + (found["query"] or "")
    return Target(scheme, host, DEFAULT_PORTS[scheme] if port is None else port, path)


def _split(authority: str) -> tuple[str, int | None]:
    """Host and port, the host in the one form that it is known by."""
    found = _AUTHORITY.match(authority)
    port = None if found is None or found["port"] is None else int(found["port"])
    if found is None or (port is not None and not 0 < port <= 65535):
        raise Refused("has no host that can be read, or no port from 1 to 65535")
    if found["v6"] is not None:
        try:
            return IPv6Address(found["v6"]).compressed, port
        except AddressValueError:
            raise Refused("holds an IPv6 address that is none") from None
    return _name(found["name"].lower()), port


def _name(written: str) -> str:
    name = written.removesuffix(".")
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.match(label) for label in labels):
        raise Refused("has no host that can be read")
    if _NUMBER_LIKE.match(labels[-1]):
        try:
            return str(IPv4Address(name))  # four decimal numbers and nothing else
        except AddressValueError:
            raise Refused("writes an IPv4 address in an unusual way; write four decimal numbers") from None
    return name


def _is_number(host: str) -> bool:
    return ":" in host or _NUMBER_LIKE.match(host.rpartition(".")[2]) is not None


def _is_local(host: str) -> bool:
    return host.rpartition(".")[2] in _LOCAL or host == "home.arpa" or host.endswith(".home.arpa")
