"""The executor for tools that run in worker processes: those that burn a core, hold the GIL, or may crash."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace

from jackfield.calls import Arguments, Json
from jackfield.dispatch.executor import CLOSING_SECONDS, Overloaded
from jackfield.dispatch.job import Job
from jackfield.dispatch.tool_loop import ToolLoop
from jackfield.dispatch.worker_pool import WorkerPool, most_busy
from jackfield.hookspecs import Settings
from jackfield.tools.tool import PROCESS, Invoke, Tool, ToolContext

MOST_CALLS = 256
"""Calls that run or wait; further ones are refused."""


class ProcessExecutor:
    """At most `most` calls at once, by default one for each core but one. Nothing is started before the
    first call, or `warm`. The processes end with this one, however it ends."""

    def __init__(self, settings: Mapping[str, Settings] | None = None, most: int | None = None) -> None:
        self._pool = WorkerPool(settings or {}, most or most_busy())
        self._starting = threading.Lock()
        self._loop: ToolLoop | None = None
        self._calls: set[Job] = set()
        self._closed = False

    @property
    def pids(self) -> Mapping[str, list[int]]:
        """The processes, by the plugin that they have loaded."""
        return self._pool.pids

    def submit(self, tool: Tool, arguments: Arguments, context: ToolContext) -> Future[Json]:
        if len(self._calls) >= MOST_CALLS:
            raise Overloaded(f"{tool.name} cannot be called now: too much else is running.")

        async def invoke(arguments: Arguments, context: ToolContext) -> Json:
            return await self._pool.seated(tool, arguments, context)

        job = Job(replace(tool, invoke=invoke), arguments, context)
        self._calls.add(job)
        job.add_done_callback(lambda job: self._calls.discard(job))
        self._opened().take(job)
        return job

    def warm(self, plugin: str) -> None:
        """Start a worker for a plugin, so that the first call need not wait for that."""

        async def invoke(arguments: Arguments, context: ToolContext) -> Json:
            self._pool.warm(plugin)
            return None

        self._opened().take(_errand(invoke))

    def renew(self, plugins: Collection[str], settings: Mapping[str, Settings]) -> None:
        """Load these plugins anew, with these settings, for calls from now on."""

        async def invoke(arguments: Arguments, context: ToolContext) -> Json:
            self._pool.renew(plugins, settings)
            return None

        self._opened().take(_errand(invoke))

    def close(self) -> None:
        with self._starting:
            self._closed = True
            loop = self._loop
        if loop is None:
            return

        async def invoke(arguments: Arguments, context: ToolContext) -> Json:
            await self._pool.aclose()
            return None

        errand = _errand(invoke)
        with suppress(RuntimeError, TimeoutError):  # closed before; or a process that cannot even be killed
            loop.take(errand)
            errand.result(2 * CLOSING_SECONDS)
        loop.close()
        loop.join(2 * CLOSING_SECONDS)

    def _opened(self) -> ToolLoop:
        with self._starting:
            if self._closed:
                raise RuntimeError("the process executor is closed")
            if self._loop is None:
                self._loop = ToolLoop("jackfield-workers")
            return self._loop


def _errand(invoke: Invoke) -> Job:
    """Work on the pool's own loop that is no call."""
    return Job(Tool("", "", {}, invoke, PROCESS, ""), {}, ToolContext("", "", "", CLOSING_SECONDS))
