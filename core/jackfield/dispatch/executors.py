"""Where tools run.

None of these shares anything with the loop that serves the sessions, nor with asyncio's default executor:
aiortc encodes sound there, and a dozen sleeping tools in it stop the sound.
"""

from __future__ import annotations

from jackfield.dispatch.blocked import Report
from jackfield.dispatch.executor import Executor
from jackfield.dispatch.loops import LoopExecutor, unreported
from jackfield.dispatch.own_loops import OwnLoopExecutor
from jackfield.dispatch.process_executor import ProcessExecutor
from jackfield.dispatch.threads import ThreadExecutor
from jackfield.tools.tool import LOOP, OWN_LOOP, PROCESS, THREAD

__all__ = [
    "Executor",
    "LoopExecutor",
    "OwnLoopExecutor",
    "ProcessExecutor",
    "ThreadExecutor",
    "own_executors",
]


def own_executors(
    report: Report = unreported, processes: ProcessExecutor | None = None
) -> dict[str, Executor]:
    """All that there are without MCP servers, by the names in `Tool.runs_on`. `report` is told of tools that
    block the loop they share; `processes` is made without settings for plugins if it is not given."""
    alone = OwnLoopExecutor()
    return {
        LOOP: LoopExecutor(report=report, alone=alone),
        OWN_LOOP: alone,
        THREAD: ThreadExecutor(),
        PROCESS: processes or ProcessExecutor(),
    }
