"""Every tool there is, and which of them an agent gets.

A catalogue is a picture of its sources at one moment. Whoever is told that a source has changed makes a
new one: that is cheap.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from jackfield.calls import Json
from jackfield.tools.nearest import nearest
from jackfield.tools.tool import Tool, ToolSource
from jackfield.tools.wire import function_tool, refusal, wire_name

MOST_TOOLS = 120
"""The Realtime API takes 128 in one session; the rest is room for handoffs."""

ROOM_FOR_FOUND = 20
"""What is kept free of these for tools that `tool_search` brings in."""

_MOST_NAME = 200
_WILD = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Selection:
    """The tools of one agent.

    `tools` is by wire name, in the order of their names. `missing` are the patterns that match nothing,
    with the nearest names. `aside` are tools that a pattern asks for and that cannot be had, with the reason.
    `hidden`, by wire name too, are tools that it has to search for.
    """

    tools: Mapping[str, Tool]
    missing: Mapping[str, tuple[str, ...]]
    aside: Mapping[str, str]
    hidden: Mapping[str, Tool] = field(default_factory=dict)


class Catalogue:
    """All tools of some sources, by qualified name. `aside` are those that cannot be used, and why."""

    def __init__(self, sources: Sequence[ToolSource]) -> None:
        self.tools: dict[str, Tool] = {}
        self.aside: dict[str, str] = {}
        self._wire: dict[str, str] = {}
        for source in sources:
            self.aside.update(source.aside())
            for tool in source.tools():
                self._take(source.name, tool)
        self.tools = dict(sorted(self.tools.items()))

    def choose(
        self, patterns: Sequence[str], most: int = MOST_TOOLS, searched: Collection[str] = ()
    ) -> Selection:
        """The tools that any of `patterns` names: `clock.now`, `tickets.*`, `*.find_*`.

        At most `most`; names written out come before those that a glob brings in, and the rest is set
        aside. Of sources that are `searched` only names written out are chosen; what a glob brings in is
        hidden.
        """
        wanted = [*(each for each in patterns if each in self.tools), *patterns]
        chosen = list(dict.fromkeys(name for each in wanted for name in self._matching(each, self.tools)))
        hidden = [name for name in chosen if self.tools[name].source in searched and name not in patterns]
        if hidden:
            chosen = [name for name in chosen if name not in set(hidden)]
            most -= ROOM_FOR_FOUND
        aside = {name: self.aside[name] for each in patterns for name in self._matching(each, self.aside)}
        for name in chosen[most:]:
            aside[name] = f"the agent has {len(chosen)} tools, and a session takes {most}; choose fewer"
        return Selection(
            tools={wire_name(name): self.tools[name] for name in sorted(chosen[:most])},
            missing={each: self._nearest(each) for each in patterns if not self._known(each)},
            aside=aside,
            hidden={wire_name(name): self.tools[name] for name in hidden},
        )

    def _take(self, source: str, tool: Tool) -> None:
        reason = _fault(source, tool) or refusal(tool.parameters)
        other = self._wire.get(wire_name(tool.name))
        if not reason and other is not None:
            reason = f"there are two tools of this name on the wire ({other}); the first one is used"
        if reason:
            self.aside[tool.name] = reason
            return
        self._wire[wire_name(tool.name)] = tool.name
        self.tools[tool.name] = tool

    def _matching(self, pattern: str, names: Collection[str]) -> list[str]:
        if pattern in names or not _WILD & set(pattern):
            return [pattern] if pattern in names else []
        return [name for name in names if fnmatchcase(name, pattern)]

    def _known(self, pattern: str) -> bool:
        return bool(self._matching(pattern, self.tools) or self._matching(pattern, self.aside))

    def _nearest(self, pattern: str) -> tuple[str, ...]:
        return nearest(pattern.strip("*."), self.tools) if pattern.strip("*.") else ()


def function_tools(selection: Selection) -> list[dict[str, Json]]:
    """`session.tools` for these tools."""
    return [function_tool(name, tool) for name, tool in selection.tools.items()]


def _fault(source: str, tool: Tool) -> str:
    """Why this name cannot be one, or ""."""
    local = tool.name.removeprefix(f"{source}.")
    if not local or local == tool.name:
        return f"its name does not begin with that of its source, `{source}.`"
    if len(tool.name) > _MOST_NAME or not local.isprintable():
        return f"its name is longer than {_MOST_NAME} characters, or cannot be printed"
    return ""
