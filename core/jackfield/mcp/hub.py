"""The hub: all declared MCP servers, on a thread and an event loop of their own."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING

from jackfield.calls import Arguments, Json
from jackfield.config.servers import McpServerConfig
from jackfield.errors import ToolError
from jackfield.mcp.backoff import Backoff
from jackfield.mcp.state import ServerStatus
from jackfield.tools.tool import Tool, ToolContext, ToolSource

if TYPE_CHECKING:
    from jackfield.mcp.server import Server

GRACE = 8.0
"""Seconds for all servers to end: closing stdin, then SIGTERM, then SIGKILL take at most six."""


class Hub:
    """Starts the declared servers in parallel and keeps each of them up, whatever becomes of the others.

    `changed(name)` is called on the hub's thread whenever a server's state or tools change; it must be
    quick and must not wait. A large result is parsed on that thread too, never on a session's loop.
    """

    def __init__(
        self,
        servers: Mapping[str, McpServerConfig],
        *,
        changed: Callable[[str], None],
        backoff: Backoff | None = None,
    ) -> None:
        self._servers = _servers(servers, changed, backoff or Backoff())
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._stopping = asyncio.Event()
        self.executor = HubExecutor(lambda: self._loop)

    def start(self) -> None:
        """Begin, and return at once; a server that is ready says so by `changed`. Call it once."""
        assert self._thread is None, "a hub is started once"
        self._loop = asyncio.new_event_loop()
        # A daemon: were it never closed, it would not keep the process alive, and the servers
        # end by themselves when the pipes to them close.
        self._thread = Thread(target=self._run, args=(self._loop,), name="jackfield mcp hub", daemon=True)
        self._thread.start()

    def sources(self) -> list[ToolSource]:
        """One tool source per declared server, in the order of declaration, ready or not."""
        return list(self._servers.values())

    def status(self) -> list[ServerStatus]:
        """How every server is, in the order of declaration. May be called from any thread."""
        return [server.status for server in self._servers.values()]

    async def aclose(self) -> None:
        """End all servers and the thread, within seconds. Idempotent."""
        if self._loop is None or self._thread is None:
            return
        loop, self._loop = self._loop, None
        loop.call_soon_threadsafe(self._stopping.set)
        await asyncio.to_thread(self._thread.join, GRACE + 2)

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        owners = [
            asyncio.create_task(server.run(), name=f"mcp {name}") for name, server in self._servers.items()
        ]
        await self._stopping.wait()
        for owner in owners:
            owner.cancel()
        if owners:
            await asyncio.wait(owners, timeout=GRACE)


def _servers(
    declared: Mapping[str, McpServerConfig], changed: Callable[[str], None], backoff: Backoff
) -> dict[str, Server]:
    if not declared:
        return {}
    # On demand: the SDK is nearly half of what a runtime imports, and who declares no server does without.
    server: type[Server] = import_module("jackfield.mcp.server").Server
    return {name: server(name, config, changed, backoff) for name, config in declared.items()}


class HubExecutor:
    """Runs tools on the loop of the hub. Cancelling a future cancels the tool."""

    def __init__(self, loop: Callable[[], asyncio.AbstractEventLoop | None]) -> None:
        self._loop = loop

    def submit(self, tool: Tool, arguments: Arguments, context: ToolContext) -> Future[Json]:
        """Start a tool, from any thread. A hub that is not running makes the future fail."""
        loop = self._loop()
        if loop is None:
            future: Future[Json] = Future()
            future.set_exception(ToolError(f"The {tool.source} server is not running."))
            return future
        return asyncio.run_coroutine_threadsafe(_run(tool, arguments, context), loop)

    def close(self) -> None:
        """Nothing of its own to let go of: the loop is the hub's."""


async def _run(tool: Tool, arguments: Arguments, context: ToolContext) -> Json:
    value = tool.invoke(arguments, context)
    return await value if inspect.isawaitable(value) else value
