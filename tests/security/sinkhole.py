"""A machine on which every connection lands in one place, wherever it was meant to go: the judge of what is dialled.

The event loop's `sock_connect` is where asyncio hands an address to the system; nothing below it is ours. Each address is
written down and the connection made to a listener on the loopback, which counts what arrives.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from trunkline.hub.outgoing.failures import Unreachable

OPEN = "93.184.216.34"
"""An address of the public internet; nobody is asked there, as everything lands here."""


@dataclass
class Sinkhole:
    """What was dialled, and what arrived."""

    dialled: list[str] = field(default_factory=list)
    connections: int = 0
    arrived: bytes = b""
    names: dict[str, list[Sequence[str]]] = field(default_factory=dict)
    """What a name stands for, look-up by look-up, the last for ever. What is not here the system itself looks up."""

    async def look_up(self, host: str, port: int) -> Sequence[str]:
        """As the server looks a name up."""
        answers = self.names.get(host)
        if answers is not None:
            return answers.pop(0) if len(answers) > 1 else answers[0]
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise Unreachable("The name could not be looked up.") from None
        return list(dict.fromkeys(str(each[4][0]) for each in found))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Count a connection, and say that all is well."""
        self.connections += 1
        self.arrived += await reader.read(65536)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        writer.close()


@asynccontextmanager
async def everything_sinks(patch: pytest.MonkeyPatch) -> AsyncIterator[Sinkhole]:
    """From here on every connection lands in the sinkhole."""
    sinkhole = Sinkhole()
    server = await asyncio.start_server(sinkhole.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    loop: Any = asyncio.get_running_loop()
    connect = loop.sock_connect

    async def sink(sock: socket.socket, address: tuple[Any, ...]) -> None:
        sinkhole.dialled.append(address[0])
        if sock.family is not socket.AF_INET:
            sinkhole.connections += 1
            raise OSError("dialled by IPv6, which ends here")
        await connect(sock, ("127.0.0.1", port))

    patch.setattr(loop, "sock_connect", sink, raising=False)
    try:
        yield sinkhole
    finally:
        server.close()
        await asyncio.sleep(0)
