"""An MCP server that lists its twelve tools three at a time."""

import anyio
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

PAGE = 3
NAMES = [f"drawer_{number}" for number in range(12)]


async def page(context: object, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
    begin = int(params.cursor) if params and params.cursor else 0
    end = begin + PAGE
    return types.ListToolsResult(
        tools=[types.Tool(name=name, input_schema={"type": "object"}) for name in NAMES[begin:end]],
        next_cursor=str(end) if end < len(NAMES) else None,
    )


async def opened(context: object, params: types.CallToolRequestParams) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=f"{params.name} is empty")])


async def main() -> None:
    server = Server("shelf", on_list_tools=page, on_call_tool=opened)
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


anyio.run(main)
