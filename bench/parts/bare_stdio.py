"""The rival over stdio, a program: the official SDK's low-level server with ready results.

python bare_stdio.py TOOLS [RESULT]
"""

import json
import sys
from pathlib import Path
from typing import Any

import anyio
import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server


def build(tools: list[types.Tool], result: types.CallToolResult) -> Server[Any]:
    """A server that answers every call alike."""

    async def list_tools(
        context: ServerRequestContext[Any, Any], params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=tools)

    async def call_tool(context: ServerRequestContext[Any, Any], params: types.CallToolRequestParams) -> types.CallToolResult:
        return result

    return Server("bare", version="1", on_list_tools=list_tools, on_call_tool=call_tool)


async def main(tools: Path, result: Path | None) -> None:
    """Serve until the end of input."""
    text = "{}" if result is None else result.read_text()
    answer = types.CallToolResult(content=[types.TextContent(text=text)], structured_content=json.loads(text))
    server = build([types.Tool.model_validate(tool) for tool in json.loads(tools.read_text())], answer)
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


if __name__ == "__main__":
    anyio.run(main, Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
