"""A docstring's prose, and what it says of each parameter (Google style: an `Args:` section)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from inspect import cleandoc

_SECTION = re.compile(
    r"^(args|arguments|parameters|returns?|yields?|raises|examples?|notes?|see also|warnings?):\s*$",
    re.IGNORECASE,
)
_ARGUMENTS = frozenset({"args", "arguments", "parameters"})
_ENTRY = re.compile(r"^\*{0,2}(\w+)(?:\s*\([^)]*\))?\s*:\s*(.*)$")


@dataclass(frozen=True, slots=True)
class Docstring:
    """`prose` is everything before the first section, as paragraphs; `parameters` by name."""

    prose: str
    parameters: dict[str, str] = field(default_factory=dict)


def parse(text: str) -> Docstring:
    """Take a docstring apart. Sections other than the arguments are for readers of the code, and dropped."""
    prose: list[str] = []
    arguments: list[str] = []
    section = ""
    for line in cleandoc(text).splitlines():
        heading = _SECTION.match(line)
        if heading:
            section = heading[1].lower()
        elif not section:
            prose.append(line.strip())
        elif section in _ARGUMENTS:
            arguments.append(line)
    return Docstring(_paragraphs(prose), _entries(arguments))


def _paragraphs(lines: list[str]) -> str:
    """Lines of one paragraph are joined: where a source file wraps means nothing to a model."""
    blocks = re.split(r"\n{2,}", "\n".join(lines).strip())
    return "\n\n".join(" ".join(block.split("\n")) for block in blocks)


def _entries(lines: list[str]) -> dict[str, str]:
    """`name: text`, continued by lines that stand further in than the entries do."""
    entries: dict[str, str] = {}
    margin, name = -1, ""
    for line in lines:
        indent = len(line) - len(line.lstrip())
        entry = _ENTRY.match(line.strip())
        if entry and (margin < 0 or indent <= margin):
            margin, name = indent, entry[1]
            entries[name] = entry[2].strip()
        elif name and line.strip():
            entries[name] = f"{entries[name]} {line.strip()}".strip()
    return entries
