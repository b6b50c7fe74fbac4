"""The sockets that the server listens on."""

import errno
import socket

LOOPBACK = "127.0.0.1"
_EVERYWHERE = frozenset({"0.0.0.0", "::", ""})


class PortTaken(OSError):
    """Something else listens there."""


def open_sockets(host: str, port: int) -> list[socket.socket]:
    """Listening sockets: for the address, and for the loopback where the address does not cover it.

    Stdio processes and commands find the server on the loopback, whatever else it listens on. port 0 takes a free one, the
    same for both. Raises PortTaken, or OSError when the address is not one of this machine.
    """
    first = _bind(host, port)
    if host in _EVERYWHERE or host == LOOPBACK:
        return [first]
    try:
        return [first, _bind(LOOPBACK, port_of(first))]
    except OSError:
        first.close()
        raise


def port_of(bound: socket.socket) -> int:
    """The port of a bound socket."""
    return int(bound.getsockname()[1])


def _bind(host: str, port: int) -> socket.socket:
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, _, _, _, address = found[0]
    # IPPROTO_TCP is named because asyncio turns off Nagle's delay only for sockets that say so: else each call waits 44 ms.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1 if host not in _EVERYWHERE else 0)
        bound.bind(address)
        bound.listen(1024)  # already here: a taken port must show before anything is opened
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(error.errno, error.strerror) from None
        raise
    return bound
