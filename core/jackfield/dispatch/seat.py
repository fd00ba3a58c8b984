"""How a tool that runs in a worker process is invoked: by its name, at the seat that its call was given."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import replace
from typing import Protocol

from jackfield.calls import Arguments, Json
from jackfield.tools.tool import PROCESS, Tool, ToolContext


class Seat(Protocol):
    """A place to run one call in."""

    async def run(self, tool: Tool, arguments: Arguments, context: ToolContext) -> Json: ...


seat: ContextVar[Seat] = ContextVar("seat")
"""Set by the executor around `Tool.invoke`. So whatever others have put around `invoke` (telling that the
tool is entered, hooks) stays around it, on this side, while the function itself runs over there."""


def in_a_process(tool: Tool) -> Tool:
    """The same tool, run by a worker process that loads its plugin."""

    async def invoke(arguments: Arguments, context: ToolContext) -> Json:
        return await seat.get().run(tool, arguments, context)

    return replace(tool, runs_on=PROCESS, invoke=invoke)
