"""The rival over HTTP, a program: the official SDK's low-level server, tuned as its makers advise, with ready results.

    python bare_http.py TOOLS RESULT          every call is answered with RESULT, made once at the start
    python bare_http.py TOOLS RESULT DATABASE every call's arguments are first written down in one durable commit

Prints the port it listens on. Runs on uvicorn with the settings that Trunkline's server has.
"""

import asyncio
import json
import socket
import sqlite3
import sys
from pathlib import Path
from typing import Any

import mcp_types as types
import uvicorn
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server


class Notebook:
    """Writes calls down, one durable commit each."""

    def __init__(self, path: Path):
        self._db = sqlite3.connect(path)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("CREATE TABLE IF NOT EXISTS call (name TEXT, arguments TEXT)")

    def note(self, params: types.CallToolRequestParams) -> None:
        """Write one down."""
        self._db.execute("INSERT INTO call VALUES (?, ?)", (params.name, json.dumps(params.arguments)))
        self._db.commit()


def build(tools: list[types.Tool], result: types.CallToolResult, notebook: Notebook | None) -> Server[Any]:
    """A server that answers every call alike."""
    schemas = {tool.name: tool.input_schema for tool in tools}

    async def list_tools(
        context: ServerRequestContext[Any, Any], params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=tools)

    async def call_tool(context: ServerRequestContext[Any, Any], params: types.CallToolRequestParams) -> types.CallToolResult:
        if notebook is not None:
            notebook.note(params)
        return result

    return Server("bare", version="1", on_list_tools=list_tools, on_call_tool=call_tool, get_tool_input_schema=schemas.get)


def main(tools: Path, result: Path, database: Path | None) -> None:
    """Serve until ended."""
    text = result.read_text()
    answer = types.CallToolResult(content=[types.TextContent(text=text)], structured_content=json.loads(text))
    shown = [types.Tool.model_validate(tool) for tool in json.loads(tools.read_text())]
    server = build(shown, answer, None if database is None else Notebook(database))
    app = server.streamable_http_app(json_response=True, stateless_http=True)
    config = uvicorn.Config(
        app, http="httptools", ws="none", lifespan="on", log_config=None, access_log=False, proxy_headers=False,
        server_header=False, timeout_keep_alive=75,
    )  # fmt: skip
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(uvicorn.Server(config).serve([listening]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
