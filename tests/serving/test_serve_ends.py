"""A server that is told to end while calls wait for a slow network: everybody gets an answer in words before it does."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest

from .conftest import CEILING_S, Begin

pytestmark = pytest.mark.slow

MOST_S = 10
"""An orderly stop takes less (docs/self-hosting.md)."""


def ask_tool(http: httpx2.Client, pcid: str, chat: str) -> Any:
    """Send over MCP; the tool's result."""
    arguments = {"PCID": pcid, "chat_id": chat, "text": "by tool"}
    params = {"name": "unipile_messaging_send_message_in_chat", "arguments": arguments}
    headers = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-11-25"}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    return http.post("/mcp", json=message, headers=headers).json()["result"]


def wait_for_pending(http: httpx2.Client, count: int) -> None:
    """Until so many writes are on their way."""
    deadline = time.monotonic() + CEILING_S
    while len(http.get("/api/v1/pending").json()["items"]) < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)  # another process's books: there is no event to wait for


def test_calls_that_wait_are_answered_before_the_server_ends(begin: Begin, folder: Path) -> None:
    """design.md 5: an unknown outcome is said as such, and what was not sent is said for certain."""
    server = begin("--seed", "small", folder=folder)
    pcid = server.wait()["pcid"]
    with server.http() as http, ThreadPoolExecutor(3) as pool:
        chats = [one["id"] for one in http.get("/api/v1/chats?limit=2&account_type=WHATSAPP").json()["items"]]
        slow = {"kind": "slow", "count": 5, "ms": 25_000, "only": "send"}
        assert http.post("/api/v1/networks/sandbox/controls/fault", json={"values": slow}).status_code == 200
        http.timeout = httpx2.Timeout(CEILING_S)
        by_rest = pool.submit(http.post, f"/api/v1/chats/{chats[0]}/messages", json={"text": "first"})
        by_tool = pool.submit(ask_tool, http, pcid, chats[1])
        wait_for_pending(http, 2)
        behind = pool.submit(http.post, f"/api/v1/chats/{chats[0]}/messages", json={"text": "second"})
        wait_for_pending(http, 3)
        asked_at = time.monotonic()
        code, _, err = server.end()
        assert time.monotonic() - asked_at < MOST_S
        assert (code, err) == (0, "")
        sent, waited, result = by_rest.result(), behind.result(), by_tool.result()
    assert sent.status_code == 504
    assert "was told to end before the network answered. The message may have been sent as " in sent.json()["detail"]
    assert waited.json()["detail"].startswith(
        "The server was told to end before this was handed to the network. Nothing was sent"
    )
    assert result["isError"]
    assert "The message may have been sent as " in result["content"][0]["text"]
