"""Who may come in, and how failures look. Sources: security.md 2.2, 2.4, 5.2, 6.8; unipile-v1 4.1."""

import asyncio
import base64
import json
from typing import Any

import anyio
import httpx2
import pytest
from starlette.types import Message, Receive, Scope, Send

from trunkline.gateway.caller import Reply
from trunkline.model.errors import TooManyAttempts
from trunkline.operations.declaration import Operation
from trunkline.owner import proof
from trunkline.surfaces.door.body import MAX_MCP_BYTES
from trunkline.surfaces.door.crowd import Crowd
from trunkline.surfaces.door.door import ENDED, Door
from trunkline.surfaces.door.errors import Overloaded, TooManyCalls
from trunkline.surfaces.door.hosts import allow
from trunkline.surfaces.door.json_depth import is_too_deep
from trunkline.surfaces.mcp.endpoint import INLINE_BYTES

from .conftest import LOCAL_TOKEN, Served
from .fake_gate import KEY, LOCAL, FakeGate
from .routes import CLOSED

LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}


@pytest.mark.parametrize(("method", "path"), CLOSED)
async def test_nothing_but_the_open_routes_answers_without_credentials(
    served: Served, gate: FakeGate, method: str, path: str
) -> None:
    """security.md S30, S3. Unknown paths are 404, not 401."""
    async with httpx2.AsyncClient(base_url=served.url, trust_env=False) as http:
        for headers in ({}, {"x-api-key": "tl_x_y"}, {"authorization": "Bearer x"}, {"authorization": f"Basic {KEY}"}):
            answer = await http.request(method, path, headers=headers, json={} if method == "POST" else None)
            assert answer.status_code == (404 if path == "/nothing" else 401)
            if path != "/nothing":
                assert answer.headers["www-authenticate"] == "Bearer"
                kinds = ("errors/missing_credentials", "errors/invalid_credentials")
                assert (answer.json()["type"], answer.json()["instance"]) == (kinds[bool(headers)], path)
    assert gate.asked == []


async def test_credentials_come_as_a_header_in_either_form_but_once(served: Served, gate: FakeGate) -> None:
    async with httpx2.AsyncClient(base_url=served.url, trust_env=False) as http:
        for headers in ({"x-api-key": KEY}, {"authorization": f"bearer {KEY}"}, {"authorization": f"Bearer {LOCAL_TOKEN}"}):
            assert (await http.get("/api/v1/chats", headers=headers)).status_code == 200
        both = {"x-api-key": KEY, "authorization": f"Bearer {KEY}"}
        assert (await http.get("/api/v1/chats", headers=both)).status_code == 401
    assert gate.asked[2].caller == LOCAL
    assert LOCAL_TOKEN not in gate.looked_up


@pytest.mark.parametrize("name", ["access_token", "api_key", "token", "X-API-KEY", "Authorization", "apikey"])
@pytest.mark.parametrize("path", ["/mcp", "/api/v1/chats", "/health"])
async def test_credentials_in_the_url_are_refused_even_beside_good_ones(served: Served, path: str, name: str) -> None:
    """security.md 2.1: a token in a URL is a 401."""
    answer = await served.http.get(f"{path}?{name}={KEY}")
    assert (answer.status_code, answer.json()["type"]) == (401, "errors/invalid_credentials")
    assert KEY not in answer.text


