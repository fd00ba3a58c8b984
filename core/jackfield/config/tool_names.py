"""How tools are named in agents.yaml: `source.name`, or a pattern of such names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TypeVar

_SOURCE = r"[A-Za-z*?\[][A-Za-z0-9_*?\[\]!-]*"
_PATTERN = re.compile(rf"{_SOURCE}\.\S+")
_WILD = set("*?[")

Entry = TypeVar("Entry")


def tool_name_problem(pattern: str, servers: Iterable[str]) -> str | None:
    """What is wrong with a name or pattern by its form alone; None if nothing is."""
    if _PATTERN.fullmatch(pattern):
        return None
    if pattern in servers:
        return f'a tool is named "source.tool"; for all tools of this server write "{pattern}.*"'
    return 'a tool is named "source.tool", such as "clock.now" or "tickets.*"'


def matches(tool: str, pattern: str) -> bool:
    """Whether a tool's qualified name is meant by a name or pattern."""
    return tool == pattern or fnmatchcase(tool, pattern)


def is_exact(pattern: str) -> bool:
    return not _WILD & set(pattern)


def entries_for(tool: str, entries: Mapping[str, Entry]) -> Iterator[tuple[str, Entry]]:
    """What is said of a tool, by name or pattern; each has the last word over those before it: patterns
    in their order, then the exact name."""
    for pattern, entry in entries.items():
        if not is_exact(pattern) and matches(tool, pattern):
            yield pattern, entry
    if tool in entries and is_exact(tool):
        yield tool, entries[tool]
