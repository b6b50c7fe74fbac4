"""S2: many clients at once, all with the same JSON-RPC ids, and nobody ever gets a word of somebody else's.

Two hundred agents of one person, each with a key and a connection of its own that is limited to one chat: they share the
accounts, so nothing but their connections keeps them apart. In each chat a canary was said.
"""

import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest

from trunkline.model.networks import ACCOUNT_TYPES

from .served import CEILING_S, Served, served
from .wire import Answer, Tools, tools_of

pytestmark = pytest.mark.slow

CLIENTS = 200
WORLDS = 5
CALLS = 5_000
MANY_CALLS = 20_000
AT_ONCE = 40
"""Agents made at one time."""
EQUAL_ID = 7
CANARY = re.compile(rb"canary-[0-9a-f]{16}")


@dataclass(frozen=True)
class Agent:
    """A client. chat: public id. place: (identity, chat) as the network has it. canary: said there and nowhere else."""

    api_key: str
    pcid: str
    chat: str
    place: tuple[str, str]
    canary: str
    may_write: bool


@dataclass(frozen=True)
class Crowd:
    """The server and its clients."""

    server: Served
    agents: list[Agent]


@asynccontextmanager
async def open_crowd(folder: Path, clients: int, worlds: int) -> AsyncIterator[Crowd]:
    """A person with so many worlds of seven accounts, and an agent for each of so many chats."""
    async with served(folder) as server, server.http(server.local_token) as http:
        me = await server.parts.gate.local_user()
        names = {
            await server.log_in(account_type, number, me.principal): f"{account_type}:{number}"
            for number in range(1, worlds + 1)
            for account_type in ACCOUNT_TYPES
        }
        chats = (await _get(http, "/chats?limit=250"))["items"]
        identities = {row["account"]: row["identity"] for row in (await server.control("world"))["accounts"]}
        agents: list[Agent] = []

        async def add(chat: dict[str, Any]) -> None:
            account = names[chat["account_id"]]
            agents.append(await _agent(server, http, chat, account, identities[account]))

        for start in range(0, clients, AT_ONCE):
            async with anyio.create_task_group() as tasks:
                for chat in chats[start : min(start + AT_ONCE, clients)]:
                    tasks.start_soon(add, chat)
        yield Crowd(server, agents)


@pytest.fixture(scope="module")
async def crowd(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Crowd]:
    """Two hundred agents in five worlds."""
    async with open_crowd(tmp_path_factory.mktemp("crowd") / "data", CLIENTS, WORLDS) as opened:
        yield opened


async def _get(http: httpx2.AsyncClient, path: str) -> Any:
    return (await http.get(f"/api/v1{path}")).raise_for_status().json()


async def _post(http: httpx2.AsyncClient, path: str, body: object) -> Any:
    return (await http.post(f"/api/v1{path}", json=body)).raise_for_status().json()


async def _agent(server: Served, http: httpx2.AsyncClient, chat: dict[str, Any], account: str, identity: str) -> Agent:
    """An agent for a chat, made as a person makes one; somebody says a canary there."""
    name = f"agent of {chat['id']}"
    wanted = {"name": name, "principal": name, "roads": [server.network.road], "chats": [chat["id"]], "mode": "open"}
    effects = ["read", "send", "change", "destroy"]
    connection = await _post(http, "/connections", {**wanted, "effects": effects})
    key = await _post(http, "/keys", {"name": name, "principal": name, "pcid": connection["pcid"]})
    canary = f"canary-{secrets.token_hex(8)}"
    people = (await _get(http, f"/chats/{chat['id']}/attendees"))["items"]
    speaker = next(one["provider_id"] for one in people if not one["is_self"])
    said = {"as": speaker, "account": account, "chat": chat["provider_id"], "text": canary}
    await server.control("write", **said)
    place = (identity, chat["provider_id"])
    is_ours = chat["account_type"] == "TELEGRAM" and not chat["read_only"]
    return Agent(key["api_key"], connection["pcid"], chat["id"], place, canary, may_write=is_ours)


