"""A socket that listens on a free port."""

import socket


def listener() -> socket.socket:
    """On the loopback. IPPROTO_TCP is named because asyncio turns Nagle's delay off only where it is."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.bind(("127.0.0.1", 0))
    found.listen()
    return found
