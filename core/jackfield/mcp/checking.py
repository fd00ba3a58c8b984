"""Results that break the tool's own output schema: passed on with a remark, and not thrown away."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable

from mcp import types
from mcp.client.session import ClientSession

REMARK = "(The server's answer is not in the form that it announced; it may be incomplete or wrong.)"

logger = logging.getLogger(__name__)

Check = Callable[[str, types.CallToolResult], Awaitable[None]]


def lenient(server: str, session: ClientSession) -> None:
    """Have a session keep such results, which it would answer with an exception that does not have them."""
    strict: Check = session.validate_tool_result

    async def check(name: str, result: types.CallToolResult) -> None:
        try:
            await strict(name, result)
        except RuntimeError as error:
            words = str(error).partition("\n")[0]
            logger.warning("MCP server %s breaks its own output schema: %.200s", server, words)
            remark(result)

    session.validate_tool_result = check  # type: ignore[method-assign]  # the SDK has no setting for it


def remark(result: types.CallToolResult) -> None:
    """Put the remark behind what the server said: its text, or else its data."""
    said: list[types.ContentBlock] = [types.TextContent(type="text", text=REMARK)]
    if not result.content and result.structured_content is not None:
        data = json.dumps(result.structured_content, ensure_ascii=False)
        said.insert(0, types.TextContent(type="text", text=data))
    result.content = [*result.content, *said]
