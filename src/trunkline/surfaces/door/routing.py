"""Routes that take one method."""

from starlette.types import ASGIApp, Receive, Scope, Send

from trunkline.surfaces.door.errors import NoRoute


class Only:
    """An app for some methods; the others are not found (unipile-v1 4.4)."""

    def __init__(self, methods: frozenset[str], app: ASGIApp):
        self._methods = methods
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what has one of the methods. Raises NoRoute."""
        if scope["method"] not in self._methods:
            raise NoRoute
        await self._app(scope, receive, send)


READ = frozenset({"GET", "HEAD"})
POST = frozenset({"POST"})
