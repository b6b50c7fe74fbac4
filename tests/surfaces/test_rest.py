"""The REST API over a fake gate. Sources: unipile-v1 2, 4; security.md 5.3, 6.2."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from trunkline.gateway.caller import Reply
from trunkline.model.blob import Blob
from trunkline.model.errors import NotFound, OutcomeUnknown, Throttled, Unsupported
from trunkline.operations.administration import CreateKey, ListAllConnections
from trunkline.operations.catalog import ALL
from trunkline.operations.chats import GetChat, ListAllChats, PatchChat, SendMessageInChat
from trunkline.operations.declaration import Operation, route_of
from trunkline.operations.messages import AddReaction, GetMessage
from trunkline.surfaces.rest.routes import Routes

from .conftest import Served
from .fake_gate import ADMIN, ADMIN_KEY, CALLER, Asked, FakeGate


async def test_a_read_goes_to_the_gate_and_its_json_comes_back(served: Served, gate: FakeGate) -> None:
    answer = await served.http.get("/api/v1/chats?limit=5&unread=true&cursor=a+b&nonsense=1")
    assert (answer.status_code, answer.json()) == (200, {"object": "ChatList", "items": [], "cursor": None})
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert gate.asked == [Asked(CALLER, ListAllChats(limit=5, unread=True, cursor="a+b"), "pcid-1", "rest", None, 30_000)]


async def test_a_write_takes_json_and_answers_with_the_routes_status(served: Served, gate: FakeGate) -> None:
    gate.act = lambda operation: Reply(b'{"object":"MessageSent","message_id":"m"}', call=5)
    answer = await served.http.post(
        "/api/v1/chats/c/messages", json={"text": "hi", "extra": 1}, headers={"idempotency-key": "k", "trunkline-pcid": "p2"}
    )
    assert (answer.status_code, answer.json()["message_id"]) == (201, "m")
    assert gate.asked[0] == Asked(CALLER, SendMessageInChat(chat_id="c", text="hi"), "p2", "rest", "k", 30_000)
    assert gate.finished == [5]


async def test_a_stored_answer_says_so(served: Served, gate: FakeGate) -> None:
    """security.md 6.2; the status of a stored error too."""
    gate.act = lambda operation: Reply(b"{}", call=5, replayed=True)
    answer = await served.http.post("/api/v1/chats/c/messages", json={"text": "hi"})
    assert answer.headers["idempotent-replayed"] == "true"

    def fail(operation: Operation[Any]) -> Reply:
        error = OutcomeUnknown(message_id="m")
        error.call, error.replayed = 6, True
        raise error

    gate.act = fail
    answer = await served.http.post("/api/v1/chats/c/messages", json={"text": "hi"})
    assert (answer.status_code, answer.headers["idempotent-replayed"]) == (504, "true")
    assert gate.finished == [5, 6]


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "messages/a%2Fb%40c", GetMessage(message_id="a/b@c")),
        ("GET", "messages/%2E%2E", GetMessage(message_id="..")),
        ("GET", "connections/all", ListAllConnections()),
        ("POST", "messages/m/reactions", AddReaction(message_id="m", reaction="👍")),
        ("POST", "messages/m/reaction", AddReaction(message_id="m", reaction="👍")),
    ],
)
async def test_a_path_is_read_segment_by_segment(
    served: Served, gate: FakeGate, method: str, path: str, operation: Operation[Any]
) -> None:
    """unipile-v1 2.3: ids may hold any character, encoded or raw; a word wins over a parameter."""
    headers = {"x-api-key": ADMIN_KEY, "trunkline-pcid": "p"}
    body = {"reaction": "👍"} if method == "POST" else None
    await served.http.request(method, f"/api/v1/{path}", headers=headers, json=body)
    assert [asked.operation for asked in gate.asked] == [operation]


def test_every_operation_is_found_at_its_route_and_its_alias() -> None:
    routes = Routes(ALL)
    for operation in ALL:
        route = route_of(operation)
        for path in (route.path, route.alias):
            if path is not None:
                found = routes.find(route.method, path.replace("{", "").replace("}", "").strip("/"))
                assert found is not None
                assert found.operation is operation


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/nothing"),
        ("GET", "/api/v1/"),
        ("GET", "/api/v1/chats/"),
        ("PUT", "/api/v1/chats"),
        ("HEAD", "/api/v1/chats"),
        ("HEAD", "/api/v1/chats/c/sync"),
        ("GET", "/api/v1/uploads"),
        ("GET", "/nothing"),
        ("GET", "/"),
        ("POST", "/health"),
        ("GET", "/.well-known/oauth-protected-resource"),
        ("GET", "/oauth/token"),
        ("GET", "/api/v1%2Fchats"),
    ],
)
async def test_what_is_no_route_is_not_found_in_the_envelope(served: Served, gate: FakeGate, method: str, path: str) -> None:
    """unipile-v1 4.4: unknown route and wrong method alike. No HEAD: some GET routes start work."""
    answer = await served.http.request(method, path)
    assert answer.status_code == 404
    assert gate.asked == []
    if method != "HEAD":
        body = answer.json()
        assert (body["type"], body["status"], body["title"]) == ("errors/resource_not_found", 404, "Resource not found.")


async def test_an_admin_route_needs_an_admin_key(served: Served, gate: FakeGate) -> None:
    """design.md 4."""
    answer = await served.http.post("/api/v1/keys", json={"name": "n"})
    assert (answer.status_code, answer.json()["type"]) == (403, "errors/insufficient_permissions")
    assert gate.asked == []
    answer = await served.http.post("/api/v1/keys", json={"name": "n"}, headers={"x-api-key": ADMIN_KEY})
    assert answer.status_code == 201
    assert gate.asked == [Asked(ADMIN, CreateKey(name="n"), None, "rest", None, 30_000)]


async def test_a_key_without_a_connection_must_name_one(served: Served, gate: FakeGate) -> None:
    answer = await served.http.get("/api/v1/chats", headers={"x-api-key": ADMIN_KEY})
    assert (answer.status_code, answer.json()["type"]) == (400, "errors/missing_parameters")
    assert "Trunkline-PCID" in answer.json()["detail"]
    assert gate.asked == []


@pytest.mark.parametrize(
    ("error", "path", "status"),
    [
        (NotFound("There is no chat 'c'."), "/api/v1/chats/c", 404),
        (Unsupported("No."), "/api/v1/chats/c", 501),
        (Unsupported("No."), "/api/v1/messages/m", 403),
        (OutcomeUnknown("Look."), "/api/v1/chats/c", 504),
        (OutcomeUnknown("Look."), "/api/v1/connections/p", 503),
    ],
)
async def test_the_status_is_a_matter_of_error_and_route(
    served: Served, gate: FakeGate, error: Exception, path: str, status: int
) -> None:
    """unipile-v1 4.4; design.md 5: 501, 503, 504 only where a route declares them."""

    def fail(operation: Operation[Any]) -> Reply:
        raise error

    gate.act = fail
    headers = {"x-api-key": ADMIN_KEY, "trunkline-pcid": "p"}
    body: dict[str, Any] = {"text": "t"} if "messages" in path else {"action": "setReadStatus", "value": True}
    if "connections" in path:
        body = {}
    answer = await served.http.patch(path, json=body, headers=headers)
    assert (answer.status_code, answer.json()["status"], answer.json()["instance"]) == (status, status, path)


async def test_throttling_says_when_to_come_again(served: Served, gate: FakeGate) -> None:
    def fail(operation: Operation[Any]) -> Reply:
        raise Throttled(retry_after_ms=1500)

    gate.act = fail
    answer = await served.http.get("/api/v1/chats")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")


@pytest.mark.parametrize(
    ("content", "content_type", "refusal"),
    [
        (b"{", "application/json", (400, "errors/malformed_request")),
        (b'"\\ud800"', "application/json", (400, "errors/malformed_request")),
        (b"[1]", "application/json", (400, "errors/malformed_request")),
        (b"\xff\xfe", "application/json", (400, "errors/malformed_request")),
        (b'{"text":' + b"[" * 70 + b"]" * 70 + b"}", "application/json", (400, "errors/malformed_request")),
        (b"{}", "application/jsonx", (415, "errors/unsupported_media_type")),
        (b"{}", "text/plain", (415, "errors/unsupported_media_type")),
        (b"{}", "", (415, "errors/unsupported_media_type")),
        (b'{"text":"' + b"x" * 2 * 1024 * 1024 + b'"}', "application/json", (400, "errors/content_too_large")),
        (b'{"text":"\\u0000"}', "application/json", (400, "errors/invalid_parameters")),
        (b'{"text":5}', "application/json", (400, "errors/invalid_parameters")),
    ],
)
async def test_a_body_that_cannot_be_is_refused_before_the_gate(
    served: Served, gate: FakeGate, content: bytes, content_type: str, refusal: tuple[int, str]
) -> None:
    """unipile-v1 4.4; security.md 2.3."""
    headers = {"content-type": content_type} if content_type else {}
    answer = await served.http.post("/api/v1/chats/c/messages", content=content, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == refusal
    assert gate.asked == []


async def test_a_member_named_twice_is_refused_by_its_name(served: Served, gate: FakeGate) -> None:
    """RFC 8259 4: parsers differ in which of the two they keep."""
    body = b'{"text": "at 10:30", "text": "at 11:30"}'
    answer = await served.http.post("/api/v1/chats/c/messages", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["type"], answer.json()["detail"]) == (
        400,
        "errors/malformed_request",
        "The body names the member 'text' twice in one object; give it once.",
    )
    assert gate.asked == []


async def test_an_empty_body_is_no_body(served: Served, gate: FakeGate) -> None:
    answer = await served.http.post("/api/v1/chats/c/messages")
    assert answer.status_code == 422
    assert answer.json()["type"] == "errors/invalid_message"


async def pieces(*given: bytes | Exception) -> AsyncIterator[bytes]:
    for piece in given:
        if isinstance(piece, Exception):
            raise piece
        yield piece


async def test_a_file_is_streamed_as_an_attachment_that_no_browser_runs(served: Served, gate: FakeGate) -> None:
    """security.md 5.3."""
    gate.act = lambda operation: Reply(Blob("text/html", 'a"b\r\né.html', 4, pieces(b"<a", b"/>")))
    answer = await served.http.get("/api/v1/messages/m/attachments/a")
    assert answer.content == b"<a/>"
    wanted = {
        "content-type": "text/html",
        "content-disposition": "attachment; filename*=UTF-8''a%22b%0D%0A%C3%A9.html",
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'",
        "cache-control": "no-store",
        "content-length": "4",
    }
    assert {name: answer.headers[name] for name in wanted} == wanted


async def test_a_media_type_that_is_none_becomes_bytes(served: Served, gate: FakeGate) -> None:
    gate.act = lambda operation: Reply(Blob("text/html\r\nx: y", "f", None, pieces(b"x")))
    answer = await served.http.get("/api/v1/messages/m/attachments/a")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "x" not in answer.headers


async def test_a_file_that_fails_at_once_is_an_error_and_one_that_fails_later_is_cut(served: Served, gate: FakeGate) -> None:
    gate.act = lambda operation: Reply(Blob("image/png", "f", 4, pieces(NotFound("gone"))))
    answer = await served.http.get("/api/v1/messages/m/attachments/a")
    assert (answer.status_code, answer.json()["detail"]) == (404, "gone")
    for late in (NotFound("gone"), RuntimeError("bug")):
        gate.act = lambda operation, late=late: Reply(Blob("image/png", "f", 4, pieces(b"ab", late)))  # type: ignore[misc]
        with pytest.raises(httpx2.RemoteProtocolError):
            await served.http.get("/api/v1/messages/m/attachments/a")


async def test_an_upload_may_be_a_form(served: Served, gate: FakeGate) -> None:
    """design.md 5, Bytes."""
    data = bytes(range(256)) * 3
    answer = await served.http.post("/api/v1/uploads", files={"file": ("é.png", data, "image/png")}, data={"other": "1"})
    assert answer.status_code == 201
    assert answer.json() == {"object": "Upload", "upload_id": "u1", "size": 768, "media_type": "image/png"}
    assert gate.uploads == [("é.png", "image/png", data)]


async def test_an_upload_may_be_bare_bytes(served: Served, gate: FakeGate) -> None:
    answer = await served.http.post("/api/v1/uploads?file_name=a.txt", content=b"hello", headers={"content-type": "text/plain"})
    assert answer.status_code == 201
    assert gate.uploads == [("a.txt", "text/plain", b"hello")]


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("form", [True, False])
async def test_an_upload_beyond_the_cap_is_refused(served: Served, gate: FakeGate, announced: bool, form: bool) -> None:
    """unipile-v1 4.4: 400 content_too_large. The fixture's cap is 1000 bytes."""
    data = b"x" * (1001 if form else 70_000)
    head, tail = b'--b\r\nContent-Disposition: form-data; name="f"; filename="n"\r\n\r\n', b"\r\n--b--\r\n"
    content = head + data + tail if form else data

    async def stream() -> AsyncIterator[bytes]:
        yield content[:600]
        yield content[600:]

    headers = {"content-type": "multipart/form-data; boundary=b" if form else "image/png"}
    answer = await served.http.post("/api/v1/uploads", content=content if announced else stream(), headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (400, "errors/content_too_large")
    assert gate.uploads == []


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"nonsense"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="f"\r\n\r\nx\r\n--b--\r\n'),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="f"; filename="n"\r\n\r\nx'),
    ],
)
async def test_a_form_without_a_whole_file_is_refused(
    served: Served, gate: FakeGate, content_type: str, content: bytes
) -> None:
    answer = await served.http.post("/api/v1/uploads", content=content, headers={"content-type": content_type})
    assert answer.status_code == 400
    assert gate.uploads == []


async def test_operations_with_a_path_value_keep_it_against_the_body(served: Served, gate: FakeGate) -> None:
    body = {"chat_id": "other", "action": "setReadStatus", "value": True}
    await served.http.patch("/api/v1/chats/c", content=json.dumps(body), headers={"content-type": "application/json"})
    assert gate.asked[0].operation == PatchChat(chat_id="c", action="setReadStatus", value=True)
    await served.http.get("/api/v1/chats/c?chat_id=other")
    assert gate.asked[1].operation == GetChat(chat_id="c")
