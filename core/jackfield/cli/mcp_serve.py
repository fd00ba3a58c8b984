"""`jackfield mcp serve`: the tools of plugins, for any MCP client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import click

from jackfield.cli.door import access_of
from jackfield.cli.signals import on_signals
from jackfield.config import load
from jackfield.errors import ConfigurationError
from jackfield.mcp_server import http, stdio
from jackfield.mcp_server.offer import offered, refusal
from jackfield.mcp_server.server import ToolServer
from jackfield.mcp_server.workshop import Workshop
from jackfield.web.access import Access
from jackfield.web.serving import listening


@dataclass(frozen=True, slots=True)
class Choice:
    """Of which file which tools, and whether their names are without that of the plugin."""

    file: Path
    patterns: tuple[str, ...]
    plain: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where they are served over HTTP, and for whom."""

    host: str
    port: int
    path: str
    token: str | None
    origins: tuple[str, ...]

    def access(self) -> Access:
        """Raises `ConfigurationError` for a place that would let strangers in."""
        if not self.path.startswith("/"):
            raise ConfigurationError(f"--path {self.path}: write it as /{self.path}")
        return access_of(self.host, self.token, self.origins, what="the tools")


def serve_stdio(choice: Choice) -> None:
    """Serve the client that started this process, until it closes stdin, or Ctrl-C or SIGTERM."""
    with stdio.claimed() as wire:
        asyncio.run(_until_stopped(_at_stdio(choice, wire)))


def serve_http(choice: Choice, place: Place) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    asyncio.run(_until_stopped(_at_http(choice, place, place.access())))


async def _at_stdio(choice: Choice, wire: stdio.Wire) -> None:
    async with _opened(choice) as tools, stdio.streams(wire) as (reading, writing):
        try:
            await tools.server.run(reading, writing, tools.options)
        finally:
            await tools.aclose()


async def _at_http(choice: Choice, place: Place, access: Access) -> None:
    with listening(place.host, place.port) as sock:
        port = sock.getsockname()[1]
        host = f"[{place.host}]" if ":" in place.host else place.host
        async with _opened(choice) as tools, http.served(tools, place.path, access, sock):
            click.echo(f"The tools are at http://{host}:{port}{place.path}. Ctrl-C ends it.")
            await asyncio.Event().wait()


@asynccontextmanager
async def _opened(choice: Choice) -> AsyncIterator[ToolServer]:
    """Raises `ConfigurationError` for a file that is wrong, or a choice of tools that there are not."""
    workshop = Workshop(load(choice.file))
    for plugin in workshop.plugins.report():
        if plugin.state.at_fault:
            click.echo(f"jackfield: plugin {plugin.name}: {plugin.reason}", err=True)
    if refused := refusal(workshop.sources(), choice.patterns):
        raise refused
    async with workshop:
        yield ToolServer(workshop, lambda: offered(workshop.sources(), choice.patterns, plain=choice.plain))


async def _until_stopped(serving: Awaitable[None]) -> None:
    task = asyncio.current_task()
    assert task is not None
    with on_signals(task), suppress(asyncio.CancelledError):
        await serving
