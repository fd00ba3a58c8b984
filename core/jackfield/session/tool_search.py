"""`tool_search`: one tool that stands for hundreds, and brings in those that are needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Annotated

from pydantic import Field

from jackfield.calls import CallPolicy, Duplicates, Json
from jackfield.session.persona import Persona
from jackfield.tools.catalogue import ROOM_FOR_FOUND
from jackfield.tools.function import tool_from
from jackfield.tools.search import find
from jackfield.tools.tool import Tool

TOOL_SEARCH = "tool_search"
"""The tool's name on the wire."""

POLICY = CallPolicy(announce_after=None, duplicates=Duplicates.ALLOW, timeout=10.0)
MOST_AT_ONCE = 6
MOST_FOUND = ROOM_FOR_FOUND
"""Tools of one session; the oldest make room. What was found last is what is talked about."""

_MOST_SAID = 160


class ToolSearch:
    """One session's. `search` runs in a tool thread, everything else on the session's loop; the two meet in
    attributes that are replaced as a whole."""

    def __init__(self) -> None:
        self._hidden: Mapping[str, Tool] = {}
        self._found: tuple[str, ...] = ()
        self._offered: tuple[str, ...] = ()

    @cached_property
    def _tool(self) -> Tool:
        # A function becomes a tool by a model of its arguments, which is made and kept for each session.
        return tool_from(self.search, source="jackfield", name=TOOL_SEARCH, read_only=True)

    @property
    def found_more(self) -> bool:
        """Whether there are tools that the model has not been given yet."""
        return self._found != self._offered

    def offered(self, persona: Persona) -> Persona:
        """The persona with `tool_search`, if there is anything to search, and what that has found."""
        self._hidden, self._offered = persona.hidden, self._found
        if not persona.hidden:
            return persona
        for name in self._offered:
            if (tool := persona.hidden.get(name)) is not None:
                persona = persona.with_tool(name, tool, persona.policy(name))
        sources = ", ".join(sorted({tool.source for tool in self._hidden.values()}))
        about = f"{self._tool.description}\n\nThere are {len(self._hidden)} further tools, of: {sources}."
        return persona.with_tool(TOOL_SEARCH, replace(self._tool, description=about), POLICY)

    def search(
        self,
        task: Annotated[str, Field(description="What is to be done, in a few words.", min_length=1)],
    ) -> Json:
        """Find further tools by what they do. Search before saying that something cannot be done. What is
        found can be called right afterwards."""
        hidden = self._hidden
        names = find(task, hidden, MOST_AT_ONCE)
        if not names:
            return "There is no tool for that. Try other words, or say that it cannot be done."
        kept = [name for name in self._found if name not in names]
        self._found = (*kept, *names)[-MOST_FOUND:]
        return {
            "found": {name: _said(hidden[name]) for name in names},
            "next": "These can be called now.",
        }


def _said(tool: Tool) -> str:
    first = tool.description.strip().splitlines()[0] if tool.description.strip() else tool.name
    return first if len(first) <= _MOST_SAID else f"{first[:_MOST_SAID].rsplit(' ', 1)[0]} …"
