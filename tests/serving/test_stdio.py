"""`trunkline mcp` as MCP clients start it: with the SDK's own client, and through the death of the process that serves."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from trunkline.owner.find import connect

from .conftest import CEILING_S, environment

pytestmark = pytest.mark.slow

ENVIRONMENT = {**environment(), "TRUNKLINE_SEED": "small"}
SENDS = 30


@pytest.mark.parametrize("era", ["auto", "legacy", "2026-07-28"])
async def test_an_agent_works_over_stdio_from_an_empty_folder(folder: Path, era: str) -> None:
    """MCP, both eras: the first process serves, so nothing has to be started before."""
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "trunkline", "mcp", "--data", str(folder)], env=ENVIRONMENT
    )
    async with Client(stdio_client(command), mode=era) as agent:
        if era != "2026-07-28":  # a client that is told the version asks for no introduction
            assert agent.server_info is not None
            assert agent.server_info.name == "trunkline"
            assert "trunkline_list_connections" in (agent.instructions or "")
        assert len((await agent.list_tools()).tools) == 24
        connections = (await agent.call_tool("trunkline_list_connections")).structured_content
        pcid = connections["items"][0]["pcid"]
        chats = await agent.call_tool("unipile_messaging_list_all_chats", {"PCID": pcid, "limit": 2})
        assert len(chats.structured_content["items"]) == 2
        wrong = await agent.call_tool("unipile_messaging_list_all_chats", {"PCID": pcid, "limit": 251})
        assert wrong.is_error
        foreign = await agent.call_tool("unipile_messaging_list_all_chats", {"PCID": "pc_other"})
        assert foreign.is_error


class Process:
    """One stdio client's process."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "trunkline", "mcp", "--data", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=ENVIRONMENT,
        )
        self.calls = 0

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool; its result."""
        self.calls += 1
        params = {"name": tool, "arguments": arguments}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        message = {"jsonrpc": "2.0", "id": self.calls, "method": "tools/call", "params": params}
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert answer["id"] == self.calls
        result: dict[str, Any] = answer["result"]
        return result

    def finish(self) -> None:
        """Kill what is left of it."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def processes(folder: Path) -> Iterator[list[Process]]:
    """Three clients of one folder; the first of them serves."""
    with ExitStack() as stack:
        started = []
        for _ in range(3):
            started.append(Process(folder))
            stack.callback(started[-1].finish)
            started[-1].call("trunkline_list_connections")
        yield started


def sent_at_the_network(folder: Path) -> list[str]:
    """The texts that arrived at the sandbox, by its own record: the referee."""
    owner = connect(folder)
    assert owner is not None
    answer = httpx2.post(
        f"http://127.0.0.1:{owner.port}/api/v1/networks/sandbox/controls/record",
        json={"values": {"kind": "send", "limit": 1000}},
        headers={"authorization": f"Bearer {owner.token}"},
        trust_env=False,
    )
    return [json.dumps(row) for row in answer.json()["answer"]]


def test_the_death_of_the_serving_process_loses_and_doubles_nothing(folder: Path, processes: list[Process]) -> None:
    """design.md 7: kill -9 of the owner; the others go on, one of them serves."""
    first, second, third = processes
    pcid = second.call("trunkline_list_connections")["structuredContent"]["items"][0]["pcid"]
    chats = second.call("unipile_messaging_list_all_chats", PCID=pcid, account_type="TELEGRAM", limit=1)
    chat = chats["structuredContent"]["items"][0]["id"]
    owner = connect(folder)
    assert owner is not None
    assert owner.pid == first.process.pid

    for number in range(SENDS):
        if number == SENDS // 3:
            first.process.kill()
        if number == 2 * SENDS // 3:
            heir = connect(folder)
            assert heir is not None
            assert heir.pid in (second.process.pid, third.process.pid)
        result = second.call("unipile_messaging_send_message_in_chat", PCID=pcid, chat_id=chat, text=f"number {number}.")
        assert result["structuredContent"]["object"] == "MessageSent", result
    first.process.wait(CEILING_S)

    arrived = sent_at_the_network(folder)
    assert [sum(f"number {number}." in row for row in arrived) for number in range(SENDS)] == [1] * SENDS
