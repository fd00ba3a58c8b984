"""Resources of a server: read for a caller, and what a voice makes of them."""

from __future__ import annotations

import asyncio

from mcp import MCPError, types

from jackfield.calls import Json
from jackfield.errors import ToolError, ToolUnavailable
from jackfield.mcp.call import PATIENCE, Reachable
from jackfield.mcp.content import value_of
from jackfield.mcp.faults import reason
from jackfield.tools.tool import ToolContext


async def read(server: Reachable, uri: str, context: ToolContext) -> Json:
    """What is at the address, as `content.value_of` has it. Raises `ToolError`."""
    try:
        async with asyncio.timeout(context.seconds_left):
            connection = await server.connection(min(PATIENCE, context.seconds_left))
            result = await connection.read(uri, context)
    except MCPError as error:
        raise ToolError(f"The {server.name} server does not give {uri}: {reason(error)}") from error
    except Exception as error:
        raise ToolUnavailable(f"{uri} of the {server.name} server cannot be read right now.") from error
    blocks = [types.EmbeddedResource(type="resource", resource=each) for each in result.contents]
    return value_of(types.CallToolResult(content=list(blocks)))
