"""Run the conformance suite on Jackfield and on the bare SDK, and write the table of the documentation.

python tests/mcp/conformance/run.py
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import expectations
import peers
import suite

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "mcp-conformance.md"
MARK = "<!-- written by tests/mcp/conformance/run.py from here on -->\n"
CACHE = Path(__file__).parents[3] / ".pytest_cache" / "d" / "mcp-conformance"


def main() -> None:
    program = suite.fetched(CACHE)
    parts = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for revision in suite.REVISIONS:
            ours, theirs = (
                suite.client_scores(program, peers.client_command(each), revision, folder / each)
                for each in ("hub", "sdk")
            )
            command = peers.client_command("hub")
            ours |= suite.client_scores(program, command, revision, folder / "auth", suite.AUTH)
            parts.append(table(f"Client, {revision}", ours, theirs, expectations.CLIENT))
        for revision in suite.REVISIONS:
            with peers.jackfield_server(folder) as url:
                ours = suite.server_scores(program, url, revision, folder / "jackfield")
            with peers.sdk_server() as url:
                theirs = suite.server_scores(program, url, revision, folder / "server")
            parts.append(table(f"Server, {revision}", ours, theirs, expectations.SERVER))
    text = "\n\n".join(parts)
    page = PAGE.read_text()
    PAGE.write_text(page[: page.index(MARK)] + MARK + "\n" + text + "\n")
    sys.stdout.write(text + "\n")


def table(
    title: str, ours: suite.Scores, theirs: suite.Scores, expected: Mapping[str, tuple[int, str]]
) -> str:
    rows = [f"## {title}", "", "| scenario | Jackfield | SDK | why not |", "|---|---|---|---|"]
    for name, score in ours.items():
        if name.startswith("tasks-"):
            continue
        why = expectations.reason(expected, name) if score.failed else ""
        rows.append(f"| `{name}` | {score} | {theirs.get(name, '-')} | {why} |")
    both = [name for name in ours if name in theirs and not name.startswith("tasks-")]
    sums = [sum(scores[name].passed for name in both) for scores in (ours, theirs)]
    rows.append(f"| checks passed where both were run | **{sums[0]}** | **{sums[1]}** | |")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