def check(agent: Agent, answer: Answer, *, has_canary: bool) -> Any:
    """The answer is for this agent. Gives its structured content."""
    seen = set(CANARY.findall(answer.body))
    assert seen <= {agent.canary.encode()}, "somebody else's words"
    body = answer.json
    assert (answer.status, body["id"]) == (200, EQUAL_ID)
    assert not body["result"].get("isError"), body
    assert not has_canary or seen
    return body["result"]["structuredContent"]


async def ask(agent: Agent, tools: Tools, tool: str, *, has_canary: bool = True, modern: bool = False, **arguments: Any) -> Any:
    """One call under the number that everybody uses."""
    answer = await tools.call(tool, {"PCID": agent.pcid, **arguments}, EQUAL_ID, is_modern=modern)
    return check(agent, answer, has_canary=has_canary)


async def live(server: Served, agent: Agent, calls: int) -> None:
    """An agent's calls, one after the other, beside those of all others."""
    async with tools_of(server.port, agent.api_key) as tools:
        with anyio.fail_after(CEILING_S):  # until the canary has come in from the network
            while True:
                answer = await tools.call("list_chat_messages", {"PCID": agent.pcid, "chat_id": agent.chat}, EQUAL_ID)
                if agent.canary in str(check(agent, answer, has_canary=False)):
                    break
        (message,) = (await ask(agent, tools, "list_all_messages", limit=1))["items"]
        assert message["text"] == agent.canary
        for number in range(0, calls - 2, 8):
            modern = number % 16 == 0
            shown = await ask(agent, tools, "list_all_chats", has_canary=False, modern=modern)
            assert [chat["id"] for chat in shown["items"]] == [agent.chat]
            assert await ask(agent, tools, "get_message", modern=modern, message_id=message["id"])
            assert (await ask(agent, tools, "get_chat", has_canary=False, chat_id=agent.chat))["id"] == agent.chat
            found = await ask(agent, tools, "trunkline_search_messages", modern=modern, query="canary")
            assert message["id"] in {one["id"] for one in found["items"]}
            await ask(agent, tools, "list_attendees", has_canary=False, modern=modern, chat_id=agent.chat)
            await ask(agent, tools, "list_all_attendees", has_canary=False, modern=modern, limit=2)
            await ask(agent, tools, "list_chat_messages", chat_id=agent.chat, limit=10)
            if agent.may_write and number < 16:
                text = f"{agent.canary}, says its agent for the {number}th time"
                await ask(agent, tools, "send_message_in_chat", has_canary=False, chat_id=agent.chat, text=text)
            else:
                await ask(agent, tools, "list_all_messages", limit=5)


async def run_all(crowd: Crowd, calls: int) -> None:
    """Everybody at once."""
    async with anyio.create_task_group() as tasks:
        for agent in crowd.agents:
            tasks.start_soon(live, crowd.server, agent, calls // len(crowd.agents))


@pytest.mark.parametrize("calls", [CALLS, pytest.param(MANY_CALLS, marks=pytest.mark.heavy)])
async def test_no_answer_is_somebody_elses(crowd: Crowd, calls: int) -> None:
    """S2; and what was written arrives in the chat of whoever wrote it."""
    assert len({agent.place for agent in crowd.agents}) == CLIENTS
    await run_all(crowd, calls)
    await check_arrivals(crowd)
    print(f"S2: {calls} calls by {CLIENTS} clients, 0 crossed")


async def check_arrivals(crowd: Crowd) -> None:
    """Every send of an agent is in the agent's own chat, by the network's record."""
    places = {agent.canary: agent.place for agent in crowd.agents}
    arrived = [row for row in await crowd.server.control("record", kind="send") if "canary" in row["command"]["text"]]
    assert len(arrived) >= 2 * sum(agent.may_write for agent in crowd.agents) > 0
    for row in arrived:
        assert places[row["command"]["text"].split(",")[0]] == (row["identity"], row["chat"])
