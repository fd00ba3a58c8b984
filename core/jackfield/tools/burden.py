"""What the tools of an agent weigh: each session carries them, and the model reads them at each turn."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from jackfield.calls import Json

MANY = 40
MUCH = 48 * 1024
"""Bytes. Both are far below what a service takes, and where models begin to choose the wrong tool."""


@dataclass(frozen=True, slots=True)
class Burden:
    tools: int
    bytes: int

    @classmethod
    def of(cls, function_tools: Collection[Mapping[str, Json]]) -> Burden:
        """As these entries of `session.tools` go over the wire."""
        written = (json.dumps(each, ensure_ascii=False) for each in function_tools)
        return cls(len(function_tools), sum(len(each.encode()) for each in written))

    def warning(self, agent: str) -> str | None:
        """What is to be said about it, or None if it is bearable."""
        if self.tools <= MANY and self.bytes <= MUCH:
            return None
        return (
            f"{agent} carries {self.tools} tools, {self.bytes} bytes, in each session and at each turn; name "
            'fewer of them, or say "tool_search: true" of an MCP server that has many'
        )
