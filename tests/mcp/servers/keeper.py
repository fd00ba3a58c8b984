"""A program with a hub and one server: prints the server's process id, then waits for its end."""

import asyncio
import sys

from jackfield.config.servers import McpServerConfig
from jackfield.mcp import Hub, ServerState
from jackfield.tools.tool import ToolContext


async def main() -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()

    def changed(name: str) -> None:
        if hub.status()[0].state is ServerState.READY:
            loop.call_soon_threadsafe(ready.set)

    hub = Hub({"lab": McpServerConfig(command=sys.argv[1:])}, changed=changed)
    hub.start()
    await ready.wait()
    tool = next(tool for tool in hub.sources()[0].tools() if tool.name == "lab.pid")
    context = ToolContext("call", "session", "agent", 10)
    print(await asyncio.wrap_future(hub.executor.submit(tool, {}, context)), flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
