"""Runs the door on uvicorn until it is told to end."""

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

import uvicorn

from trunkline.surfaces.door.connection import HttpConnection
from trunkline.surfaces.door.door import Door

GRACE_S = 6
"""How long running calls may take to end; with what comes after, an orderly stop stays under ten seconds."""

KEEP_ALIVE_S = 75
"""Pipes keep connections for 50 s, so it is always they who close an idle one."""


LAST_ANSWERS_S = 4.5
"""After this time of them what still runs is told that its outcome is not known."""


class Running(uvicorn.Server):
    """uvicorn, stopped by us rather than by its own signal handlers, which end the process by the signal again."""

    def __init__(self, door: Door, on_ready: Callable[[], Awaitable[None]], on_stop: Callable[[], None]):
        """on_stop: asks those who wait for something to make do with what they know."""
        super().__init__(
            uvicorn.Config(
                door,
                http=HttpConnection,
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=GRACE_S,
            )
        )
        self._door = door
        self._on_ready = on_ready
        self._failure: Exception | None = None
        self._on_stop = on_stop

    def stop(self) -> None:
        """Take no more requests, finish those that run, end."""
        if not self._door.is_closing:
            self._door.is_closing = True
            self._on_stop()
            asyncio.get_running_loop().call_later(LAST_ANSWERS_S, self._door.cut)
        self.should_exit = True

    def interrupt(self) -> None:
        """The same by Ctrl-C; a second one ends at once."""
        self.force_exit = self.should_exit
        self.stop()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, then say so."""
        await super().startup(sockets)
        if not self.should_exit:
            try:
                await self._on_ready()
            except Exception as error:  # raised once everything has ended in order
                self._failure, self.should_exit = error, True

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer until stopped. Raises what the announcement raised, after the end."""
        await super().serve(sockets)
        if self._failure is not None:
            raise self._failure

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGTERM and SIGINT stop in order."""
        loop = asyncio.get_running_loop()
        for number, action in ((signal.SIGTERM, self.stop), (signal.SIGINT, self.interrupt)):
            with suppress(NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread
                loop.add_signal_handler(number, action)
        yield


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The event loop that uvicorn would take: uvloop where there is one."""
    return uvicorn.Config(app="", loop="auto", log_config=None).get_loop_factory()
