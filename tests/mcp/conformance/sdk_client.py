"""The bare SDK as a client of the suite, doing what `hub_client.py` does."""

from __future__ import annotations

import asyncio
import sys

import tasks
from mcp import Client, MCPError, types
from mcp.client.streamable_http import streamable_http_client


async def answered(context: object, params: types.ElicitRequestParams) -> types.ElicitResult:
    if isinstance(params, types.ElicitRequestURLParams):
        return types.ElicitResult(action="accept")
    return types.ElicitResult.model_validate(
        {"action": "accept", "content": tasks.reply(params.requested_schema)}
    )


async def main(url: str) -> None:
    async with Client(
        streamable_http_client(url), mode=tasks.mode(), elicitation_callback=answered
    ) as client:
        tools = (await client.list_tools()).tools
        wanted = tasks.calls({tool.name: tool.input_schema for tool in tools})
        for result in await asyncio.gather(
            *(client.call_tool(name, given) for name, given in wanted), return_exceptions=True
        ):
            if isinstance(result, BaseException) and not isinstance(result, MCPError | RuntimeError):
                raise result
            print(result)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[-1]))
