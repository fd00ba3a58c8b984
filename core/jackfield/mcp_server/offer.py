"""Which tools are served, and what a client reads of them. Decisions only.

Not by a catalogue: what a Realtime service refuses in a schema, MCP takes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from mcp import types

from jackfield.config.tool_names import matches
from jackfield.errors import ConfigurationError
from jackfield.tools.nearest import did_you_mean
from jackfield.tools.tool import Tool, ToolSource
from jackfield.tools.wire import wire_name

OBJECT = "object"


def offered(
    sources: Sequence[ToolSource], patterns: Sequence[str], *, plain: bool = False
) -> dict[str, Tool]:
    """The tools that any of `patterns` names, by the names that clients call them by, in the order of these.

    A name is `clock__now`, which every client takes. `plain` names are without that of the plugin, `now`,
    where only one of the tools has it.
    """
    tools = [tool for tool in _all(sources).values() if any(matches(tool.name, each) for each in patterns)]
    names = {wire_name(tool.name): tool for tool in tools}
    if plain:
        bearers = Counter([*names, *map(_bare, tools)])
        names = {_bare(tool) if bearers[_bare(tool)] == 1 else name: tool for name, tool in names.items()}
    return dict(sorted(names.items()))


def refusal(sources: Sequence[ToolSource], patterns: Sequence[str]) -> ConfigurationError | None:
    """What is wrong with the patterns: one that no tool matches; None for nothing."""
    tools = _all(sources)
    aside = {name: reason for source in sources for name, reason in source.aside().items()}
    for pattern in patterns:
        if pattern in aside:
            return ConfigurationError(f"--tools {pattern}: it is set aside: {aside[pattern]}")
        if pattern != "*" and not any(matches(name, pattern) for name in tools):
            near = did_you_mean(pattern, tools)
            return ConfigurationError(f"--tools {pattern}: no plugin has such a tool{near}")
    return None


def listed(tools: Mapping[str, Tool]) -> list[types.Tool]:
    """The entries of `tools/list`; schemas as they are."""
    return [
        types.Tool(
            name=name,
            description=tool.description,
            input_schema=dict(tool.parameters),
            annotations=types.ToolAnnotations(read_only_hint=tool.read_only, idempotent_hint=tool.repeatable),
        )
        for name, tool in tools.items()
    ]


def _all(sources: Sequence[ToolSource]) -> dict[str, Tool]:
    """By qualified name; of two of one name the first is meant."""
    tools: dict[str, Tool] = {}
    for source in sources:
        for tool in source.tools():
            if tool.parameters.get("type") == OBJECT:
                tools.setdefault(tool.name, tool)
    return tools


def _bare(tool: Tool) -> str:
    return wire_name(tool.name.removeprefix(f"{tool.source}."))
