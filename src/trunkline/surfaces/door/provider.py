"""What networks send here by themselves, without a key of ours: their signed events, and browsers that come back from a login.

Who may is proven by the road's own code (contract/connector.py); until then nothing is believed, and little is read.
"""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send

from trunkline.surfaces.door.answers import SAFE, Answer
from trunkline.surfaces.door.body import read_body
from trunkline.surfaces.door.errors import NoRoute, Overloaded, WrongMethod

POSTS = "/provider/"
EVENTS = "/events"
RETURNS = "/oauth/return/"
MAX_BYTES = 3 * 1024 * 1024
"""Meta's posts have up to 3 MB. Source: developers.facebook.com, WhatsApp Business Platform, webhooks, seen 2026-11-22."""
MOST = 64
"""Posts that are taken in at the same time; a network repeats what finds no place."""
_LONGEST = 4096
"""Characters of a query that brings a browser back, or of a challenge."""

TakePost = Callable[[Mapping[str, str], bytes], Awaitable[tuple[int, str, bytes]]]
"""Headers and body of a post to status, media type and body of the answer."""
TakeChallenge = Callable[[Mapping[str, str]], Awaitable[tuple[int, str, bytes]]]
"""The query of a challenge to the same."""
TakeReturn = Callable[[Mapping[str, str]], Awaitable[str]]
"""The query that a browser came back with, to a sentence for the person before it."""


class ProviderPosts:
    """POST /provider/ROAD/events, and GET where the network proves the address first."""

    def __init__(self, takers: Mapping[str, TakePost], challenged: Mapping[str, TakeChallenge] | None = None):
        self._takers = takers
        self._challenged = challenged or {}
        self._running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the post to its road as it came. Raises NoRoute, WrongMethod, BodyTooLarge, Overloaded."""
        path: str = scope["path"]
        road = path.removeprefix(POSTS).removesuffix(EVENTS) if path.endswith(EVENTS) else ""
        if scope["method"] == "GET" and road in self._challenged:
            await _say(await self._challenged[road](_query(scope)), send)
            return
        taker = self._takers.get(road)
        if taker is None or (scope["method"] != "POST" and road in self._challenged):
            raise NoRoute
        if scope["method"] != "POST":
            raise WrongMethod
        if self._running >= MOST:
            raise Overloaded
        self._running += 1
        try:
            body = await read_body(scope, receive, MAX_BYTES)
            said = await taker(_headers(scope), body)
        finally:
            self._running -= 1
        await _say(said, send)


class OAuthReturns:
    """GET /oauth/return/ROAD"""

    def __init__(self, takers: Mapping[str, TakeReturn]):
        self._takers = takers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the query to its road; show one sentence. Raises NoRoute."""
        taker = self._takers.get(str(scope["path"]).removeprefix(RETURNS))
        if scope["method"] != "GET" or taker is None:
            raise NoRoute
        said = await taker(_query(scope))
        headers = ((b"content-type", b"text/plain; charset=utf-8"), (b"referrer-policy", b"no-referrer"), *SAFE)
        await Answer(200, headers, said.encode()).send(send)


async def _say(said: tuple[int, str, bytes], send: Send) -> None:
    status, media_type, body = said
    await Answer(status, ((b"content-type", media_type.encode()), *SAFE), body).send(send)


def _query(scope: Scope) -> dict[str, str]:
    return dict(parse_qsl(scope["query_string"][:_LONGEST].decode("latin-1"), keep_blank_values=True))


def _headers(scope: Scope) -> dict[str, str]:
    """By name in lower case. What is sent twice proves nothing: it is left out."""
    names = [name for name, _ in scope["headers"]]
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"] if names.count(name) == 1}
