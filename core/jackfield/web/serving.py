"""The application on a socket: uvicorn, quiet, and stopped by whoever started it."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from jackfield.errors import ConfigurationError

GRACE_SECONDS = 3
"""How long answers under way may take to finish when the server stops."""


def listening(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes a free one. Raises `ConfigurationError` if it cannot be had."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        sock = socket.create_server(address[:2], family=family, backlog=128)
    except OSError as error:
        raise ConfigurationError(why_not(host, port, error)) from None
    sock.setblocking(False)
    return sock


def why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} of {host} is taken by another program; stop that one, or choose another with --port"
        )
    if error.errno == errno.EACCES:
        return (
            f"port {port} of {host} needs more rights than this user has; choose one above 1023 with --port"
        )
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"{host!r} is no address of this machine; choose another with --host (127.0.0.1, 0.0.0.0)"
    return f"cannot listen on port {port} of {host}: {error.strerror}"


class Server(uvicorn.Server):
    """Leaves the signals alone: what Ctrl-C means is the command's to say."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(app: ASGIApp, sock: socket.socket) -> AsyncIterator[None]:
    """Serve until the block is left. Open event streams end when their sessions do, or after the grace."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=5,
    )
    server = Server(config)
    task = asyncio.create_task(server.serve([sock]), name="HTTP face")
    try:
        yield
    finally:
        server.should_exit = True
        await task
