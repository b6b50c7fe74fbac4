"""The outermost app: nothing is reached around it, and nothing leaves it but what a surface meant to say."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trunkline.model.errors import OutcomeUnknown, ShuttingDown, TrunklineError
from trunkline.surfaces.door.answers import Answer, CutShort
from trunkline.surfaces.door.body import ClientGone
from trunkline.surfaces.door.credentials import refuse_in_query
from trunkline.surfaces.door.errors import NoRoute, error_answer, log_unexpected, unexpected_answer
from trunkline.surfaces.door.headers import trim, values_of
from trunkline.surfaces.door.hosts import Allowed

Life = Callable[[], AbstractAsyncContextManager[None]]
"""What a surface needs to be running while the server does."""

_OURS = frozenset({501, 503, 504, 507})
"""Statuses from 500 on that a surface may mean. Any other is a framework's cry and leaves as a plain 503."""

ENDED = "The server was told to end while this call ran; it may have been carried out. Look before you repeat it."

log = logging.getLogger(__name__)


class Door:
    """Host and Origin, trimmed headers, no credentials in URLs, a route or 404, and one shape for every failure."""

    def __init__(
        self, allowed: Allowed, exact: Mapping[str, ASGIApp], below: Mapping[str, ASGIApp], lives: Sequence[Life] = ()
    ):
        """exact: paths. below: prefixes that end in a slash. lives: entered before the first request."""
        self._allowed = allowed
        self._exact = exact
        self._below = below
        self._lives = lives
        self.is_closing = False
        """Set when the server stops: what comes from then on is told to come again."""
        self._running: set[asyncio.Task[object]] = set()
        self._is_cut = False

    def cut(self) -> None:
        """End what still runs: each request is answered that nobody knows what came of it."""
        self._is_cut = True
        for task in self._running:
            task.cancel()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the server's life."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            task = asyncio.current_task()
            assert task is not None
            self._running.add(task)
            try:
                await self._answer({**scope, "headers": trim(scope["headers"])}, receive, Exit(send))
            finally:
                self._running.discard(task)

    async def _answer(self, scope: Scope, receive: Receive, exit_: "Exit") -> None:
        path: str = scope["path"]
        try:
            self._allowed.check(values_of(scope, b"host"), values_of(scope, b"origin"))
            if self.is_closing:
                raise ShuttingDown
            refuse_in_query(scope)
            await self._app_for(path)(scope, receive, exit_)
        except ClientGone:
            return
        except CutShort:
            raise
        except asyncio.CancelledError:
            if not self._is_cut:
                raise
            await exit_.send_instead(error_answer(OutcomeUnknown(ENDED), path))
        except TrunklineError as error:
            await exit_.send_instead(error_answer(error, path))
        except Exception as error:
            log_unexpected(log, f"{scope['method']} {self._route_name(path)}", error)
            await exit_.send_instead(unexpected_answer(path))

    def _app_for(self, path: str) -> ASGIApp:
        if path in self._exact:
            return self._exact[path]
        for prefix, app in self._below.items():
            if path.startswith(prefix):
                return app
        raise NoRoute

    def _route_name(self, path: str) -> str:
        """The part of the path that holds no ids: those may be names of people and do not belong into a log."""
        return next((prefix for prefix in self._below if path.startswith(prefix)), path if path in self._exact else "?")

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with AsyncExitStack() as stack:
            try:
                for life in self._lives:
                    await stack.enter_async_context(life())
            except Exception as error:
                log_unexpected(log, "start", error)
                await send({"type": "lifespan.startup.failed"})
                return
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


class Exit:
    """The way out of a request: remembers whether an answer has begun, and holds back a framework's 500."""

    def __init__(self, send: Send):
        self._send = send
        self._has_begun = False
        self._swallows = False

    async def __call__(self, message: Message) -> None:
        """Pass a message on."""
        if message["type"] == "http.response.start":
            if message["status"] >= 500 and message["status"] not in _OURS:
                self._swallows = True
                await self.send_instead(unexpected_answer(""))
                return
            self._has_begun = True
        if not self._swallows:
            await self._send(message)

    async def send_instead(self, answer: Answer) -> None:
        """Send this answer, unless another has begun: then the connection is cut, so that no half passes for a whole."""
        if self._has_begun:
            raise CutShort from None
        self._has_begun = True
        await answer.send(self._send)
