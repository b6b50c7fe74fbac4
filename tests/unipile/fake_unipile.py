"""A small Unipile v1 server at the wire itself: what it answers is the vendor's shape, and every way to break can be ordered.

Written on sockets, since half of what is tested is what no HTTP server does on purpose.
"""

import asyncio
import json
import re
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from trunkline.model.times import to_wire

KEY = "cHJlZml4.c2VjcmV0"

Kind = Literal[
    "reset", "hang", "cut", "garbage", "html", "redirect", "429", "500", "502", "503", "504", "no session", "null ids",
    "not subscribed",
]  # fmt: skip


@dataclass
class Fault:
    """What goes wrong, once: on the next request whose method and path fit. late: after the server has done its work."""

    kind: Kind
    on: str = ".*"
    late: bool = False
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Request:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def line(self) -> str:
        """`POST /chats`."""
        return f"{self.method} {self.path}"

    @property
    def parts(self) -> list[tuple[str, str | None, str, bytes]]:
        """Of a multipart body: name, file name, type, content."""
        head = f"content-type: {self.headers['content-type']}\r\n\r\n".encode()
        found = []
        for part in BytesParser(policy=HTTP).parsebytes(head + self.body).iter_parts():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            name = str(part.get_param("name", header="content-disposition"))
            found.append((name, part.get_filename(), part.get_content_type(), content))
        return found

    @property
    def fields(self) -> dict[str, list[str]]:
        """The texts of a form."""
        found: dict[str, list[str]] = {}
        for name, file_name, _, content in self.parts:
            if file_name is None:
                found.setdefault(name, []).append(content.decode())
        return found


Answer = tuple[int, Any]


