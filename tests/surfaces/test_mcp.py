"""MCP over HTTP with the SDK's own client, and by hand."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from trunkline.gateway.caller import Reply
from trunkline.model.blob import Blob
from trunkline.model.errors import Throttled
from trunkline.operations.chats import GetChat, ListAllChats, SendMessageInChat
from trunkline.operations.declaration import Operation
from trunkline.operations.messages import GetMessageAttachment

from .conftest import LOCAL_TOKEN, Served
from .fake_gate import CALLER, KEY, LOCAL, Asked, FakeGate

ERAS = ["legacy", "2026-07-28", "auto"]
PAGE = b'{"object":"ChatList","items":[{"name":"\\u00e9 \\"quoted\\" \xe2\x98\x83"}],"cursor":null}'
GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "tools.json").read_text())


@asynccontextmanager
async def client(served: Served, era: str, path: str = "/mcp", key: str = KEY) -> AsyncIterator[Client]:
    headers = {"authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(headers=headers, trust_env=False) as http:
        transport = streamable_http_client(served.url + path, http_client=http)
        async with Client(transport, mode=era) as connected:
            yield connected


def rpc(method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}


def call(name: str, **arguments: Any) -> dict[str, Any]:
    return rpc("tools/call", {"name": name, "arguments": arguments})


@pytest.mark.parametrize("era", ERAS)
async def test_both_eras_list_the_tools(served: Served, era: str) -> None:
    """MCP 2025-11-25 and 2026-07-28; tools.json is the published list."""
    async with client(served, era, "/unipile-messaging") as connected:
        tools = (await connected.list_tools()).tools
    assert [(tool.name, tool.description, tool.input_schema) for tool in tools] == [
        (tool["name"], tool["description"], tool["inputSchema"]) for tool in GOLDEN
    ]
    async with client(served, era) as connected:
        everything = (await connected.list_tools()).tools
    assert [tool.name for tool in everything[21:]] == [
        "trunkline_list_connections",
        "trunkline_list_accounts",
        "trunkline_search_messages",
    ]


@pytest.mark.parametrize("era", ERAS)
async def test_both_eras_call_a_tool_and_get_the_same_json_twice(served: Served, gate: FakeGate, era: str) -> None:
    """style.md 6.1: structured content and text carry the same JSON."""
    gate.act = lambda operation: Reply(PAGE)
    async with client(served, era) as connected:
        result = await connected.call_tool("unipile_messaging_list_all_chats", {"PCID": "p", "limit": 3})
    assert result.structured_content == json.loads(PAGE)
    assert [block.model_dump(exclude_none=True) for block in result.content] == [{"type": "text", "text": PAGE.decode()}]
    assert not result.is_error
    assert gate.asked == [Asked(CALLER, ListAllChats(limit=3), "p", "mcp", None, 30_000)]


async def test_plain_json_rpc_without_a_handshake_is_answered(served: Served, gate: FakeGate) -> None:
    """design.md 5: a drop-in for the hosted endpoint, which asks for `Accept: application/json` and no more."""
    headers = {"accept": "application/json"}
    listed = await served.http.post("/unipile-messaging", json=rpc("tools/list"), headers=headers)
    assert len(listed.json()["result"]["tools"]) == 21
    gate.act = lambda operation: Reply(PAGE)
    arguments = call("unipile_messaging_get_chat", PCID="p", chat_id="c")
    called = await served.http.post("/unipile-messaging", json=arguments, headers=headers)
    assert called.headers["content-type"] == "application/json"
    result = called.json()["result"]
    assert result["structuredContent"] == json.loads(PAGE)
    assert result["content"] == [{"type": "text", "text": PAGE.decode()}]
    assert gate.asked[0].operation == GetChat(chat_id="c")


async def test_the_drop_in_endpoint_has_the_21_alone(served: Served) -> None:
    answer = await served.http.post("/unipile-messaging", json=call("trunkline_list_connections"))
    assert answer.json()["error"]["message"] == ('There is no tool "trunkline_list_connections". tools/list names them all.')


async def test_the_list_of_tools_may_be_kept_for_five_minutes(served: Served) -> None:
    """MCP 2026-07-28, caching; style.md 6.1, rule 10."""
    meta = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}
    headers = {"mcp-protocol-version": "2026-07-28", "mcp-method": "tools/list"}
    answer = await served.http.post("/mcp", json=rpc("tools/list", {"_meta": meta}), headers=headers)
    result = answer.json()["result"]
    assert (result["ttlMs"], result["cacheScope"]) == (300_000, "public")


async def test_an_error_that_settles_a_call_is_acknowledged_too(served: Served, gate: FakeGate) -> None:
    """security.md R7."""

    def fail(operation: Operation[Any]) -> Reply:
        error = Throttled("Wait.")
        error.call = 78
        raise error

    gate.act = fail
    await served.http.post("/mcp", json=call("unipile_messaging_send_message_in_chat", PCID="p", chat_id="c", text="t"))
    assert gate.finished == [78]


async def test_tools_list_is_under_30_kb_and_the_same_each_time(served: Served) -> None:
    """design.md 5; style.md 6.1: prompt caches hit on equal bytes."""
    first = await served.http.post("/mcp", json=rpc("tools/list"))
    second = await served.http.post("/mcp", json=rpc("tools/list"))
    assert first.content == second.content
    assert len(first.content) < 30_000


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"chat_id": "c"}, "PCID is missing"),
        ({"PCID": "p"}, "chat_id is missing"),
        ({"PCID": "p", "chat_id": 5}, "chat_id is the number 5; it must be a text."),
        ({"PCID": "p", "chat_id": "c", "chatid": "c"}, "has no argument 'chatid'"),
        ({"PCID": "p", "chat_id": "a\x00"}, "chat_id"),
    ],
)
async def test_wrong_arguments_are_a_result_the_model_can_act_on(
    served: Served, gate: FakeGate, arguments: dict[str, Any], words: str
) -> None:
    """style.md 6.1, rule 5."""
    answer = (await served.http.post("/mcp", json=call("unipile_messaging_get_chat", **arguments))).json()
    assert answer["result"]["isError"] is True
    assert words.replace("'", '"') in answer["result"]["content"][0]["text"].replace("'", '"')
    assert gate.asked == []


@pytest.mark.parametrize("era", ["legacy", "2026-07-28"])
async def test_an_error_is_its_text_and_a_bug_is_one_plain_sentence(served: Served, gate: FakeGate, era: str) -> None:
    """style.md 6.2: to older clients the SDK would send the exception's text."""

    def refuse(operation: Operation[Any]) -> Reply:
        raise Throttled("WhatsApp asks us to wait 40 s. Nothing was sent.")

    def fail(operation: Operation[Any]) -> Reply:
        raise RuntimeError("secret +49 170 1234567")

    async with client(served, era) as connected:
        gate.act = refuse
        refused = await connected.call_tool("trunkline_list_connections")
        gate.act = fail
        failed = await connected.call_tool("trunkline_list_connections")
    assert refused.is_error
    assert refused.content[0].model_dump(exclude_none=True)["text"] == "WhatsApp asks us to wait 40 s. Nothing was sent."
    assert failed.is_error
    assert "secret" not in str(failed)
    assert "Trunkline failed at this request" in str(failed)