async def test_too_many_wrong_credentials_say_when_to_come_again(
    served: Served, gate: FakeGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(secret: str | None) -> Any:
        raise TooManyAttempts(retry_after_ms=200)

    monkeypatch.setattr(gate, "authenticate", refuse)
    answer = await served.http.get("/api/v1/chats")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")


async def test_blanks_round_header_values_do_not_count(served: Served) -> None:
    """RFC 9110 5.5; httptools leaves them behind a value."""
    stream = await anyio.connect_tcp("127.0.0.1", served.port)
    async with stream:
        head = f"GET /api/v1/chats HTTP/1.1\r\nHost: 127.0.0.1:{served.port} \t\r\nX-API-KEY:\t {KEY} \r\n\r\n"
        await stream.send(head.encode())
        assert (await stream.receive()).startswith(b"HTTP/1.1 200 ")


async def test_mcp_takes_post_alone(served: Served) -> None:
    for method in ("GET", "DELETE", "PUT", "HEAD", "OPTIONS"):
        answer = await served.http.request(method, "/mcp")
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"{}", "application/jsonx", 415),
        (b"x" * (4 * 1024 * 1024 + 1), "application/json", 413),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "application/json", 400),
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\\ud800"}}', "application/json", 400),
    ],
)
async def test_mcp_refuses_a_body_that_cannot_be(
    served: Served, gate: FakeGate, content: bytes, content_type: str, status: int
) -> None:
    """security.md 2.2, 2.3."""
    headers = {"content-type": content_type, "accept": "application/json"}
    answer = await served.http.post("/mcp", content=content, headers=headers)
    assert answer.status_code == status
    assert answer.json()
    assert gate.asked == []


@pytest.mark.parametrize("path", ["/mcp", "/unipile-messaging"])
async def test_a_body_too_large_is_refused_as_clients_of_the_protocol_read_it(
    served: Served, gate: FakeGate, path: str
) -> None:
    """MCP, transports: the body of a refusal may be a JSON-RPC error without id. Of another the SDK drops the sentence."""
    message = json.dumps({**LIST, "params": {"text": "x" * MAX_MCP_BYTES}})
    answer = await served.http.post(path, content=message, headers={"content-type": "application/json"})
    text = f"The body is larger than the {MAX_MCP_BYTES} bytes this route takes. Large files go to POST /api/v1/uploads."
    assert answer.status_code == 413
    assert answer.json() == {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": text}}
    assert gate.asked == []


@pytest.mark.parametrize("twice", ['"chat_id":"a","chat_id":"b"', '"chat_id":"a","chat\\u005fid":"b"'])
async def test_a_message_that_names_an_argument_twice_is_refused_by_its_name(
    served: Served, gate: FakeGate, twice: str
) -> None:
    """The SDK would keep the second, whatever was judged on the way was the first (RFC 8259 4)."""
    message = json.dumps({**LIST, "method": "tools/call", "params": {"name": "get_chat", "arguments": {}}})
    message = message.replace('"arguments": {}', f'"arguments": {{{twice}}}')
    answer = await served.http.post("/mcp", content=message, headers={"content-type": "application/json"})
    text = "The message names the member 'chat_id' twice in one object; give it once."
    assert answer.status_code == 400
    assert answer.json() == {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": text}}
    assert gate.asked == []


async def test_a_pipe_is_refused_with_the_sentence_that_it_makes_a_result_of(served: Served, gate: FakeGate) -> None:
    """owner/courier.py."""
    headers = {"content-type": "application/json", "trunkline-pipe": "1", "authorization": f"Bearer {LOCAL_TOKEN}"}
    async with httpx2.AsyncClient(base_url=served.url, trust_env=False) as http:
        answer = await http.post("/mcp", content=b" " * (MAX_MCP_BYTES + 1), headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (413, "errors/content_too_large")


async def test_a_lone_surrogate_in_an_argument_is_refused_in_words(served: Served, gate: FakeGate) -> None:
    """security.md 2.3: it reaches the tool at 2026-07-28."""
    version = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}
    params = {"name": "trunkline_search_messages", "arguments": {"PCID": "p", "query": "\ud800"}, "_meta": version}
    headers = {"mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": params["name"]}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})
    sent = {**headers, "content-type": "application/json", "accept": "application/json"}
    answer = await served.http.post("/mcp", content=body, headers=sent)  # type: ignore[arg-type]
    assert answer.json()["result"]["isError"] is True
    assert gate.asked == []


