"""Which Host and Origin a request may name. Exact values only: a pattern such as `localhost:*` lets `localhost:9.evil` in.

Source: security.md 2.2. Without this a web page could talk to a server on the same machine (DNS rebinding).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from trunkline.model.errors import CallerError

_NAME = r"(?:\[(?P<v6>[0-9a-f:.]{2,45})\]|(?P<name>[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?))(?::(?P<port>[0-9]{1,5}))?"
HOST = re.compile(rf"{_NAME}\Z")
ORIGIN = re.compile(rf"(?P<scheme>https?)://{_NAME}\Z")
DEFAULT_PORTS = {"http": 80, "https": 443}
LOOPBACK = ("127.0.0.1", "localhost", "::1")

HostAndPort = tuple[str, int]
Origin = tuple[str, str, int]
Read = TypeVar("Read")


class WrongHost(CallerError):
    """This server does not answer to that host name. Its owner can add it with the setting allowed_hosts."""

    status = 421
    title = "Misdirected request"


class WrongOrigin(CallerError):
    """Web pages of that origin may not use this server. Its owner can add it with the setting allowed_origins."""

    status = 403
    type = "errors/insufficient_permissions"
    title = "Origin not allowed"


@dataclass(frozen=True)
class Allowed:
    """Whom a request may be addressed to, and which pages it may come from."""

    hosts: frozenset[HostAndPort]
    origins: frozenset[Origin]

    def check(self, hosts: Sequence[bytes], origins: Sequence[bytes]) -> None:
        """Raises WrongHost or WrongOrigin. A request without Origin comes from no web page."""
        if len(hosts) != 1 or _read_host(hosts[0].decode("latin-1")) not in self.hosts:
            raise WrongHost
        if origins and (len(origins) != 1 or _read_origin(origins[0].decode("latin-1")) not in self.origins):
            raise WrongOrigin

    @property
    def host_values(self) -> tuple[str, ...]:
        """The hosts as header values, for a second check behind this one."""
        return tuple(value for host, port in sorted(self.hosts) for value in _values(host, port))

    @property
    def origin_values(self) -> tuple[str, ...]:
        """The origins as header values."""
        return tuple(
            f"{scheme}://{value}"
            for scheme, host, port in sorted(self.origins)
            for value in _values(host, port, DEFAULT_PORTS[scheme])
        )


def allow(port: int, address: str, hosts: Iterable[str], origins: Iterable[str]) -> Allowed:
    """Loopback, the address listened on and the hosts and origins of the settings. Raises ValueError naming a wrong one.

    hosts: `name` or `name:port`, as the Host header has it. origins: `https://name` or `https://name:port`.
    """
    own = {(name, port) for name in (*LOOPBACK, address) if name not in ("0.0.0.0", "::")}
    named = {_require(_read_host(host.lower()), host) for host in hosts}
    pages = {_require(_read_origin(origin.lower()), origin) for origin in origins}
    return Allowed(frozenset(own | named), frozenset(pages | {("http", name, number) for name, number in own}))


def _read_host(value: str) -> HostAndPort | None:
    found = HOST.match(value.lower())
    return (found["v6"] or found["name"], int(found["port"] or 80)) if found else None


def _read_origin(value: str) -> Origin | None:
    found = ORIGIN.match(value.lower())
    if found is None:
        return None
    scheme = found["scheme"]
    return scheme, found["v6"] or found["name"], int(found["port"] or DEFAULT_PORTS[scheme])


def _values(host: str, port: int, default_port: int = 80) -> tuple[str, ...]:
    name = f"[{host}]" if ":" in host else host
    return (f"{name}:{port}", name) if port == default_port else (f"{name}:{port}",)


def _require(read: Read | None, text: str) -> Read:
    if read is None:
        raise ValueError(text)
    return read