async def test_a_bug_leaves_no_text_in_the_log(served: Served, gate: FakeGate, caplog: pytest.LogCaptureFixture) -> None:
    """security.md 5.2: message texts never reach a log."""

    def fail(operation: Operation[Any]) -> Reply:
        raise RuntimeError("secret text")

    gate.act = fail
    await served.http.post("/mcp", json=call("trunkline_list_connections"))
    assert "RuntimeError" in caplog.text
    assert "test_mcp.py" in caplog.text
    assert "secret" not in caplog.text


async def test_an_idempotency_key_comes_from_meta(served: Served, gate: FakeGate) -> None:
    request = call("trunkline_list_connections")
    request["params"]["_meta"] = {"trunkline/idempotency-key": "k"}
    await served.http.post("/mcp", json=request)
    assert gate.asked[0].idempotency_key == "k"
    for wrong in (5, "", "x" * 256, "a\nb"):
        request["params"]["_meta"] = {"trunkline/idempotency-key": wrong}
        answer = (await served.http.post("/mcp", json=request)).json()
        assert answer["result"]["isError"] is True
    assert len(gate.asked) == 1


async def test_a_write_is_acknowledged_after_its_answer_and_a_read_is_not(served: Served, gate: FakeGate) -> None:
    """security.md R7."""
    gate.act = lambda operation: Reply(b"{}", call=77 if isinstance(operation, SendMessageInChat) else None)
    await served.http.post("/mcp", json=call("unipile_messaging_get_chat", PCID="p", chat_id="c"))
    await served.http.post("/mcp", json=call("unipile_messaging_send_message_in_chat", PCID="p", chat_id="c", text="t"))
    assert gate.finished == [77]


