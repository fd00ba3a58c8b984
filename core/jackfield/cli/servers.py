"""Connect to the MCP servers of a file, once, for a command that wants to know about them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from jackfield.config import Config
from jackfield.mcp.hub import Hub
from jackfield.mcp.state import CONNECTED, ServerStatus

PATIENCE = 3.0
"""Seconds beyond the longest start_timeout before a server that says nothing is given up."""


@contextmanager
def met(config: Config) -> Iterator[Hub]:
    """A hub whose servers are all connected, or known not to be; on leaving they are ended."""
    change = Condition()

    def changed(_: str) -> None:
        with change:
            change.notify_all()

    hub = Hub(config.mcp_servers, changed=changed)
    hub.start()
    try:
        with change:
            change.wait_for(lambda: all(map(_settled, hub.status())), patience(config))
        yield hub
    finally:
        asyncio.run(hub.aclose())


def patience(config: Config) -> float:
    """Seconds that `met` takes at most."""
    return max((server.start_timeout for server in config.mcp_servers.values()), default=0) + PATIENCE


def reason(config: Config, status: ServerStatus) -> str:
    """Why a server is not connected."""
    return status.error or f"no answer within {patience(config):g} seconds"


def _settled(status: ServerStatus) -> bool:
    """Connected, or known not to be."""
    return status.state in CONNECTED or bool(status.error)
