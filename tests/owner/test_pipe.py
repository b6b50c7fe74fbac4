"""Whole stdio processes: `fake_owner.py` run as a program, as an MCP client runs `trunkline mcp`."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from trunkline.owner import server_file
from trunkline.owner.find import connect
from trunkline.owner.pipe import NO_STREAMS

from .fake_owner import FakeOwner

PROGRAM = Path(__file__).with_name("fake_owner.py")
LONG_S = 20


class Client:
    """An MCP client's end of a stdio process."""

    def __init__(self, folder: Path, record: Path, script: dict[str, list[str]]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM), str(folder), str(record)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "SCRIPT": json.dumps(script)},
        )

    def send(self, *lines: bytes) -> None:
        """Write lines."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"".join(line + b"\n" for line in lines))
        self.process.stdin.flush()

    def ask(self, request_id: int, method: str = "tools/call") -> None:
        """Write a request."""
        params = {"name": "x", "n": request_id}
        self.send(json.dumps({"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}).encode())

    def read(self) -> dict[str, Any]:
        """The next answer."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the process ended"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> tuple[int, bytes]:
        """Close its input; its exit code and what it still wrote."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        rest = self.process.stdout.read()
        self.process.stdout.close()
        return self.process.wait(LONG_S), rest


Begin = Callable[..., Client]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Starts stdio processes over one folder; ends those that are left."""
    folder = tmp_path / "data"
    with ExitStack() as stack:

        def start(script: dict[str, list[str]] | None = None) -> Client:
            client = Client(folder, tmp_path / "record", script or {})
            stack.callback(end_hard, client.process)
            return client

        yield start


