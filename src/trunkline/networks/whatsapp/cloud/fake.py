"""Our fake of the Cloud API at its wire: HTTP and JSON as Meta's documentation shows them, and posts that are signed.

Written by this project from developers.facebook.com (WhatsApp Business Platform, messages, media, webhooks; seen 2026-11-23).
It shows that connector and fake agree, not that Meta behaves so. It runs in a thread of its own, so that no task of it is one
of the session's. What it has to post waits until somebody takes it with 200, as Meta repeats it.
"""

import asyncio
import hashlib
import hmac
import json
import threading
from collections.abc import Awaitable, Callable
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qs, urlsplit

from trunkline.networks._graph.webhooks import SIGNATURE, signature
from trunkline.networks.whatsapp.cloud.capabilities import AUDIO, DOCUMENTS, MOST, PICTURES, STICKERS, VIDEOS
from trunkline.networks.whatsapp.cloud.fake_world import WINDOW_MS, Phone, Raw, World

Deliver = Callable[[dict[str, str], bytes], Awaitable[int]]
"""Headers and body of a post to the status of its answer."""
Answer = tuple[int, Raw | bytes, dict[str, str]]

AGAIN_S = 0.02
STALL_S = 15.0
_KINDS = {"image": PICTURES, "sticker": STICKERS, "video": VIDEOS, "audio": AUDIO, "document": DOCUMENTS}


class BrokenOff(Exception):
    """The connection ends without an answer."""


def error(code: int, *, subcode: int = 0, status: int = 400, **headers: str) -> Answer:
    """Meta's error envelope."""
    said = {"message": f"(#{code}) fake", "type": "OAuthException", "code": code, "error_subcode": subcode, "fbtrace_id": "A"}
    return status, {"error": said}, {name.replace("_", "-"): value for name, value in headers.items()}


