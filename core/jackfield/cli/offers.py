"""Ask plugins and MCP servers, once, what they offer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from jackfield.calls import CallPolicy
from jackfield.cli.servers import met, reason
from jackfield.config.kinds import KINDS
from jackfield.config.later import Misfit
from jackfield.config.models import Config
from jackfield.errors import ConfigurationError
from jackfield.hookspecs import Settings
from jackfield.mcp.state import CONNECTED
from jackfield.plugins import Plugins, PluginState
from jackfield.providers import BUILT_IN
from jackfield.providers.roster import MakeProvider
from jackfield.tools.tool import ToolSource

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
    are servers that were not started, and may have anything; `misfits` are settings that do not fit, `unfit`
    are providers whose kind does not take their settings."""

    sources: Sequence[ToolSource]
    plugins: Sequence[str]
    kinds: Sequence[str]
    policies: Mapping[str, CallPolicy]
    broken: Mapping[str, str]
    down: Mapping[str, str]
    unasked: Sequence[str]
    misfits: Sequence[Misfit] = ()
    credentials: Sequence[str] = ()
    unfit: Mapping[str, str] = field(default_factory=dict)


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
        credentials=list(plugins.credentials()),
        unfit=dict(_unfit(config, plugins)),
    )


def _unfit(config: Config, plugins: Plugins) -> Iterator[tuple[str, str]]:
    """Providers whose settings only their plugin understands: they are made, which connects to nothing."""
    agents = [agent for agent in config.agents.values() if agent.transfer is None]
    kinds = plugins.provider_kinds()
    for name in {name: None for agent in agents for name in (agent.provider, *agent.fallback)}:
        provider = config.providers[name]
        if provider.kind in kinds and provider.kind not in KINDS and "credential" not in provider.settings:
            try:
                asyncio.run(_made(kinds[provider.kind], provider.settings))
            except ConfigurationError as error:
                yield name, str(error)


async def _made(make: MakeProvider, settings: Settings) -> None:
    await make(settings).aclose()


def _ask_servers(config: Config) -> tuple[list[ToolSource], dict[str, str]]:
    """Start all servers, wait until each is connected or has failed, and end them again."""
    with met(config) as hub:
        down = {
            status.name: reason(config, status) for status in hub.status() if status.state not in CONNECTED
        }
        return hub.sources(), down
