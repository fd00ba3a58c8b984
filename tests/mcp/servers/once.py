"""An MCP server that starts only once: it uses up the file it is given."""

import os
import sys
from pathlib import Path

from mcp.server import MCPServer
from mcp.types import ToolAnnotations

Path(sys.argv[1]).unlink()
server = MCPServer("once", log_level="ERROR")


@server.tool(annotations=ToolAnnotations(read_only_hint=True), structured_output=False)
def pid() -> str:
    return str(os.getpid())


server.run("stdio")