class FakeGraph:
    """A server on a free port of 127.0.0.1."""

    def __init__(self, world: World, deliver: Deliver) -> None:
        self.world = world
        self.port = 0
        self.is_posting = True
        self._deliver = deliver
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake graph", daemon=True)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen, and begin to post."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)

    def stop(self) -> None:
        """End both."""
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self._posting = asyncio.create_task(self._post_all())

    async def _stop(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _post_all(self) -> None:
        """In order; what is not taken is tried again."""
        while True:
            posts = self.world.posts
            if not posts or not self.is_posting:
                await asyncio.sleep(AGAIN_S)
                continue
            secret, body = posts[0]
            headers = {SIGNATURE: signature(secret, body), "content-type": "application/json"}
            try:
                status = await self._deliver(headers, body)
            except Exception:
                status = 0
            if status != 200:
                await asyncio.sleep(AGAIN_S)
            elif posts and posts[0] == (secret, body):
                posts.pop(0)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._exchange(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.transport.abort()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; False where it was broken off."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        try:
            status, said, more = await self._answer(method, target, headers, body)
        except BrokenOff:
            return False
        data = said if isinstance(said, bytes) else json.dumps(said).encode()
        lines = [f"HTTP/1.1 {status} X", f"content-length: {len(data)}", *(f"{name}: {value}" for name, value in more.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode() + data)
        await writer.drain()
        return True

    async def _answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        path = parts.path.strip("/").split("/")
        self.world.calls.append(f"{method} {parts.path}")
        token = headers.get("authorization", "").removeprefix("Bearer ")
        phone = next((each for each in self.world.phones.values() if hmac.compare_digest(each.token, token)), None)
        if phone is None or phone.refused is not None:
            return error(190 if phone is None or phone.refused is None else phone.refused, subcode=463, status=401)
        if path[0] == "whatsapp_business":
            found = self.world.media.get(path[-1])
            return (404, b"", {}) if found is None else (200, found[0], {"content-type": found[1]})
        if method == "GET":
            return self._read(phone, path[-1], query)
        if len(path) != 3 or path[1] not in self._phones_of(phone):
            return error(100, subcode=33)
        if path[2] == "media":
            return self._upload(headers, body)
        return await self._write(self.world.phones[path[1]], json.loads(body))

    def _phones_of(self, phone: Phone) -> set[str]:
        return {each.id for each in self.world.phones.values() if each.token == phone.token}

    def _read(self, phone: Phone, name: str, query: dict[str, str]) -> Answer:
        if name in self.world.media:
            return 200, self.world.describe(name, self.url), {}
        if name not in self._phones_of(phone):
            return error(100, subcode=33)
        if self.world.strikes("dropped_link"):
            raise BrokenOff
        asked = self.world.phones[name]
        proof = hmac.new(asked.secret.encode(), asked.token.encode(), hashlib.sha256).hexdigest()
        if query.get("appsecret_proof", proof) != proof:
            return error(100)
        said = {"id": asked.id, "display_phone_number": f"+{asked.number[:1]} {asked.number[1:4]}-{asked.number[4:]}"}
        return 200, said | {"verified_name": asked.name, "status": asked.status}, {}

    def _upload(self, headers: dict[str, str], body: bytes) -> Answer:
        form = message_from_bytes(b"content-type: " + headers["content-type"].encode() + b"\r\n\r\n" + body)
        fields: dict[str, Any] = {}
        for part in form.walk():
            name = part.get_param("name", header="content-disposition")
            if isinstance(name, str):
                fields[name] = part.get_payload(decode=True)
        media_type = fields["type"].decode()
        kind = next((kind for kind, types in _KINDS.items() if media_type.partition(";")[0] in types), None)
        if kind is None or len(fields["file"]) > MOST[kind]:
            return error(100)
        return 200, {"id": self.world.upload(fields["file"], media_type)}, {}

    async def _write(self, phone: Phone, body: Raw) -> Answer:
        world = self.world
        if fault := world.strikes("rate_limited"):
            return error(130_429, status=429, retry_after=str(fault.ms // 1000))
        if fault := world.strikes("refused"):
            return error(fault.ms, status=403)
        if "typing_indicator" in body and world.strikes("untyped"):
            return error(100)
        if world.strikes("lost_request"):
            raise BrokenOff
        answer = self._read_mark(body) if body.get("status") == "read" else self._say(phone, body)
        if world.strikes("stalled_answer"):
            await asyncio.sleep(STALL_S)
        if answer[0] == 200 and world.strikes("lost_answer"):
            raise BrokenOff
        return answer

    def _read_mark(self, body: Raw) -> Answer:
        world = self.world
        for person, messages in world.messages.items():
            if any(each["id"] == body.get("message_id") and not each["is_own"] for each in messages):
                world.unread[person] = 0
                if "typing_indicator" not in body:
                    world.record.append({"kind": "set_chat", "chat": person, "command": body})
                return 200, {"success": True}, {}
        return error(100)

    def _say(self, phone: Phone, body: Raw) -> Answer:
        world, person, kind = self.world, str(body.get("to") or body.get("recipient")), str(body.get("type"))
        quoted = (body.get("context") or {}).get("message_id")
        known = {each["id"] for each in world.messages.get(person, ())}
        if kind == "text" and len(body["text"]["body"]) > 4_096:
            return error(100)
        if kind in _KINDS and body[kind].get("id") not in world.media:
            return error(131_053)
        if quoted is not None and quoted not in known:
            return error(100)
        number = world.new_id()
        said = {name: value for name, value in body.items() if name not in ("messaging_product", "recipient_type")}
        more = {"biz_opaque_callback_data": body["biz_opaque_callback_data"]} if "biz_opaque_callback_data" in body else {}
        is_open = world.clock() - world.wrote.get(person, 0) < WINDOW_MS
        if not is_open:
            failed = [{"code": 131_047, "title": "Re-engagement message"}]
            world.tell_status(phone, number, person, "failed", errors=failed, **more)
        elif kind == "reaction":
            self._react(person, body["reaction"], phone)
            world.record.append({"kind": "react", "chat": person, "provider_id": number, "command": body["reaction"]})
        else:
            raw = {**said, "id": number, "timestamp": str(world.now_s()), "is_own": True, "reactions": {}}
            world.messages.setdefault(person, []).append(raw)
            text = body["text"]["body"] if kind == "text" else body[kind].get("caption")
            token = body.get("biz_opaque_callback_data")
            command = {"text": text, "body": body}
            world.record.append({"kind": "send", "chat": person, "provider_id": number, "token": token, "command": command})
        if is_open:
            world.tell_status(phone, number, person, "sent", **more)
        contacts = [{"input": person, "wa_id" if person.isdigit() else "user_id": person}]
        return 200, {"messaging_product": "whatsapp", "contacts": contacts, "messages": [{"id": number}]}, {}

    def _react(self, person: str, reaction: Raw, phone: Phone) -> None:
        for each in self.world.messages.get(person, ()):
            if each["id"] == reaction["message_id"]:
                each["reactions"].pop(phone.number, None)
                if reaction.get("emoji"):
                    each["reactions"][phone.number] = reaction["emoji"]
