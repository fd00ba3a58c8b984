"""Which tools are served, and what a client reads of them. Decisions only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from mcp import types

from jackfield.errors import ConfigurationError
from jackfield.tools.catalogue import Catalogue
from jackfield.tools.nearest import did_you_mean
from jackfield.tools.tool import Tool
from jackfield.tools.wire import wire_name


def offered(catalogue: Catalogue, patterns: Sequence[str], *, plain: bool = False) -> dict[str, Tool]:
    """The tools that `patterns` choose, by the names that clients call them by, in the order of these.

    A name is `clock__now`, which every client takes. `plain` names are without that of the plugin, `now`,
    where only one of the tools has it.
    """
    chosen = catalogue.choose(patterns, most=len(catalogue.tools)).tools
    if not plain:
        return dict(chosen)
    bare = {name: wire_name(_bare(tool)) for name, tool in chosen.items()}
    bearers = Counter([*bare.values(), *chosen])
    named = {short if bearers[short] == 1 else name: chosen[name] for name, short in bare.items()}
    return dict(sorted(named.items()))


def refusal(catalogue: Catalogue, patterns: Sequence[str]) -> ConfigurationError | None:
    """What is wrong with the patterns: one that no tool matches; None for nothing."""
    selection = catalogue.choose(patterns, most=len(catalogue.tools))
    for name, reason in selection.aside.items():
        return ConfigurationError(f"--tools: {name} is set aside: {reason}")
    for pattern in selection.missing:
        if pattern != "*":
            near = did_you_mean(pattern, catalogue.tools)
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


def _bare(tool: Tool) -> str:
    return tool.name.removeprefix(f"{tool.source}.")
