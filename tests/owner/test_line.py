"""What the pipe understands of a line. The header rules are those of MCP 2026-07-28, section Transports."""

import json

import pytest

from trunkline.owner.line import KEY_META, BadLine, Line, failure_line, read_line, with_id

MODERN = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}


def line(message: object, agreed_version: str | None = None) -> Line:
    return read_line(json.dumps(message).encode(), agreed_version)


def test_a_line_of_the_newer_era_repeats_version_method_and_name_in_headers() -> None:
    """MCP 2026-07-28: the three headers must agree with the body."""
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "get_chat", "_meta": MODERN}}
    assert line(call).headers == (
        ("MCP-Protocol-Version", "2026-07-28"),
        ("Mcp-Method", "tools/call"),
        ("Mcp-Name", "get_chat"),
    )


def test_a_name_that_http_cannot_carry_travels_as_base64() -> None:
    """MCP 2026-07-28: the `=?base64?...?=` wrapping."""
    read = {"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": "a\r\nb: ü", "_meta": MODERN}}
    assert line(read).headers[2] == ("Mcp-Name", "=?base64?YQ0KYjogw7w=?=")


def test_a_version_with_a_line_break_in_it_cannot_add_a_header() -> None:
    meta = {**MODERN, "io.modelcontextprotocol/protocolVersion": "2026-07-28\r\nAuthorization: Bearer stolen"}
    headers = line({"id": 1, "method": "a\r\nb", "params": {"_meta": meta}}).headers
    assert headers == (("MCP-Protocol-Version", "unknown"),)


def test_a_line_of_the_handshake_era_carries_the_agreed_version_alone() -> None:
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    assert line(ping).headers == ()
    assert line(ping, "2025-06-18").headers == (("MCP-Protocol-Version", "2025-06-18"),)


def test_a_tool_call_gets_a_key_and_keeps_the_one_it_has() -> None:
    """Ours, design.md 7: an idempotency key on every call of a pipe."""
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "x", "arguments": {"a": "\ud800é"}}}
    first, second = (json.loads(line(call).body) for _ in range(2))
    key = first["params"].pop("_meta").pop(KEY_META)
    assert len(key) == 32
    assert second["params"].pop("_meta").pop(KEY_META) != key
    assert first == call == second

    call["params"]["_meta"] = {KEY_META: "mine"}  # type: ignore[index]
    assert json.loads(line(call).body) == call


@pytest.mark.parametrize("params", [None, [], "x", {"_meta": "x"}])
def test_a_tool_call_with_odd_params_goes_on_as_it_is(params: object) -> None:
    raw = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).encode()
    assert read_line(raw, None).body == raw


@pytest.mark.parametrize(
    ("raw", "code", "answered_id"),
    [
        (b"{", -32700, None),
        (b"\xff", -32700, None),
        (b'{"id":NaN}', -32700, None),
        (b"[" * 100_000, -32700, None),
        (b"[]", -32600, None),
        (b'{"id":7}', -32600, 7),
    ],
)
def test_a_line_that_is_no_message_is_answered_with_a_json_rpc_error(raw: bytes, code: int, answered_id: object) -> None:
    with pytest.raises(BadLine) as caught:
        read_line(raw, None)
    assert caught.value.answer is not None
    answer = json.loads(caught.value.answer)
    assert (answer["error"]["code"], answer["id"]) == (code, answered_id)


def test_a_line_that_names_an_argument_twice_is_answered_with_its_name() -> None:
    raw = b'{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"x","arguments":{"text":"a","text":"b"}}}'
    with pytest.raises(BadLine) as caught:
        read_line(raw, None)
    text = "The message names the member 'text' twice in one object; give it once."
    assert json.loads(caught.value.answer or b"") == {
        "jsonrpc": "2.0", "id": 7, "error": {"code": -32600, "message": text},
    }  # fmt: skip


def test_an_answer_from_the_client_is_dropped() -> None:
    with pytest.raises(BadLine) as caught:
        line({"jsonrpc": "2.0", "id": 1, "result": {}})
    assert caught.value.answer is None


def test_a_failed_call_is_a_result_the_model_can_read_and_a_failed_notification_is_silent() -> None:
    call = line({"id": "a", "method": "tools/call", "params": {"name": "x"}})
    assert json.loads(failure_line(call, "words") or b"") == {
        "jsonrpc": "2.0",
        "id": "a",
        "result": {"content": [{"type": "text", "text": "words"}], "isError": True, "resultType": "complete"},
    }
    assert failure_line(line({"method": "notifications/initialized"}), "words") is None


def test_an_error_without_an_id_gets_the_id_of_its_request() -> None:
    """Ours: a client waits for its id, and would wait for ever."""
    request = line({"id": 5, "method": "ping"})
    body = b'{"jsonrpc":"2.0","id":null,\n"error":{"code":-32600,"message":"bad"}}'
    assert with_id(body, request) == b'{"jsonrpc":"2.0","id":5,"error":{"code":-32600,"message":"bad"}}'
    assert with_id(b"<html>", request) is None
