"""Draws the conversation's tables into docs/explanation/conversation.md and long-sessions.md.

    python docs/draw.py

A test compares the page with the tables, so the page cannot be wrong for long.
"""

import re
from collections.abc import Mapping
from enum import Enum
from pathlib import Path

from jackfield.conversation.presence import ATTENTION, Attention
from jackfield.conversation.renewal import LINE, Stand
from jackfield.conversation.states import PATIENCE, RESPONSE, STAGE, Stage

PAGES = Path(__file__).parent / "explanation"
PAGE = PAGES / "conversation.md"
LONG = PAGES / "long-sessions.md"


def diagram(table: Mapping[tuple[Enum, Enum], Enum], start: Enum) -> str:
    """A table as a Mermaid state diagram; arrows between the same two states share one line."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (state, signal), target in table.items():
        arrows.setdefault((state.value, target.value), []).append(str(signal.value))
    lines = ["stateDiagram-v2", f"    [*] --> {start.value}"]
    # Mermaid takes what follows a second colon for a style.
    lines += [
        f"    {here} --> {there} : {' / '.join(reasons).replace(':', ' -')}"
        for (here, there), reasons in arrows.items()
    ]
    return "\n".join(lines)


def drawings() -> dict[str, str]:
    """What stands between `<!-- NAME -->` and `<!-- /NAME -->` on the page."""
    start = next(iter(RESPONSE))[0]
    patience = "\n".join(f"| {state.value} | {seconds:g} s |" for state, seconds in PATIENCE.items())
    return {
        "response": f"```mermaid\n{diagram(RESPONSE, start)}\n```",
        "stage": f"```mermaid\n{diagram(STAGE, Stage.RUNNING)}\n```",
        "patience": f"| state | patience |\n| --- | --- |\n{patience}",
        "line": f"```mermaid\n{diagram(LINE, Stand.CURRENT)}\n```",
        "attention": f"```mermaid\n{diagram(ATTENTION, Attention.PRESENT)}\n```",
    }


def drawn(page: str) -> str:
    """The page with its drawings as they are to be."""
    for name, drawing in drawings().items():
        place = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        page = place.sub(lambda found, drawing=drawing: f"{found[1]}{drawing}\n{found[2]}", page)
    return page


if __name__ == "__main__":
    for page in (PAGE, LONG):
        page.write_text(drawn(page.read_text()))