async def test_a_write_whose_client_has_gone_is_not_acknowledged(served: Served, gate: FakeGate) -> None:
    """security.md R7: a re-issued call whose first answer never left is the same call."""
    gate.hold = anyio.Event()
    gate.act = lambda operation: Reply(b"{}", call=77)
    body = json.dumps(call("unipile_messaging_send_message_in_chat", PCID="p", chat_id="c", text="t")).encode()
    stream = await anyio.connect_tcp("127.0.0.1", served.port)
    head = f"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nX-API-KEY: {KEY}\r\nContent-Length: {len(body)}\r\n"
    await stream.send((head + "Content-Type: application/json\r\nAccept: application/json\r\n\r\n").encode() + body)
    with anyio.fail_after(30):
        while not gate.asked:
            await anyio.lowlevel.checkpoint()
    await stream.aclose()
    await served.http.get("/health")  # by then the server has read the end of the connection
    gate.hold.set()
    await served.idle()
    assert gate.finished == []


def blob(media_type: str, data: bytes, size: int | None) -> Blob:
    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(data), 65536):
            yield data[start : start + 65536]

    return Blob(media_type, "file.bin", size, chunks())


ATTACHMENT = call("unipile_messaging_get_message_attachment", PCID="p", message_id="m", attachment_id="a.b")


@pytest.mark.parametrize(
    ("media_type", "block"),
    [
        ("image/png", {"type": "image", "data": "AAE=", "mimeType": "image/png"}),
        ("audio/ogg", {"type": "audio", "data": "AAE=", "mimeType": "audio/ogg"}),
    ],
)
@pytest.mark.parametrize("size", [2, None])
async def test_a_small_file_is_content_beside_a_description(
    served: Served, gate: FakeGate, media_type: str, block: dict[str, str], size: int | None
) -> None:
    """design.md 5, Bytes."""
    gate.act = lambda operation: Reply(blob(media_type, b"\x00\x01", size))
    result = (await served.http.post("/mcp", json=ATTACHMENT)).json()["result"]
    description = {"object": "File", "media_type": media_type, "file_name": "file.bin", "size": 2}
    assert result["structuredContent"] == description
    assert json.loads(result["content"][0]["text"]) == description
    assert result["content"][1:] == [block]


async def test_any_other_file_is_an_embedded_resource(served: Served, gate: FakeGate) -> None:
    """security.md 5.3: SVG never inline."""
    gate.act = lambda operation: Reply(blob("image/svg+xml", b"<svg/>", 6))
    result = (await served.http.post("/mcp", json=ATTACHMENT)).json()["result"]
    address = f"{served.url}/api/v1/messages/m/attachments/a.b"
    assert result["content"][1] == {
        "type": "resource",
        "resource": {"uri": address, "mimeType": "image/svg+xml", "blob": "PHN2Zy8+"},
    }


@pytest.mark.parametrize("size", [3 * 1024 * 1024 + 1, None])
async def test_a_large_file_is_a_link_for_http_and_content_for_a_pipe(served: Served, gate: FakeGate, size: int | None) -> None:
    """design.md 5, Bytes: up to 3 MiB, over stdio 16 MiB."""
    data = b"\x00" * (3 * 1024 * 1024 + 1)
    gate.act = lambda operation: Reply(blob("image/png", data, size))
    as_pipe = {"trunkline-pipe": "1"}
    result = (await served.http.post("/mcp", json=ATTACHMENT, headers=as_pipe)).json()["result"]
    address = f"{served.url}/api/v1/messages/m/attachments/a.b"
    assert address in result["structuredContent"]["note"]
    link = result["content"][1]
    assert (link["type"], link["uri"]) == ("resource_link", address)

    local = {**as_pipe, "authorization": f"Bearer {LOCAL_TOKEN}"}
    async with httpx2.AsyncClient(base_url=served.url, trust_env=False) as http:
        piped = (await http.post("/mcp", json=ATTACHMENT, headers=local)).json()["result"]
    assert piped["content"][1]["type"] == "image"
    assert len(piped["content"][1]["data"]) > len(data)
    assert gate.asked[1].caller == LOCAL
    assert gate.asked[1].operation == GetMessageAttachment(message_id="m", attachment_id="a.b")
