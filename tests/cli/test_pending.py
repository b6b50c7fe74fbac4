"""What no network has confirmed yet, with the network that it went to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Command
from .fake_server import FakeServer


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeServer]:
    """A server with nothing to say yet."""
    server = FakeServer()
    server.announce(tmp_path)
    yield server
    server.end()


def test_an_unclear_send_names_its_network_whichever_connection_reaches_it(
    fake: FakeServer, command: Command, tmp_path: Path
) -> None:
    """The first connection reaches the simulated networks alone; this send went to a real one. Seen to fail: an empty cell."""
    send = {
        "object": "PendingSend",
        "id": 27,
        "message_id": "M" * 22,
        "account_id": "a" * 22,
        "chat_id": "C" * 22,
        "command": "SendMessage",
        "state": "unknown",
        "attempts": 1,
        "created_at": "2026-11-23T00:43:00.000Z",
    }
    account = {
        "object": "Account",
        "type": "SLACK",
        "id": "a" * 22,
        "name": "ada @ Acme",
        "created_at": "2026-11-23T00:30:23.411Z",
        "connection_params": {"im": {"id": "U0ADA"}},
        "groups": [],
        "sources": [{"id": "a_MESSAGING", "status": "OK"}],
    }
    fake.acts = [
        (200, {"object": "PendingList", "items": [send], "cursor": None}),
        (200, {"object": "AccountList", "items": [account], "cursor": None}),
    ]
    said = command("pending", environ={"TRUNKLINE_DATA": str(tmp_path)})
    assert said.code == 0, said.err
    (row,) = [line for line in said.out.splitlines() if line.startswith("27")]
    assert " Slack " in row
    assert [each.line.split("?")[0] for each in fake.asked] == ["GET /api/v1/pending", "GET /api/v1/accounts"]
