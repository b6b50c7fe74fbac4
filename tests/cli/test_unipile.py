"""Connections to a Unipile subscription, from the command line: `trunkline connection add-unipile`, `check`, and the doctor."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from .conftest import Command

KEY = "cHJlZml4.c2VjcmV0"


class Subscription(ThreadingHTTPServer):
    """Lists two accounts to whoever has the key."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.key = KEY

    @property
    def dsn(self) -> str:
        """What a person types."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Subscription

    def do_GET(self) -> None:
        is_ours = self.headers["x-api-key"] == self.server.key
        kinds = (("wa", "WHATSAPP", "OK"), ("li", "LINKEDIN", "CREDENTIALS"))
        items = [
            {"type": kind, "id": name, "name": f"my {name}", "sources": [{"id": "s", "status": status}]}
            for name, kind, status in kinds
        ]
        page = {"object": "AccountList", "items": items, "cursor": None}
        problem = {"type": "errors/invalid_credentials", "title": "Invalid credentials", "status": 401}
        body = json.dumps(page if is_ours else problem).encode()
        self.send_response(200 if is_ours else 401)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def subscription() -> Iterator[Subscription]:
    """A server of the vendor's, as far as the command line sees it."""
    server = Subscription()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def key_file(tmp_path: Path) -> str:
    """The access token."""
    path = tmp_path / "token"
    path.write_text(f"{KEY}\n")
    return str(path)


def test_a_subscription_is_one_command_and_looked_after_by_two(
    trunkline: Command, subscription: Subscription, key_file: str
) -> None:
    """docs/unipile.md: what it says is what happens."""
    added = trunkline("connection", "add-unipile", "Subscribed", "--dsn", subscription.dsn, "--key-file", key_file)
    assert (added.code, added.err) == (0, "")
    assert "unipile" in added.out
    assert "guarded" in added.out
    checked = trunkline("connection", "check", "Subscribed")
    assert checked.code == 0
    assert f"{subscription.dsn}: The key works; 2 accounts are reached. 1 needs attention" in checked.out
    assert "logged out" in checked.out
    told = trunkline("doctor")
    assert told.code == 1
    assert "problem: Subscribed: LinkedIn (my li) is logged out. Log in again where the subscription is managed." in told.out
    assert [each["level"] for each in trunkline("doctor", "--json").json["findings"] if "Subscribed" in each["text"]] == [
        "note",
        "problem",
    ]
    subscription.key = "another"
    refused = trunkline("connection", "check", "Subscribed")
    assert (refused.code, "refuses the key" in refused.out) == (1, True)
    assert "problem: Subscribed" in trunkline("doctor").out
    assert trunkline("connection", "revoke", "Subscribed", "--yes").code == 0
    assert "Subscribed" not in trunkline("doctor").out


def test_a_wrong_key_makes_no_connection(trunkline: Command, subscription: Subscription, key_file: str) -> None:
    """And is named by what is wrong with it, never by its text."""
    subscription.key = "another"
    said = trunkline("connection", "add-unipile", "Nothing", "--dsn", subscription.dsn, "--key-file", key_file)
    assert said.code == 1
    assert "refused by the Unipile server" in said.err
    assert KEY not in said.out + said.err
    assert "Nothing" not in trunkline("connection", "list").out


def test_a_key_that_cannot_be_read_is_a_wrong_usage(trunkline: Command, tmp_path: Path) -> None:
    """Before anything is asked."""
    said = trunkline("connection", "add-unipile", "x", "--dsn", "a:1", "--key-file", str(tmp_path / "gone"))
    assert said.code == 2
    assert "--key-file cannot be read" in said.err


def test_plain_http_to_another_machine_is_refused(trunkline: Command, key_file: str) -> None:
    """The key travels in a header."""
    said = trunkline("connection", "add-unipile", "x", "--dsn", "http://api1.unipile.com", "--key-file", key_file)
    assert said.code == 1
    assert "Use https." in said.err
