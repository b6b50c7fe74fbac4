"""Pages for people: what every one of them says to a browser, and the files they are made of. Source: security.md 5.4.

No script but our own file runs, nothing is framed, nothing is loaded from elsewhere, nothing is kept, no address is passed on.
"""

from collections.abc import Mapping
from pathlib import Path

from starlette.types import Receive, Scope, Send

from trunkline.surfaces.door.answers import SAFE, Answer
from trunkline.surfaces.door.errors import NoRoute

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""No form is sent by the browser itself: our script reads it and sends JSON."""
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    *SAFE,
)
_TYPES = {".css": b"text/css; charset=utf-8", ".js": b"text/javascript; charset=utf-8", ".svg": b"image/svg+xml"}


def page_answer(status: int, html: str) -> Answer:
    """A page."""
    return Answer(status, ((b"content-type", b"text/html; charset=utf-8"), *HEADERS), html.encode())


def go_on(url: str) -> Answer:
    """To another address."""
    return Answer(303, ((b"location", url.encode("ascii", "ignore")), *HEADERS), b"")


class Files:
    """The files beside a page's code, read once."""

    def __init__(self, folder: Path):
        self._answers: Mapping[str, Answer] = {
            path.name: Answer(200, ((b"content-type", _TYPES[path.suffix]), *HEADERS), path.read_bytes())
            for path in sorted(folder.iterdir())
            if path.suffix in _TYPES
        }

    def answer(self, name: str) -> Answer:
        """The file of that name. Raises NoRoute."""
        found = self._answers.get(name)
        if found is None:
            raise NoRoute
        return found


class OneFile:
    """An ASGI app that gives one answer."""

    def __init__(self, answer: Answer):
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """200."""
        await self._answer.send(send)
