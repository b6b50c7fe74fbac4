"""What stands between the tests and somebody else's emulator of Slack: everything that emulate 0.12.2 has not, at the wire.

The emulator answers nearly every call, keeps the messages and tells what happens; this adds Socket Mode, `users.conversations`,
times in history, unread counts, the scopes of a token, tokens that are wrong or revoked, throttling, lost requests and answers,
and the order of events. It runs in a thread of its own, so that no task of it is one of the session's.
"""

import asyncio
import json
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

from aiohttp import ClientSession, WSMsgType, web

from trunkline.networks.slack.user_token.fake_reads import Reads
from trunkline.networks.slack.user_token.manifest import USER_SCOPES

T = TypeVar("T")
Json = dict[str, Any]

WRITES = {
    "chat.postMessage": "send",
    "files.completeUploadExternal": "send",
    "chat.update": "edit",
    "chat.delete": "delete",
    "reactions.add": "react",
    "reactions.remove": "react",
    "conversations.open": "start",
    "conversations.invite": "change_member",
    "conversations.kick": "change_member",
    "conversations.mark": "set_chat",
}
FAULTY = frozenset(WRITES) - {"conversations.open"}
"""Calls that the faults of sends are about."""
STALL_S = 15.0
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf500f0003860180"
    "5a347d6b0000000049454e44ae426082"
)


@dataclass
class Fault:
    """Something that goes wrong so many times."""

    left: int
    ms: int = 0


@dataclass
class State:
    """What the front knows. own: the token under test; forgotten: history up to this stamp is out of reach."""

    own: str
    apps: set[str]
    tokens: frozenset[str]
    scopes: tuple[str, ...] = USER_SCOPES
    faults: dict[str, Fault] = field(default_factory=dict)
    record: list[Json] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    delivered: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    held: list[Json] = field(default_factory=list)
    forgotten: str | None = None
    unshown: set[str] = field(default_factory=set)
    """Messages that history does not show the next time that it is read."""
    garbled: dict[str, Json] = field(default_factory=dict)
    """What history says otherwise of messages than it should, by their stamps."""
    unreadable: frozenset[str] = frozenset()
    """Conversations whose history our token may not read."""
    refused: str | None = None
    """Slack's word for why the token under test is no longer taken."""

    def strikes(self, kind: str) -> Fault | None:
        """The fault, if it is to happen now."""
        fault = self.faults.get(kind)
        if fault is None or fault.left < 1:
            return None
        fault.left -= 1
        return fault


