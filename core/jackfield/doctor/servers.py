"""The MCP servers: each is started, asked for its tools, and ended."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from threading import Condition

from jackfield.config.servers import McpServerConfig
from jackfield.doctor.finding import Finding, fail, ok, warn
from jackfield.mcp.hub import Hub
from jackfield.mcp.state import CONNECTED, ServerStatus

_LOCAL = "stdio"


def asked(servers: Mapping[str, McpServerConfig], within: float) -> list[Finding]:
    """Blocks for about `within` seconds at most: to be run in a thread."""
    change = Condition()

    def changed(_: str) -> None:
        with change:
            change.notify_all()

    hub = Hub(
        {name: server.model_copy(update={"start_timeout": within}) for name, server in servers.items()},
        changed=changed,
    )
    hub.start()
    try:
        with change:
            change.wait_for(lambda: all(map(_settled, hub.status())), within + 1)
        return list(judged(hub.status(), within))
    finally:
        asyncio.run(hub.aclose())


def _settled(status: ServerStatus) -> bool:
    return status.state in CONNECTED or bool(status.error)


def judged(statuses: Iterable[ServerStatus], within: float) -> Iterator[Finding]:
    """A server that is away stops nothing but its own tools, unless it is `required`."""
    for each in statuses:
        what = f"MCP server {each.name}"
        if each.state in CONNECTED:
            aside = f", {each.aside} set aside" if each.aside else ""
            yield ok(what, f"{each.software or 'connected'}, {len(each.tools)} tools{aside}")
            continue
        why = each.error or f"no answer within {within:g} s"
        yield fail(what, why, "correct its command or url in agents.yaml; jackfield mcp status waits longer")


def left_out(servers: Iterable[str]) -> Iterator[Finding]:
    for name in servers:
        yield warn(f"MCP server {name}", "not asked")
