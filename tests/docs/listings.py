"""The listings of the documentation: where each one stands, in which language, and its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^( *)```([a-z]*)\n(.*?)^\1```$", flags=re.MULTILINE | re.DOTALL)

RUN = {"python", "yaml", "toml", "json", "console"}
"""Languages whose listings must work. What they do is told in `test_listings.py`."""

LEFT = {"text", "mermaid", "html", "javascript", ""}


@dataclass(frozen=True)
class Listing:
    """`line` is that of the fence."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    found = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("plugins/*/README.md")]
    return sorted([*found, *ROOT.glob("mcp_servers/*/README.md")])


def listings(page: Path) -> Iterator[Listing]:
    text = page.read_text()
    for match in FENCE.finditer(text):
        indent, language, body = match.groups()
        line = text.count("\n", 0, match.start()) + 1
        yield Listing(page, line, language, re.sub(rf"^{indent}", "", body, flags=re.MULTILINE))


def all_in(language: str) -> list[Listing]:
    return [one for page in pages() for one in listings(page) if one.language == language]
