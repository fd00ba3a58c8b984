"""An MCP server with as many tools as a large cloud has, and results as long as a log: 404 and a mebibyte."""

from __future__ import annotations

from mcp.server import MCPServer
from mcp.server.mcpserver import Context

TOOLS = 404
WORDS = "Lists, filters and describes the resources of a subscription in a region, page by page. " * 6

server = MCPServer("many", log_level="ERROR")
changes = 0


@server.tool(structured_output=False)
def big(kibibytes: int) -> str:
    """A long result."""
    return "x" * (kibibytes * 1024)


@server.tool(structured_output=False)
async def change(context: Context) -> str:
    """One tool is another one from now on."""
    global changes
    changes += 1
    server.remove_tool("tool_0")
    add("tool_0", f"Version {changes}. {WORDS}")
    await context.notify_tools_changed()
    return "changed"


def add(name: str, description: str) -> None:
    def run(subscription: str, region: str, resource_group: str = "", page: int = 1, text: str = "") -> str:
        return name

    server.add_tool(run, name=name, description=description, structured_output=False)


for number in range(TOOLS - 2):
    add(f"tool_{number}", WORDS)
server.run("stdio")
