"""Which limits hold for one tool of one agent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from jackfield.calls import CallPolicy
from jackfield.config.calls import CallLimits, CallsConfig
from jackfield.config.models import Config
from jackfield.config.source import Where
from jackfield.config.tool_names import is_exact, matches


def policy_for(
    config: Config, agent_name: str, tool_name: str, plugin_default: CallPolicy | None = None
) -> CallPolicy:
    """The limits for a tool (by its qualified name); each of these has the last word over those before:

    built in; the plugin's own; `defaults.calls`; the agent's `calls`; `defaults.calls.tools`; the
    agent's `calls.tools`. So agents.yaml wins over the plugin: its author knows the tool, the file's
    author knows the caller. And what is said of one tool wins over what is said of all. Of several
    patterns the later one wins, and an exact name over every pattern.
    """
    decided = asdict(plugin_default or CallPolicy())
    for _, limits in levels(config, agent_name, tool_name):
        decided.update(_given(limits))
    return CallPolicy(**decided)


def levels(config: Config, agent_name: str, tool_name: str) -> Iterator[tuple[Where, CallLimits]]:
    """What agents.yaml says of a tool's calls, and where; each has the last word over those before it."""
    said: list[tuple[Where, CallsConfig]] = [
        (("defaults", "calls"), config.defaults.calls),
        (("agents", agent_name, "calls"), config.agents[agent_name].calls),
    ]
    yield from said
    for where, calls in said:
        for pattern, limits in _of_one_tool(calls, tool_name):
            yield (*where, "tools", pattern), limits


def _of_one_tool(calls: CallsConfig, tool: str) -> Iterator[tuple[str, CallLimits]]:
    for pattern, limits in calls.tools.items():
        if not is_exact(pattern) and matches(tool, pattern):
            yield pattern, limits
    if tool in calls.tools:
        yield tool, calls.tools[tool]


def _given(limits: CallLimits) -> dict[str, object]:
    """The limits that were written down; `announce_after: never` is one of them, although it is None."""
    names = limits.model_fields_set & CallLimits.model_fields.keys()
    return {name: getattr(limits, name) for name in names}
