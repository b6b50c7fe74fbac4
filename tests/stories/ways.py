"""The ways by which calls reach a server: stdio processes, HTTP with the SDK's own client, and bare JSON-RPC."""

import itertools
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

import anyio
import httpx2
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from trunkline.owner.find import connect

from .agent import Agent, Call, Network, Result

START_S = 20
ANSWERS_AFTER_MS = 20
"""How long the sandbox's people think."""

Way = Callable[[Path], AbstractAsyncContextManager[Agent]]


def environment() -> dict[str, str]:
    """This process's, without settings of Trunkline; a seeded sandbox with people who answer soon."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRUNKLINE_")}
    return {**kept, "TRUNKLINE_SEED": "small", "TRUNKLINE_SANDBOX_ANSWER_MS": str(ANSWERS_AFTER_MS)}


def command(*arguments: str) -> list[str]:
    """The program's command line."""
    return [sys.executable, "-m", "trunkline", *arguments]


def by_client(client: Client) -> Call:
    """Calls by the SDK's client."""

    async def call(tool: str, arguments: dict[str, Any]) -> Result:
        result = await client.call_tool(tool, arguments)
        return result.model_dump(mode="json", by_alias=True, exclude_none=True)

    return call


def by_plain_json_rpc(http: httpx2.AsyncClient) -> Call:
    """Calls as programs for the hosted endpoint write them: one POST each, no handshake, no session, no MCP header."""
    numbers = itertools.count()

    async def call(tool: str, arguments: dict[str, Any]) -> Result:
        number = next(numbers)
        params = {"name": tool, "arguments": arguments}
        body = {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}
        answer = await http.post("/unipile-messaging", json=body, headers={"accept": "application/json"})
        answered = answer.raise_for_status().json()
        assert (answered["jsonrpc"], answered["id"]) == ("2.0", number)
        result: Result = answered["result"]
        return result

    return call


@asynccontextmanager
async def stdio(folder: Path, era: str) -> AsyncIterator[Agent]:
    """The SDK's client over a process of its own."""
    program, *arguments = command("mcp", "--data", str(folder))
    parameters = StdioServerParameters(command=program, args=arguments, env=environment())
    async with Client(stdio_client(parameters), mode=era) as client:
        await client.list_tools()
        yield Agent(by_client(client), Network(folder).pcid())


def owning_process(era: str) -> Way:
    """A stdio process that serves the folder itself."""
    return lambda folder: stdio(folder, era)


def thin_pipe(era: str) -> Way:
    """A second stdio process: everything goes through the first one's."""

    @asynccontextmanager
    async def way(folder: Path) -> AsyncIterator[Agent]:
        async with stdio(folder, era):
            first = Network(folder).served_by()
            async with stdio(folder, era) as agent:
                yield agent
                assert Network(folder).served_by() == first

    return way


@asynccontextmanager
async def served(folder: Path, *options: str, log: Path | None = None) -> AsyncIterator[httpx2.AsyncClient]:
    """`trunkline serve`, and an HTTP client with the key of its ready file. log: where its standard error goes."""
    ready = folder.parent / "ready.json"
    line = command("serve", "--data", str(folder), "--port", "0", "--ready-file", str(ready), *options)
    with nullcontext() if log is None else log.open("wb") as said:
        async with await anyio.open_process(line, env=environment(), stdout=subprocess.DEVNULL, stderr=said) as process:
            try:
                with anyio.fail_after(START_S):
                    while not ready.exists():
                        assert process.returncode is None
                        await anyio.sleep(0.02)  # another process's file: there is no event to wait for
                owner = connect(folder)
                assert owner is not None
                key = httpx2.Response(200, content=ready.read_bytes()).json()["api_key"]
                url = f"http://127.0.0.1:{owner.port}"
                headers = {"authorization": f"Bearer {key}"}
                async with httpx2.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=60) as http:
                    yield http
            finally:
                process.terminate()


def over_http(path: str, era: str) -> Way:
    """The SDK's client over HTTP."""

    @asynccontextmanager
    async def way(folder: Path) -> AsyncIterator[Agent]:
        async with served(folder) as http:
            transport = streamable_http_client(str(http.base_url.join(path)), http_client=http)
            async with Client(transport, mode=era) as client:
                yield Agent(by_client(client), Network(folder).pcid())

    return way


@asynccontextmanager
async def plain_json_rpc(folder: Path) -> AsyncIterator[Agent]:
    """Without the SDK."""
    async with served(folder) as http:
        yield Agent(by_plain_json_rpc(http), Network(folder).pcid())
