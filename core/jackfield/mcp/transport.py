"""How a server is reached: a child process, streamable HTTP or SSE, as the two streams the SDK asks for."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

import anyio
import httpx2
from mcp import StdioServerParameters, stdio_client
from mcp.client import Transport
from mcp.client.sse import sse_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.message import SessionMessage

from jackfield.config.servers import McpServerConfig
from jackfield.errors import McpError
from jackfield.mcp.auth.sources import bearer
from jackfield.mcp.http import isolating_client, reporting_client

if TYPE_CHECKING:  # the SDK has no public name for the pair of streams
    from mcp.client._transport import ReadStream, TransportStreams

LARGEST_EVENT = 8 * 1024 * 1024
"""Bytes of one server-sent event: a listing of some hundred tools is larger than the SDK's 1 MiB."""

Ended = Callable[[], None]


def transport_to(
    name: str, config: McpServerConfig, stderr: TextIO, ended: Ended
) -> AbstractAsyncContextManager[TransportStreams]:
    """The transport to a declared server, not entered yet; `ended` is called the moment it can carry no more.

    `stderr` takes what a child process writes there, and must have a file descriptor. Raises `McpError`
    if the command does not exist.
    """
    inner: Transport
    if config.url is None:
        inner = stdio_client(_process(name, config), errlog=stderr)
    elif config.transport == "sse":
        inner = _sse(name, config, ended)
    else:
        inner = _streamable_http(name, config)
    return _watched(inner, ended)


def _process(name: str, config: McpServerConfig) -> StdioServerParameters:
    command, *args = [*(config.command or []), *config.args]
    return StdioServerParameters(
        command=program(name, command, config.env.get("PATH")),
        args=args,
        env=dict(config.env),
        cwd=config.cwd,
        encoding_error_handler="replace",  # a byte that is no text is one bad line, not the end
    )


def program(name: str, command: str, path: str | None = None) -> str:
    """The file behind the first word of a command.

    `python` is the interpreter that runs Jackfield, so that a server installed beside it is found; for
    the same reason the folder of that interpreter is searched last, after the PATH. Raises `McpError`.
    """
    if command in {"python", "python3"}:
        return sys.executable
    if os.path.dirname(command):
        return command  # a path: relative to `cwd`, as the operating system takes it
    folders = [path or os.environ.get("PATH", os.defpath), os.path.dirname(sys.executable)]
    found = shutil.which(command, path=os.pathsep.join(folders))
    if found is None:
        raise McpError(
            f"there is no command {command!r}: install it, "
            f"or correct mcp_servers.{name}.command in agents.yaml"
        )
    return found


@asynccontextmanager
async def _streamable_http(name: str, config: McpServerConfig) -> AsyncIterator[TransportStreams]:
    url = config.url or ""
    async with (
        bearer(name, config) as auth,
        isolating_client(url, config.headers, auth) as client,
        streamable_http_client(url, http_client=client, max_sse_event_size=LARGEST_EVENT) as streams,
    ):
        yield streams


@asynccontextmanager
async def _sse(name: str, config: McpServerConfig, ended: Ended) -> AsyncIterator[TransportStreams]:
    url = config.url or ""
    async with bearer(name, config) as ours, _sse_with(ours, url, config, ended) as streams:
        yield streams


def _sse_with(
    ours: httpx2.Auth | None, url: str, config: McpServerConfig, ended: Ended
) -> AbstractAsyncContextManager[TransportStreams]:

    def client(
        headers: dict[str, str] | None = None,
        timeout: httpx2.Timeout | None = None,
        auth: httpx2.Auth | None = None,
    ) -> httpx2.AsyncClient:
        return reporting_client(url, config.headers, ended, ours)

    return sse_client(url, httpx_client_factory=client)


@asynccontextmanager
async def _watched(transport: Transport, ended: Ended) -> AsyncIterator[TransportStreams]:
    async with transport as (read, write):
        yield _WatchedStream(read, ended), write


class _WatchedStream:
    """A read stream that tells of its end: the SDK has no other sign that a connection died."""

    def __init__(self, inner: ReadStream[SessionMessage | Exception], ended: Ended) -> None:
        self._inner = inner
        self._ended = ended

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)  # such as `last_context`, which carries the trace along

    async def receive(self) -> SessionMessage | Exception:
        try:
            return await self._inner.receive()
        except (anyio.EndOfStream, anyio.ClosedResourceError, anyio.BrokenResourceError):
            self._ended()
            raise

    async def aclose(self) -> None:
        await self._inner.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        try:
            return await self._inner.__anext__()
        except (StopAsyncIteration, anyio.ClosedResourceError, anyio.BrokenResourceError):
            self._ended()
            raise

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
