"""Ask plugins and MCP servers, once, what they offer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Condition

from jackfield.calls import CallPolicy
from jackfield.config.later import Misfit
from jackfield.config.models import Config
from jackfield.mcp.hub import Hub
from jackfield.mcp.state import ServerState, ServerStatus
from jackfield.plugins import Plugins, PluginState
from jackfield.providers import BUILT_IN
from jackfield.tools.tool import ToolSource

PATIENCE = 3.0
"""Seconds beyond the longest start_timeout before a server that says nothing is given up."""

_IN_USE = (PluginState.LOADED, PluginState.PARTIAL)
_NOT_ALL_THERE = (
    PluginState.PARTIAL,
    PluginState.BROKEN,
    PluginState.IDLE,
    PluginState.SKIPPED,
    PluginState.OFF,
)


@dataclass(frozen=True)
class Offers:
    """What there is. Plugins that are `broken` and servers that are `down` come with the reason; `unasked`
    are servers that were not started, and may have anything; `misfits` are settings that do not fit."""

    sources: Sequence[ToolSource]
    plugins: Sequence[str]
    kinds: Sequence[str]
    policies: Mapping[str, CallPolicy]
    broken: Mapping[str, str]
    down: Mapping[str, str]
    unasked: Sequence[str]
    misfits: Sequence[Misfit] = ()


def ask(config: Config, *, offline: bool = False) -> Offers:
    """Load the plugins and, unless `offline`, start every MCP server until it has listed its tools."""
    plugins = Plugins.of(config, extra=BUILT_IN)
    sources, down = ([], {}) if offline else _ask_servers(config)
    reports = [
        report for report in plugins.report() if report.state in _IN_USE or report.state in _NOT_ALL_THERE
    ]
    return Offers(
        sources=[*plugins.tool_sources(), *sources],
        plugins=[
            report.name
            for report in reports
            if report.state in _IN_USE and report.distribution != "jackfield"
        ],
        kinds=list(plugins.provider_kinds()),
        policies=plugins.policies,
        broken={r.name: f"{r.reason}; {r.next_step}" for r in reports if r.state in _NOT_ALL_THERE},
        down=down,
        unasked=list(config.mcp_servers) if offline else [],
        misfits=plugins.misfits,
    )


def _settled(status: ServerStatus) -> bool:
    """Ready, or known not to be."""
    return status.state is ServerState.READY or bool(status.error)


def _ask_servers(config: Config) -> tuple[list[ToolSource], dict[str, str]]:
    """Start all servers, wait until each is ready or has failed, and end them again."""
    change = Condition()

    def changed(_: str) -> None:
        with change:
            change.notify_all()

    hub = Hub(config.mcp_servers, changed=changed)
    hub.start()
    try:
        patience = max((server.start_timeout for server in config.mcp_servers.values()), default=0) + PATIENCE
        with change:
            change.wait_for(lambda: all(map(_settled, hub.status())), patience)
        down = {
            status.name: status.error or f"no answer within {patience:g} seconds"
            for status in hub.status()
            if status.state is not ServerState.READY
        }
        return hub.sources(), down
    finally:
        asyncio.run(hub.aclose())
