"""A hub under test, and means to wait for what happens to it; no clock but for the patience of a test."""

from __future__ import annotations

import asyncio
import os
import select
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import Future
from contextlib import asynccontextmanager
from pathlib import Path

from jackfield.calls import Json
from jackfield.config.servers import McpServerConfig
from jackfield.mcp import Hub, ServerState, ServerStatus
from jackfield.mcp.backoff import Backoff
from jackfield.tools.tool import Tool, ToolContext

PATIENCE = 40
QUICK = Backoff(first=0.05, longest=0.2, patience=1000)
SERVERS = Path(__file__).parent / "servers"


def stdio(program: str, **settings: object) -> McpServerConfig:
    """One of the servers in this folder, over stdio."""
    return McpServerConfig.model_validate({"command": ["python", str(SERVERS / program)], **settings})


class Board:
    def __init__(self, servers: Mapping[str, McpServerConfig], backoff: Backoff) -> None:
        self._news = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self.hub = Hub(servers, changed=self._changed, backoff=backoff)

    def _changed(self, name: str) -> None:
        self._loop.call_soon_threadsafe(self._news.set)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Until the condition, which may depend on what the hub tells of, holds."""
        async with asyncio.timeout(PATIENCE):
            while True:
                self._news.clear()
                if condition():
                    return
                await self._news.wait()

    async def ready(self, *names: str) -> None:
        await self.until(lambda: all(self.status(name).state is ServerState.READY for name in names))

    async def back(self, name: str, connections: int) -> None:
        """Until the server became ready that many times."""
        await self.until(lambda: self.status(name).connections >= connections)

    def status(self, name: str) -> ServerStatus:
        return next(status for status in self.hub.status() if status.name == name)

    def names(self, server: str) -> list[str]:
        source = next(source for source in self.hub.sources() if source.name == server)
        return [tool.name for tool in source.tools()]

    def tool(self, name: str) -> Tool:
        tools = [tool for source in self.hub.sources() for tool in source.tools()]
        return next(tool for tool in tools if tool.name == name)

    def begin(self, name: str, progress: Callable[[str], None], **arguments: Json) -> Future[Json]:
        context = ToolContext("call_1", "session_1", "receptionist", PATIENCE, progress)
        return self.hub.executor.submit(self.tool(name), arguments, context)

    async def call(self, name: str, **arguments: Json) -> Json:
        future = self.begin(name, lambda text: None, **arguments)
        async with asyncio.timeout(PATIENCE):
            return await asyncio.wrap_future(future)

    async def begun(self, name: str, **arguments: Json) -> tuple[asyncio.Future[Json], str]:
        """A call that has reached its tool, and the first progress it told."""
        told: asyncio.Future[str] = self._loop.create_future()

        def tell(text: str) -> None:
            if not told.done():
                told.set_result(text)

        def progress(text: str) -> None:
            self._loop.call_soon_threadsafe(tell, text)

        call = asyncio.wrap_future(self.begin(name, progress, **arguments))
        async with asyncio.timeout(PATIENCE):
            return call, await told


@asynccontextmanager
async def board(servers: Mapping[str, McpServerConfig], backoff: Backoff = QUICK) -> AsyncIterator[Board]:
    board = Board(servers, backoff)
    board.hub.start()
    try:
        yield board
    finally:
        await board.hub.aclose()


@asynccontextmanager
async def http_server(*words: str, port: int = 0) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A server of its own, over HTTP; yields the process and its address."""
    command = [word.replace("PORT", str(port)) for word in words]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdout=asyncio.subprocess.PIPE, stdin=asyncio.subprocess.DEVNULL
    )
    assert process.stdout
    try:
        async with asyncio.timeout(PATIENCE):
            url = (await process.stdout.readline()).decode().strip()
        yield process, url
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def children(program: str) -> set[int]:
    """The process ids of those of our children that run a server of this folder."""
    tasks = Path("/proc/self/task").iterdir()
    ours = {int(pid) for task in tasks for pid in (task / "children").read_text().split()}
    return {pid for pid in ours if program in _command(pid)}


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode()
    except OSError:
        return ""


def gone(pid: int) -> bool:
    """Wait for the end of a process that need not be a child of ours."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], PATIENCE)[0])
    finally:
        os.close(descriptor)