async def test_parallel_calls_beyond_the_bound_are_refused_before_the_work(served: Served, gate: FakeGate) -> None:
    """security.md 6.8: 429 with Retry-After, never after the commit."""
    gate.hold = anyio.Event()
    answers: list[httpx2.Response] = []

    async def one() -> None:
        answers.append(await served.http.get("/api/v1/chats"))

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            for _ in range(70):
                tasks.start_soon(one)
            while len(answers) < 6:
                await anyio.lowlevel.checkpoint()
            gate.hold.set()
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) == 6
    assert all(answer.headers["retry-after"] == "1" for answer in refused)
    assert len(gate.asked) == 64


def test_a_crowd_is_counted_by_principal_and_in_all() -> None:
    crowd = Crowd(most_of_one=1, most_of_all=2)
    with crowd.room_for(1):
        with pytest.raises(TooManyCalls), crowd.room_for(1):
            pass
        with crowd.room_for(2), pytest.raises(Overloaded), crowd.room_for(3):
            pass
    with crowd.room_for(1) as leave:
        leave()
        leave()
        with crowd.room_for(1):
            pass
    with crowd.room_for(1):
        pass


async def test_a_place_is_free_once_the_answer_is_out_though_that_is_still_being_noted(served: Served, gate: FakeGate) -> None:
    """A client that always keeps as many calls under way as it may must not be refused for it."""
    gate.act = lambda operation: Reply(b'{"object":"MessageSent","message_id":"m"}', call=7)
    gate.hold_answered = anyio.Event()
    statuses: list[int] = []

    async def one() -> None:
        statuses.append((await served.http.get("/api/v1/chats")).status_code)

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            for _ in range(70):
                tasks.start_soon(one)
            while len(statuses) < 70:
                await anyio.lowlevel.checkpoint()
            gate.hold_answered.set()
    assert statuses == [200] * 70


async def test_a_bug_is_one_plain_sentence_with_a_declared_status(
    served: Served, gate: FakeGate, caplog: pytest.LogCaptureFixture
) -> None:
    """unipile-v1 4.4 and design.md 5: no 500 or 502 of ours, ever."""

    def fail(operation: Operation[Any]) -> Reply:
        raise RuntimeError("secret text")

    gate.act = fail
    answer = await served.http.get("/api/v1/chats/a%20name")
    assert answer.status_code == 503
    assert set(answer.json()) == {"title", "type", "status", "detail", "instance"}
    assert "secret" not in answer.text + caplog.text
    assert "a name" not in caplog.text


async def test_a_frameworks_500_never_leaves(served: Served) -> None:
    async def crash(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b"<html>Internal"})

    sent: list[Message] = []

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    door = Door(allow(1, "127.0.0.1", [], []), {"/": crash}, {})
    headers = [(b"host", b"localhost:1")]
    await door({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers}, receive, send)
    assert [message.get("status") for message in sent] == [503, None]
    assert b"html" not in sent[1]["body"]


async def test_a_closing_server_says_come_again(served: Served, gate: FakeGate) -> None:
    """security.md 6.8."""
    served.door.is_closing = True
    try:
        answer = await served.http.get("/api/v1/chats")
    finally:
        served.door.is_closing = False
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert gate.asked == []


async def test_health_says_that_it_answers_and_nothing_else(served: Served) -> None:
    async with httpx2.AsyncClient(base_url=served.url, trust_env=False) as http:
        answer = await http.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"object": "Health", "status": "OK"})


async def test_the_owner_proves_itself_to_a_nonce_and_to_nothing_else(served: Served) -> None:
    """owner/proof.py."""
    nonce = proof.new_secret()
    async with httpx2.AsyncClient(base_url=served.url, trust_env=False) as http:
        answer = await http.get(f"/owner?nonce={nonce}")
        assert answer.json() == {"proof": proof.prove(LOCAL_TOKEN, nonce, served.port)}
        for query in ("", "?nonce=", "?nonce=x", f"?nonce={nonce}&nonce={nonce}", f"?nonce={nonce.upper()}"):
            assert (await http.get(f"/owner{query}")).status_code == (200 if query.endswith(nonce + "x") else 400)


