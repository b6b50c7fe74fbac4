"""Looking up a name, once for each connection, away from the threads that the rest of the server waits for."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from trunkline.hub.outgoing.failures import Unreachable

LookUp = Callable[[str, int], Awaitable[Sequence[str]]]
"""The numeric addresses of a name, the preferred one first. Raises Unreachable."""

PARALLEL = 16
"""Names that may be looked up at one time: a name server that does not answer holds a thread."""


class SystemLookUp:
    """The machine's own resolver."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(PARALLEL, "lookup")

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """The addresses of the name. Raises Unreachable."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._threads, _look_up, host, port)
        except (OSError, UnicodeError):
            raise Unreachable("The name could not be looked up.") from None
        return list(dict.fromkeys(found))

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)]
