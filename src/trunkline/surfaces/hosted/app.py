"""The routes of a link's page: the page itself, its files, whether it has changed, and what a person does on it.

There is no cookie: nothing that a browser sends by itself has any right here, so no other page can use it. What changes
something is a POST of JSON from this page; what reads changes nothing, so that a preview of the link does no harm.
"""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from starlette.types import Receive, Scope, Send

from trunkline.gateway.caller import Caller, Reply
from trunkline.model.errors import MalformedRequest, TrunklineError
from trunkline.model.hosted_link import HostedPage
from trunkline.operations.check import read_arguments
from trunkline.operations.declaration import Operation
from trunkline.operations.face import face_of
from trunkline.operations.hosted import (
    AnswerHostedLogin,
    BeginHostedLogin,
    GetHostedLink,
    LeaveHostedLogin,
    ResendHostedCode,
)
from trunkline.operations.json_names import refuse_repeated
from trunkline.surfaces.door.answers import Answer, json_answer
from trunkline.surfaces.door.body import read_json
from trunkline.surfaces.door.crowd import Crowd
from trunkline.surfaces.door.errors import NoRoute, error_answer
from trunkline.surfaces.door.gate import LinkGate
from trunkline.surfaces.door.headers import values_of
from trunkline.surfaces.door.hosts import WrongOrigin
from trunkline.surfaces.door.pages import Files, go_on, page_answer
from trunkline.surfaces.hosted.page import page_html, refusal_html

BASE = "/hosted/"
BODY_MOST_BYTES = 64 * 1024
_DOES: Mapping[str, type[Operation[Any]]] = {
    "begin": BeginHostedLogin,
    "answer": AnswerHostedLogin,
    "resend": ResendHostedCode,
    "leave": LeaveHostedLogin,
}
_FROM_HERE = (b"same-origin", b"none")


class Hosted:
    """An ASGI app for everything below /hosted/."""

    def __init__(self, gate: LinkGate, crowd: Crowd, wait_ms: int):
        """wait_ms: how long a step may wait for a network, in milliseconds."""
        self._gate = gate
        self._crowd = crowd
        self._wait_ms = wait_ms
        self._files = Files(Path(__file__).parent / "files")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises TrunklineError where a program asks."""
        match scope["method"], scope["path"].removeprefix(BASE).split("/"):
            case "GET", ["static", name]:
                answer = self._files.answer(name)
            case "GET", [token] if token:
                answer = await self._shown(token)
            case "GET", [token, "state"]:
                answer = await self._state(token)
            case "POST", [token, what] if what in _DOES:
                answer = await self._done(token, what, scope, receive)
            case _:
                raise NoRoute
        await answer.send(send)

    async def _shown(self, token: str) -> Answer:
        """The page; a refusal is one too, for it is a person who reads it."""
        try:
            page, version = await self._page(token)
        except TrunklineError as error:
            face = face_of(error, None)
            return page_answer(face.status, refusal_html(face.title, error.text))
        if page.state == "done" and page.bypass and page.success_url is not None:
            return go_on(page.success_url)
        return page_answer(200, page_html(page, version))

    async def _state(self, token: str) -> Answer:
        try:
            page, version = await self._page(token)
        except TrunklineError as error:
            return error_answer(error, None, GetHostedLink)
        return json_answer(200, {"state": page.state, "version": version})

    async def _done(self, token: str, what: str, scope: Scope, receive: Receive) -> Answer:
        if any(value not in _FROM_HERE for value in values_of(scope, b"sec-fetch-site")):
            raise WrongOrigin("This can be sent by the link's own page alone.")
        try:
            caller = await self._gate.link_caller(token)
            given = _object(await read_json(scope, receive, BODY_MOST_BYTES))
            operation = read_arguments(_DOES[what], {**given, "link_id": caller.link_id})
            reply = await self._ask(caller, operation)
        except TrunklineError as error:
            return error_answer(error, None, _DOES[what])
        return json_answer(200, {"state": _read(reply).state})

    async def _page(self, token: str) -> tuple[HostedPage, str]:
        caller = await self._gate.link_caller(token)
        reply = await self._ask(caller, GetHostedLink(link_id=caller.link_id or ""))
        assert isinstance(reply.body, bytes)
        return _read(reply), sha256(reply.body).hexdigest()[:16]

    async def _ask(self, caller: Caller, operation: Operation[Any]) -> Reply:
        with self._crowd.room_for(caller.principal):
            return await self._gate.answer(caller, operation, pcid=None, surface="hosted", wait_ms=self._wait_ms)


def _read(reply: Reply) -> HostedPage:
    assert isinstance(reply.body, bytes)
    return msgspec.json.decode(reply.body, type=HostedPage)


def _object(text: bytes) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(text or b"{}")
    except (msgspec.DecodeError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise MalformedRequest("The body is no JSON object.")
    refuse_repeated(text, value, "The body")
    return value