def end_hard(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait(LONG_S)
    for stream in (process.stdin, process.stdout):
        if stream is not None and not stream.closed:
            stream.close()


def test_six_cold_starts_at_once_end_with_one_server(begin: Begin) -> None:
    """design.md 7."""
    clients = [begin() for _ in range(6)]
    for client in clients:
        client.ask(1)
    owners = {client.read()["result"]["owner"] for client in clients}
    assert len(owners) == 1
    for client in clients:
        if client.process.pid not in owners:
            assert client.end() == (0, b"")


def test_the_next_process_serves_when_the_owner_is_killed(begin: Begin, tmp_path: Path) -> None:
    """design.md 7: kill -9 of the owner; a call under way then goes on at the next owner, under the same key."""
    first = begin({"tools/call": ["echo", "die"]})
    first.ask(1)
    assert first.read()["result"]["owner"] == first.process.pid
    second, third = begin(), begin()
    second.ask(2)
    third.ask(3)
    answers = {client.read()["result"]["owner"] for client in (second, third)}
    assert answers <= {second.process.pid, third.process.pid, first.process.pid}
    assert first.process.wait(LONG_S) == 9
    second.ask(4)
    assert second.read()["id"] == 4

    asked = [json.loads(line) for line in (tmp_path / "record").read_text().splitlines()]
    died_over = asked[1]
    again = [one for one in asked if one["body"]["id"] == died_over["body"]["id"]]
    assert len(again) == 2
    assert again[0]["body"] == again[1]["body"]
    assert again[0]["owner"] != again[1]["owner"]


def test_an_owner_whose_client_leaves_hands_over_in_order(begin: Begin, tmp_path: Path) -> None:
    first = begin()
    first.ask(1)
    first.read()
    second = begin()
    second.ask(2)
    assert second.read()["result"]["owner"] == first.process.pid
    assert first.end() == (0, b"")
    second.ask(3)
    assert second.read()["result"]["owner"] == second.process.pid
    owner = connect(tmp_path / "data")
    assert owner is not None
    assert owner.pid == second.process.pid
    assert second.end() == (0, b"")
    assert server_file.read(tmp_path / "data") is None


def test_what_is_in_flight_is_answered_before_the_process_ends(begin: Begin) -> None:
    client = begin()
    for number in range(40):
        client.ask(number)
    code, rest = client.end()
    assert code == 0
    assert sorted(json.loads(line)["id"] for line in rest.splitlines()) == list(range(40))


def test_notifications_blank_lines_and_nonsense_are_told_apart(begin: Begin) -> None:
    """JSON-RPC 2.0: a notification gets no answer, nonsense gets one with a null id."""
    client = begin()
    client.send(b'{"jsonrpc":"2.0","method":"notifications/initialized"}', b"", b"  ", b"nonsense")
    assert client.read()["error"]["code"] == -32700
    client.ask(1)
    assert client.read()["id"] == 1
    assert client.end() == (0, b"")


def test_a_line_without_end_is_refused_and_the_next_is_read(begin: Begin) -> None:
    client = begin()
    client.send(b'{"a":"' + b"x" * (9 * 1024 * 1024) + b'"}')
    assert client.read()["error"]["message"].startswith("The line is longer than 8388608 bytes.")
    client.ask(1)
    assert client.read()["id"] == 1


def test_calls_that_change_one_chat_go_out_in_the_order_of_their_lines(begin: Begin, tmp_path: Path) -> None:
    """Ours: they travel over several connections, and the first to arrive was the first to be sent."""
    client = begin()
    lines = [(tool, {"chat_id": f"chat {number % 2}"}) for number in range(20) for tool in ("send", "delete_it")]
    for request_id, (name, arguments) in enumerate(lines):
        params = {"name": name, "arguments": arguments}
        client.send(json.dumps({"jsonrpc": "2.0", "id": request_id, "method": "tools/call", "params": params}).encode())
    answered = [client.read()["id"] for _ in lines]
    assert sorted(answered) == list(range(len(lines)))
    asked = [json.loads(line)["body"] for line in (tmp_path / "record").read_text().splitlines()]
    for chat in ("chat 0", "chat 1"):
        of_chat = [request_id for request_id, (_, arguments) in enumerate(lines) if arguments["chat_id"] == chat]
        assert [body["id"] for body in asked if body["params"]["arguments"]["chat_id"] == chat] == of_chat
        assert [request_id for request_id in answered if request_id in of_chat] == of_chat


def test_reads_pass_by_a_send_that_waits_and_the_next_send_does_not(begin: Begin, tmp_path: Path) -> None:
    client = begin({"tools/call": ["hold"]})
    send, read = "unipile_messaging_send_message_in_chat", "unipile_messaging_list_chat_messages"
    for request_id, name in enumerate((send, send, read, read)):
        params = {"name": name, "arguments": {"chat_id": "one"}}
        client.send(json.dumps({"jsonrpc": "2.0", "id": request_id, "method": "tools/call", "params": params}).encode())
        if request_id == 0:
            client.ask(9, "held")  # answered once the send has come
            assert client.read()["id"] == 9
    assert {client.read()["id"], client.read()["id"]} == {2, 3}
    client.ask(10, "go")
    assert [request_id for request_id in (client.read()["id"] for _ in range(3)) if request_id != 10] == [0, 1]
    asked = [json.loads(line)["body"]["id"] for line in (tmp_path / "record").read_text().splitlines()]
    assert asked[-1] == 1


def test_a_call_too_long_to_be_read_is_answered_under_its_id(begin: Begin) -> None:
    """Ours: under a null id the client would wait for good."""
    client = begin()
    text = b"x" * (20 * 1024 * 1024)
    client.send(b'{"jsonrpc":"2.0","method":"tools/call","params":{"arguments":{"text":"%b"}},"id":7}' % text)
    answer = client.read()
    assert (answer["id"], answer["result"]["isError"]) == (7, True)
    assert answer["result"]["content"][0]["text"].startswith("The line is longer than 8388608 bytes.")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "<&- >&-"])
def test_without_standard_input_or_output_it_says_so(tmp_path: Path, closed: str) -> None:
    command = f'"$0" -m trunkline mcp --data "$1" {closed}'
    done = subprocess.run(
        ["/bin/sh", "-c", command, sys.executable, str(tmp_path)], stderr=subprocess.PIPE, timeout=LONG_S, check=False
    )
    assert (done.returncode, done.stderr.decode()) == (2, f"trunkline: {NO_STREAMS}\n")


def test_a_pipe_stays_small_and_imports_little(tmp_path: Path, owner: FakeOwner) -> None:
    """design.md 7: no SDK inside a pipe. What it costs is measured in bench/."""
    code = (
        "import sys, pathlib; from trunkline.owner.pipe import run; "
        "run(pathlib.Path(sys.argv[1]), None); print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(tmp_path)], input=b"", capture_output=True, timeout=LONG_S, check=True
    )
    loaded = set(done.stderr.decode().split())
    assert "trunkline.owner.courier" in loaded
    heavy = {"asyncio", "ssl", "email", "http.client", "msgspec", "mcp", "pydantic", "typer", "dataclasses", "logging"}
    assert loaded & heavy == set()
