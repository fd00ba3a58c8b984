"""What a tool is to do in a test, instead of what it does: `tools={"tickets.find_ticket": returns(…)}`.

A tool that is known keeps its description and its schema, so that the model is offered the same; one that
is not (its plugin or MCP server is not there) takes any arguments.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from jackfield.calls import Arguments, Json
from jackfield.errors import ToolError
from jackfield.tools.function import tool_from
from jackfield.tools.tool import LOOP, Tool, ToolContext, ToolSource

Act = Callable[[Arguments], Awaitable[Json]]

ANY_ARGUMENTS: Mapping[str, Json] = {"type": "object", "properties": {}, "additionalProperties": True}


@dataclass(frozen=True, slots=True)
class Scripted:
    """Made by `returns`, `raises`, `hangs` and `in_turn`."""

    act: Act
    hangs: bool = False


StandIn = Scripted | Callable[..., object]
"""What stands in for a tool: scripted, or a function that is a tool as in a plugin."""


def returns(value: Json) -> Scripted:
    """It returns this, whatever its arguments."""

    async def act(arguments: Arguments) -> Json:
        return value

    return Scripted(act)


def raises(error: Exception | str) -> Scripted:
    """It raises this; a sentence is a `ToolError`, which the model is told."""
    exception = ToolError(error) if isinstance(error, str) else error

    async def act(arguments: Arguments) -> NoReturn:
        raise exception

    return Scripted(act)


def hangs() -> Scripted:
    """It never returns: its time-out has to end it, or the caller. Nothing in a test waits for it."""

    async def act(arguments: Arguments) -> Json:
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    return Scripted(act, hangs=True)


def in_turn(*outcomes: Scripted) -> Scripted:
    """The first call has the first outcome, and so on; after the last one, the last one again."""
    if not outcomes:
        raise TypeError("in_turn takes the outcomes of the first, second, … call")
    rest: Iterator[Scripted] = iter(outcomes)

    async def act(arguments: Arguments) -> Json:
        return await next(rest, outcomes[-1]).act(arguments)

    return Scripted(act, hangs=any(each.hangs for each in outcomes))


class StandIns:
    """Sources of tools, with some tools replaced, and sources made up for those that nobody has."""

    def __init__(self, tools: Mapping[str, StandIn]) -> None:
        self._tools = tools

    @property
    def hanging(self) -> frozenset[str]:
        """The tools that nobody should wait for."""
        return frozenset(
            name for name, each in self._tools.items() if isinstance(each, Scripted) and each.hangs
        )

    @property
    def sources(self) -> frozenset[str]:
        """The plugins and MCP servers that some of them stand in for."""
        return frozenset(name.partition(".")[0] for name in self._tools)

    def __call__(self, sources: Sequence[ToolSource]) -> Sequence[ToolSource]:
        found = {source.name: source for source in sources}
        names = [*found, *sorted(self.sources - found.keys())]
        return [self._source(name, found.get(name)) for name in names]

    def _source(self, name: str, real: ToolSource | None) -> ToolSource:
        mine = {tool: each for tool, each in self._tools.items() if tool.partition(".")[0] == name}
        if real is not None and not mine:
            return real
        known = {tool.name: tool for tool in real.tools()} if real else {}
        replaced = {tool: stand_in(tool, each, known.get(tool)) for tool, each in mine.items()}
        aside = real.aside() if real else {}
        return _Source(name, list({**known, **replaced}.values()), aside)


def stand_in(name: str, outcome: StandIn, known: Tool | None) -> Tool:
    """The tool of this name that has this outcome."""
    source, _, local = name.partition(".")
    if not isinstance(outcome, Scripted):
        return tool_from(outcome, source=source, name=local)

    async def invoke(arguments: Arguments, context: ToolContext) -> Json:
        return await outcome.act(arguments)

    if known is not None:
        return replace(known, invoke=invoke, runs_on=LOOP)
    return Tool(name, f"{local} (made up by a test)", ANY_ARGUMENTS, invoke, LOOP, source)


@dataclass(frozen=True, slots=True)
class _Source:
    """A `ToolSource` that does not change."""

    name: str
    _tools: Sequence[Tool]
    _aside: Mapping[str, str]

    def tools(self) -> Sequence[Tool]:
        return self._tools

    def aside(self) -> Mapping[str, str]:
        return self._aside