@pytest.mark.parametrize("basic", [True, False])
async def test_a_key_is_traded_for_a_token(served: Served, basic: bool) -> None:
    """RFC 6749 4.4; design.md 4."""
    form = {"grant_type": "client_credentials"}
    headers = {}
    if basic:
        headers["authorization"] = "Basic " + base64.b64encode(b"k1:" + b"s" * 43).decode()
    else:
        form |= {"client_id": "k1", "client_secret": "s" * 43}
    async with httpx2.AsyncClient(base_url=served.url, trust_env=False) as http:
        answer = await http.post("/oauth/token", data=form, headers=headers)
    assert (answer.status_code, answer.json()) == (
        200,
        {"access_token": "tlt_token", "token_type": "Bearer", "expires_in": 3600},
    )
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("form", "basic", "refusal"),
    [
        ({}, None, (400, "unsupported_grant_type")),
        ({"grant_type": "password"}, None, (400, "unsupported_grant_type")),
        ({"grant_type": "client_credentials"}, None, (401, "invalid_client")),
        ({"grant_type": "client_credentials", "client_id": "k1", "client_secret": "x"}, None, (401, "invalid_client")),
        ({"grant_type": "client_credentials"}, "%%%", (401, "invalid_client")),
        ({"grant_type": "client_credentials"}, base64.b64encode(b"k1").decode(), (401, "invalid_client")),
        ({"grant_type": "client_credentials", "client_secret": "x"}, "azE6eA==", (400, "invalid_request")),
        ({"grant_type": "client_credentials", "client_id": "other"}, "azE6eA==", (400, "invalid_request")),
    ],
)
async def test_a_token_is_refused_as_the_rfc_writes_it(
    served: Served, form: dict[str, str], basic: str | None, refusal: tuple[int, str]
) -> None:
    """RFC 6749 5.2."""
    headers = {} if basic is None else {"authorization": f"Basic {basic}"}
    async with httpx2.AsyncClient(base_url=served.url, trust_env=False) as http:
        answer = await http.post("/oauth/token", data=form or {"x": "y"}, headers=headers)
        as_json = await http.post("/oauth/token", json=form)
    assert (answer.status_code, answer.json()["error"]) == refusal
    assert (as_json.status_code, as_json.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("text", "too_deep"),
    [
        (b"[" * 64 + b"]" * 64, False),
        (b"[" * 65 + b"]" * 65, True),
        (b"[]" * 1000, False),
        (b'{"a":"' + b"[" * 1000 + b'"}', False),
        (b'{"a":"\\"' + b"[" * 1000 + b'"}', False),
        (b'"' + b"\\" * 100_001 + b"[" * 1000, True),
        (b'{"a":[' * 33, True),
    ],
)
def test_depth_is_counted_outside_strings(text: bytes, too_deep: bool) -> None:
    """security.md 2.3: at most 64."""
    assert is_too_deep(text) is too_deep


async def test_the_list_of_tools_fits_in_an_answer(served: Served) -> None:
    answer = await served.http.post("/mcp", json=LIST)
    assert len(answer.content) < INLINE_BYTES


async def test_what_still_runs_when_time_is_up_is_answered_in_words() -> None:
    """Ours: a request that the server below cancels would get a plain 500, and a trace in the log."""
    began = asyncio.Event()

    async def wait(scope: Scope, receive: Receive, send: Send) -> None:
        began.set()
        await asyncio.Event().wait()

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    door = Door(allow(1, "127.0.0.1", [], []), {"/": wait}, {})
    headers = [(b"host", b"localhost:1")]
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}
    with anyio.fail_after(30):
        async with asyncio.TaskGroup() as group:
            group.create_task(door(scope, receive, send))
            await began.wait()
            door.cut()
    assert [message.get("status") for message in sent] == [504, None]
    assert json.loads(sent[1]["body"])["detail"] == ENDED
