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
from jackfield.config.agents import Briefing
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
        self._changed = changed
        self._backoff = backoff or Backoff()
        self._servers = self._made(servers, {})
        self._owners: dict[Server, asyncio.Task[None]] = {}  # touched on the hub's loop only
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

    def change(self, servers: Mapping[str, McpServerConfig]) -> None:
        """From now on these are the declared servers. Those declared as before go on undisturbed; others are
        ended, and started where they are declared. Returns at once; `changed` tells what follows.

        A function call in flight at a server that is ended fails as if the server had died. Call it from
        one thread at a time.
        """
        before, self._servers = self._servers, self._made(servers, self._servers)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._replace, before, dict(self._servers))
        for name in before.keys() - servers.keys():
            self._changed(name)

    def brief(self, briefing: Briefing) -> str:
        """What a prompt or a resource says, as it was last read; "" until it was, or where there is no such
        server. From any thread; `changed` tells when it is there or is another."""
        server = self._servers.get(briefing.server)
        return server.brief(briefing) if server is not None else ""

    async def read(self, server: str, uri: str, context: ToolContext) -> Json:
        """What a server has at an address; on the hub's loop, as tools are run. Raises `ToolError`."""
        found = self._servers.get(server)
        if found is None:
            raise ToolError(f"There is no MCP server {server} any more.")
        return await found.read(uri, context)

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
        self._replace({}, dict(self._servers))
        await self._stopping.wait()
        for owner in self._owners.values():
            owner.cancel()
        if self._owners:
            await asyncio.wait(self._owners.values(), timeout=GRACE)

    def _replace(self, before: Mapping[str, Server], after: Mapping[str, Server]) -> None:
        """End the servers that are no more, and start the new ones, each after the one whose place it
        takes."""
        if self._stopping.is_set():
            return
        for name, server in after.items():
            if before.get(name) is not server and server not in self._owners:
                self._own(server, self._owners.get(before[name]) if name in before else None)
        for server in before.values():
            if server not in after.values() and (owner := self._owners.get(server)) is not None:
                owner.cancel()

    def _own(self, server: Server, predecessor: asyncio.Task[None] | None) -> None:
        owner = asyncio.create_task(_run_after(predecessor, server), name=f"mcp {server.name}")
        self._owners[server] = owner
        owner.add_done_callback(lambda _: self._owners.pop(server, None))

    def _made(
        self, declared: Mapping[str, McpServerConfig], known: Mapping[str, Server]
    ) -> dict[str, Server]:
        """The servers as declared; one of those `known` where nothing about it has changed."""
        if not declared:
            return {}
        # On demand: the SDK is nearly half of what a runtime imports, and who declares no server does
        # without.
        server: type[Server] = import_module("jackfield.mcp.server").Server
        return {
            name: known[name]
            if name in known and known[name].config == config
            else server(name, config, self._changed, self._backoff)
            for name, config in declared.items()
        }


async def _run_after(predecessor: asyncio.Task[None] | None, server: Server) -> None:
    if predecessor is not None:
        await asyncio.wait([predecessor])
    await server.run()


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
