"""Which limits hold for one tool of one agent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from jackfield.calls import CallPolicy
from jackfield.config.calls import CallLimits, CallsConfig
from jackfield.config.models import Config
from jackfield.config.source import Where
from jackfield.config.tool_names import entries_for


def policy_for(
    config: Config, agent_name: str, tool_name: str, plugin_default: CallPolicy | None = None
) -> CallPolicy:
    """The limits for a tool (by its qualified name); each of these has the last word over those before:

    built in; the plugin's own; `defaults.calls`; the agent's `calls`; the MCP server's `calls` and
    `tools`; `defaults.calls.tools`; the agent's `calls.tools`. So agents.yaml wins over the plugin: its
    author knows the tool, the file's author knows the caller. And what is said of one tool wins over
    what is said of all. Of several patterns the later one wins, and an exact name over every pattern.
    """
    decided = asdict(plugin_default or CallPolicy())
    for _, limits in levels(config, agent_name, tool_name):
        decided.update(_given(limits))
    return CallPolicy(**decided)


def levels(config: Config, agent_name: str, tool_name: str) -> Iterator[tuple[Where, CallLimits]]:
    """What agents.yaml says of a tool's calls, and where; each has the last word over those before it. With
    no agent, "", what it says of everybody's."""
    said: list[tuple[Where, CallsConfig]] = [(("defaults", "calls"), config.defaults.calls)]
    if agent_name:
        said.append((("agents", agent_name, "calls"), config.agents[agent_name].calls))
    yield from said
    yield from _of_its_server(config, tool_name)
    for where, calls in said:
        for pattern, limits in entries_for(tool_name, calls.tools):
            yield (*where, "tools", pattern), limits


def searched(config: Config) -> frozenset[str]:
    """The MCP servers among whose tools the model searches, instead of carrying them all."""
    return frozenset(name for name, server in config.mcp_servers.items() if server.tool_search)


def _of_its_server(config: Config, tool_name: str) -> Iterator[tuple[Where, CallLimits]]:
    name, _, tool = tool_name.partition(".")
    if (server := config.mcp_servers.get(name)) is not None:
        where: Where = ("mcp_servers", name)
        yield (*where, "calls"), server.calls
        for pattern, limits in entries_for(tool.removeprefix(server.prefix), server.tools):
            yield (*where, "tools", pattern), limits


def _given(limits: CallLimits) -> dict[str, object]:
    """The limits that were written down; `announce_after: never` is one of them, although it is None."""
    names = limits.model_fields_set & CallLimits.model_fields.keys()
    return {name: getattr(limits, name) for name in names}