class FakeUnipile:
    """Two accounts, a chat in each, and a third chat. `requests` is what came; `sent` the messages that were made."""

    def __init__(self, clock: Callable[[], int]):
        self._clock = clock
        self._server: asyncio.Server | None = None
        self._numbers: Iterator[int] = iter(range(1, 1_000_000))
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0
        self.key = KEY
        self.faults: list[Fault] = []
        self.requests: list[Request] = []
        self.hung = asyncio.Event()
        self.reaction_path = "reaction"
        self.extra: dict[str, Any] = {}
        """Further fields of every message, as newer servers have."""
        self.accounts = [account("wa", "WHATSAPP"), account("li", "LINKEDIN"), account("mail", "MAIL")]
        self.chats = {
            "chat-wa": chat("chat-wa", "wa", "33600000001@s.whatsapp.net"),
            "chat-wb": chat("chat-wb", "wa", "33600000002@s.whatsapp.net"),
            "chat-li": chat("chat-li", "li", "ACoAAA"),
        }
        self.messages: list[dict[str, Any]] = []
        for chat_id in self.chats:
            for number in range(3):
                self.add(chat_id, f"hello {number}", is_sender=0)
        self.sent: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self.port}"

    def lines(self) -> list[str]:
        """What was asked, briefly."""
        return [request.line for request in self.requests]

    def add(self, chat_id: str, text: str | None, *, is_sender: int = 1, files: int = 0) -> dict[str, Any]:
        """A message in a chat."""
        kept = self.chats[chat_id]
        number = next(self._numbers)
        made = {
            "object": "Message",
            "id": f"message-{number}",
            "account_id": kept["account_id"],
            "chat_id": chat_id,
            "chat_provider_id": kept["provider_id"],
            "provider_id": f"provider-{number}",
            "sender_id": "me" if is_sender else kept["provider_id"],
            "sender_attendee_id": f"self-{kept['account_id']}" if is_sender else f"attendee-{chat_id}",
            "text": text,
            "attachments": [{"id": f"file-{each}==", "type": "file", "unavailable": False} for each in range(files)],
            "timestamp": to_wire(self._clock()),
            "is_sender": is_sender,
            "original": '{"raw": true}',
            **self.extra,
        }
        self.messages.insert(0, made)
        return made

    async def start(self, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening, and drop every connection."""
        self.hung.set()
        if self._server is not None:
            self._server.close()
            for writer in list(self._open):
                writer.transport.abort()
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").rstrip().split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        parts = urlsplit(target)
        request = Request(method, parts.path.removeprefix("/api/v1"), parse_qs(parts.query), headers, body)
        self.requests.append(request)
        fault = self._fault(request)
        if fault is not None and not fault.late:
            return await self._break(fault, writer)
        status, answer = self._answer(request, is_null=fault is not None and fault.kind == "null ids")
        if fault is not None and fault.kind != "null ids":
            return await self._break(fault, writer)
        await _write(writer, status, answer if isinstance(answer, bytes) else json.dumps(answer).encode())
        return True

    def _fault(self, request: Request) -> Fault | None:
        found = next((fault for fault in self.faults if re.fullmatch(fault.on, request.line)), None)
        if found is not None:
            self.faults.remove(found)
        return found

    async def _break(self, fault: Fault, writer: asyncio.StreamWriter) -> bool:
        if fault.kind == "hang":
            await self.hung.wait()
            return False
        if fault.kind == "reset":
            writer.transport.abort()
            return False
        if fault.kind == "cut":
            writer.write(b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n{"object"')
            await writer.drain()
            writer.transport.abort()
            return False
        if fault.kind == "garbage":
            writer.write(b"\x00\x01\x02 this is no HTTP\r\n\r\n")
            await writer.drain()
            return False
        if fault.kind == "html":
            await _write(writer, 200, b"<html>Log in to the guest network</html>", {"content-type": "text/html"})
            return True
        if fault.kind == "redirect":
            await _write(writer, 307, b"", {"location": "http://127.0.0.1:1/stolen"})
            return True
        if fault.kind == "no session":
            await _write(
                writer, 503, json.dumps(problem(503, "no_client_session", "No client session")).encode(), fault.headers
            )
            return True
        if fault.kind == "not subscribed":
            await _write(writer, 403, json.dumps(problem(403, "feature_not_subscribed", "Feature not subscribed")).encode())
            return True
        types = {429: "too_many_requests", 500: "provider_error", 502: "proxy_error", 503: "service_unavailable"}
        status = int(fault.kind)
        body = problem(status, types.get(status, "request_timeout"), "Broken on purpose")
        await _write(writer, status, json.dumps(body).encode(), fault.headers)
        return True

    def _answer(self, request: Request, *, is_null: bool) -> Answer:
        if request.headers.get("x-api-key") != self.key:
            return 401, problem(401, "invalid_credentials", "Invalid credentials")
        way = [unquote(each) for each in request.path.strip("/").split("/")]
        if way == ["accounts"]:
            return 200, {"object": "AccountList", "items": self.accounts, "cursor": None}
        answers = {"chats": self._chats, "messages": self._messages, "chat_attendees": self._attendees}
        answer = answers[way[0]](request, way[1:], is_null) if way[0] in answers else None
        return answer or (404, problem(404, "resource_not_found", "Resource not found."))

    def _chats(self, request: Request, way: list[str], is_null: bool) -> Answer | None:
        if not way:
            is_list = request.method == "GET"
            return self._page(request, "ChatList", list(self.chats.values())) if is_list else self._begin(request, is_null)
        chat_id = way[0]
        if chat_id not in self.chats:
            return None
        match (request.method, *way[1:]):
            case ("GET",):
                return 200, {**self.chats[chat_id], "lastMessage": None}
            case ("PATCH",):
                return 200, {"object": "ChatPatched"}
            case ("GET", "messages"):
                return self._page(request, "MessageList", [each for each in self.messages if each["chat_id"] == chat_id])
            case ("GET", "attendees"):
                return 200, {"object": "ChatAttendeeList", "items": self._members(chat_id)}
            case ("POST", "messages"):
                return self._send(chat_id, request, is_null)
        return None

    def _messages(self, request: Request, way: list[str], is_null: bool) -> Answer | None:
        if not way:
            return self._page(request, "MessageList", self.messages)
        message = next((each for each in self.messages if each["id"] == way[0]), None)
        if message is None:
            return None
        match (request.method, *way[1:]):
            case ("GET",):
                return 200, message
            case ("PATCH" | "DELETE",):
                return 200, b""
            case ("GET", "attachments", file_id):
                return 200, f"bytes of {file_id}".encode()
            case ("POST", path) if path == self.reaction_path:
                return 200, {"object": "MessageReactionAdded"}
            case ("POST", "forward"):
                made = self.add(json.loads(request.body)["chat_id"], message["text"])
                self.sent.append(made)
                return 200, {"object": "MessageForwarded", "message_id": None if is_null else made["id"]}
        return None

    def _attendees(self, request: Request, way: list[str], _is_null: bool) -> Answer | None:
        everybody = [each for known in self.chats for each in self._members(known)]
        if not way:
            return self._page(request, "ChatAttendeeList", everybody)
        found = [each for each in everybody if way[0] in (each["id"], each["provider_id"]) and not each["is_self"]]
        if not found:
            return None
        if way[1:] == ["chats"]:
            return self._page(request, "ChatList", [self.chats[each["id"].removeprefix("attendee-")] for each in found])
        return (200, found[0]) if len(way) == 1 else None

    def _page(self, request: Request, literal: str, items: list[dict[str, Any]]) -> Answer:
        """Cursors hold the rest of the filters, as the contract has them; beside one no filter counts."""
        query = {name: values[0] for name, values in request.query.items()}
        if "cursor" in query:
            filters = json.loads(query["cursor"])
        else:
            filters = {"start": 0, **{name: query.get(name) for name in ("account_id", "after")}}
        limit = int(query.get("limit", 100))
        wanted = [
            each
            for each in items
            if (filters["account_id"] is None or each["account_id"] in filters["account_id"].split(","))
            and (filters["after"] is None or each.get("timestamp", "") > filters["after"])
        ]
        end = filters["start"] + limit
        cursor = json.dumps({**filters, "start": end}) if end < len(wanted) else None
        return 200, {"object": literal, "items": wanted[filters["start"] : end], "cursor": cursor}

    def _send(self, chat_id: str, request: Request, is_null: bool) -> Answer:
        text = request.fields.get("text", [None])[0]
        files = sum(file_name is not None for _, file_name, _, _ in request.parts)
        made = self.add(chat_id, text, files=files)
        self.sent.append(made)
        return 201, {"object": "MessageSent", "message_id": None if is_null else made["id"]}

    def _begin(self, request: Request, is_null: bool) -> Answer:
        fields = request.fields
        chat_id = f"chat-{len(self.chats)}"
        self.chats[chat_id] = chat(chat_id, fields["account_id"][0], ",".join(fields["attendees_ids"]))
        self.sent.append(self.add(chat_id, fields.get("text", [None])[0]))
        made = self.sent[-1]["id"]
        return 201, {"object": "ChatStarted", "chat_id": None if is_null else chat_id, "message_id": None if is_null else made}

    def _members(self, chat_id: str) -> list[dict[str, Any]]:
        kept = self.chats[chat_id]
        own = {"object": "ChatAttendee", "id": f"self-{kept['account_id']}", "provider_id": "me", "name": "me", "is_self": 1}
        others = [
            {"object": "ChatAttendee", "id": f"attendee-{chat_id}", "provider_id": each, "name": each, "is_self": 0}
            for each in kept["provider_id"].split(",")
        ]
        return [{**each, "account_id": kept["account_id"]} for each in (own, *others)]


def account(account_id: str, account_type: str, status: str = "OK") -> dict[str, Any]:
    """An account."""
    return {
        "object": "Account",
        "type": account_type,
        "id": account_id,
        "name": f"{account_id} account",
        "created_at": "2026-01-01T00:00:00.000Z",
        "connection_params": {"im": {"phone_number": "33600000000"}},
        "groups": [],
        "sources": [{"id": f"{account_id}_MESSAGING", "status": status}],
    }


def chat(chat_id: str, account_id: str, peer: str) -> dict[str, Any]:
    """A chat, with a field and a word nobody knows yet."""
    return {
        "object": "Chat",
        "id": chat_id,
        "account_id": account_id,
        "account_type": {"wa": "WHATSAPP", "li": "LINKEDIN"}[account_id],
        "provider_id": peer,
        "attendee_provider_id": peer,
        "name": None,
        "type": 0,
        "timestamp": "2026-03-01T08:15:30.000Z",
        "unread_count": 0,
        "archived": 0,
        "muted_until": None,
        "read_only": 0,
        "folder": ["INBOX", "INBOX_OF_TOMORROW"],
        "colour": "blue",
    }


def problem(status: int, kind: str, title: str) -> dict[str, Any]:
    """An error envelope."""
    return {"status": status, "type": f"errors/{kind}", "title": title, "detail": "As the network says"}


async def _write(writer: asyncio.StreamWriter, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
    kind = "application/json; charset=utf-8" if body[:1] in (b"{", b"[") else "application/octet-stream"
    lines = {"content-type": kind, "content-length": str(len(body)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    writer.write(f"HTTP/1.1 {status} Word\r\n{head}\r\n".encode() + body)
    await writer.drain()