class Front:
    """A server on a free port of 127.0.0.1."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.port = 0
        self.backend = ""
        self._sockets: list[web.WebSocketResponse] = []
        self._turn = 0
        self._http: ClientSession | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="slack front", daemon=True)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def is_heard(self) -> bool:
        """Whether a socket is open."""
        return any(not socket.closed for socket in self._sockets)

    def start(self) -> None:
        """Listen."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)

    def stop(self) -> None:
        """Stop listening."""
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something in the front's thread."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def ask(self, token: str, method: str, **form: Any) -> Json:
        """A call to the emulator itself, as anybody."""
        assert self._http is not None
        headers = {"authorization": f"Bearer {token}"}
        async with self._http.post(f"{self.backend}/api/{method}", data=form, headers=headers) as answer:
            found: Json = await answer.json()
            return found

    async def drop(self) -> None:
        """Break all sockets."""
        for socket in self._sockets:
            await socket.close(code=1011)
        self._sockets.clear()

    async def push(self, event: Json, team: str) -> None:
        """Say that something has happened."""
        event_id = f"Ev{uuid4().hex}"
        await self._deliver(
            {"type": "event_callback", "team_id": team, "event_id": event_id, "event_time": 1_795_000_000, "event": event}
        )

    async def say(self, message: Json) -> None:
        """Say something on the sockets that is no event."""
        for socket in self._sockets:
            await socket.send_str(json.dumps(message))

    async def _start(self) -> None:
        self._http = ClientSession()
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/api/{method}", self._api)
        app.router.add_get("/socket", self._socket)
        app.router.add_post("/events", self._happened)
        app.router.add_get("/avatars/{name}", self._avatar)
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]

    async def _stop(self) -> None:
        await self.drop()
        await self._runner.cleanup()
        assert self._http is not None
        await self._http.close()

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method, state = request.match_info["method"], self.state
        form = dict(await request.post())
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        state.calls.append(method)
        if method == "oauth.v2.access":
            return await self._pass_on(request, form)
        if token not in {*state.tokens, *state.apps} and not token.startswith("xoxp-issued"):
            known = await self.ask(token, "auth.test")
            if not known.get("ok"):
                return web.json_response({"ok": False, "error": "invalid_auth" if token else "not_authed"})
        if method == "apps.connections.open":
            if token not in state.apps:
                return web.json_response({"ok": False, "error": "not_allowed_token_type"})
            return web.json_response({"ok": True, "url": f"{self.url.replace('http', 'ws', 1)}/socket"})
        if token == state.own and state.refused:
            return web.json_response({"ok": False, "error": state.refused})
        return await self._carried(request, method, form, token)

    async def _carried(self, request: web.Request, method: str, form: Json, token: str) -> web.StreamResponse:
        state = self.state
        is_faulty = token == state.own and method in FAULTY
        if is_faulty and (fault := state.strikes("rate_limited")):
            return web.json_response(
                {"ok": False, "error": "ratelimited"}, status=429, headers={"retry-after": str(fault.ms // 1000)}
            )
        if is_faulty and state.strikes("lost_request"):
            return _broken_off(request)
        answer = await Reads(self).answer(token, method, form)
        if token == state.own and method in WRITES and answer.get("ok"):
            self._note(method, form, answer)
        if is_faulty and state.strikes("stalled_answer"):
            await asyncio.sleep(STALL_S)
        if is_faulty and state.strikes("lost_answer"):
            return _broken_off(request)
        text = (
            json.dumps(answer).replace(self.backend.replace("127.0.0.1", "localhost"), self.url).replace(self.backend, self.url)
        )
        return web.Response(text=text, content_type="application/json", headers={"x-oauth-scopes": ",".join(state.scopes)})

    def _note(self, method: str, form: Json, answer: Json) -> None:
        text = form.get("initial_comment") if method.startswith("files") else form.get("text")
        command = {**form, "text": text}
        if isinstance(text, str):
            command["text"] = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        chat = form.get("channel") or form.get("channel_id")
        self.state.record.append({"kind": WRITES[method], "chat": chat, "provider_id": answer.get("ts"), "command": command})

    async def _pass_on(self, request: web.Request, form: Json | None = None) -> web.StreamResponse:
        assert self._http is not None
        body: Any = form if form is not None else await request.read()
        headers = {name: request.headers[name] for name in ("authorization", "content-type") if name in request.headers}
        if form is not None:
            headers.pop("content-type", None)
        url = f"{self.backend}{request.rel_url}"
        async with self._http.request(request.method, url, data=body, headers=headers, allow_redirects=False) as answer:
            kept = {name: answer.headers[name] for name in ("location", "content-type") if name in answer.headers}
            return web.Response(body=await answer.read(), status=answer.status, headers=kept)

    async def _avatar(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=PNG, content_type="image/png")

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.append(socket)
        await socket.send_str(json.dumps({"type": "hello", "num_connections": len(self._sockets), "debug_info": {}}))
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self.state.acknowledged.append(json.loads(message.data).get("envelope_id"))
        if socket in self._sockets:
            self._sockets.remove(socket)
        return socket

    async def _happened(self, request: web.Request) -> web.StreamResponse:
        """The emulator says that something has happened."""
        payload = json.loads(await request.read())
        event = payload["event"]
        if (fault := self.state.faults.get("reordered_events")) and fault.left and event["type"] == "message":
            self.state.held.append(payload)
            fault.left -= 1
            if not fault.left:
                held, self.state.held = self.state.held[::-1], []
                for each in held:
                    await self._deliver(each)
            return web.Response()
        await self._deliver(payload)
        if event["type"] == "message" and self.state.strikes("duplicate_events"):
            await self._deliver(payload)
        if event["type"] == "member_joined_channel":
            await self._deliver({**payload, "event_id": f"Ev{uuid4().hex}", "event": _join_message(event, payload)})
        return web.Response()

    async def _deliver(self, payload: Json) -> None:
        """To one of the sockets, as Slack deals them out."""
        open_sockets = [socket for socket in self._sockets if not socket.closed]
        if not open_sockets:
            return
        self._turn += 1
        envelope = str(uuid4())
        self.state.delivered.append(envelope)
        said = {"envelope_id": envelope, "type": "events_api", "payload": payload, "accepts_response_payload": False}
        await open_sockets[self._turn % len(open_sockets)].send_str(json.dumps(said))


def _join_message(event: Json, payload: Json) -> Json:
    """What real Slack says beside `member_joined_channel`; the emulator leaves it out."""
    stamp = f"{payload['event_time']}.{len(event['user']):06d}"
    text = f"<@{event['user']}> has joined the channel"
    return {
        "type": "message",
        "subtype": "channel_join",
        "user": event["user"],
        "text": text,
        "ts": stamp,
        "channel": event["channel"],
    }


def _broken_off(request: web.Request) -> web.StreamResponse:
    """The connection ends without an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()
