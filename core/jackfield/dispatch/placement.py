"""Which executor a tool gets. Pure."""

from __future__ import annotations

from dataclasses import replace

from jackfield.calls import Isolation
from jackfield.dispatch.seat import in_a_process
from jackfield.tools.tool import LOOP, OWN_LOOP, PROCESS, THREAD, Tool

_PLACES = {
    (LOOP, Isolation.THREAD): OWN_LOOP,
    (LOOP, Isolation.PROCESS): PROCESS,
    (THREAD, Isolation.PROCESS): PROCESS,
}
"""Where isolation changes anything. A plain function stays off the loop, which it would block; the tools of
MCP servers stay with the hub: their work is done in another process already."""


def place(runs_on: str, isolation: Isolation | None) -> str:
    """The executor for a tool that runs on `runs_on` by its kind; `isolation` is None to leave it there."""
    return runs_on if isolation is None else _PLACES.get((runs_on, isolation), runs_on)


def placed(tool: Tool, isolation: Isolation | None) -> Tool:
    """The tool, on the executor that it gets."""
    where = place(tool.runs_on, isolation)
    if where == tool.runs_on or (where == PROCESS and tool.per_session):
        return tool
    return in_a_process(tool) if where == PROCESS else replace(tool, runs_on=where)
