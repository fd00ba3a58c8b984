"""The executor for coroutines that must not share a loop: each gets one of its own, in a thread of its own.

For tools whose policy says `isolation: thread`, and for those that keep blocking the loop they shared.
Whatever such a tool does to its loop, it does to its own call alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from typing import cast

from jackfield.calls import Arguments, Json
from jackfield.dispatch.threads import ThreadExecutor
from jackfield.tools.tool import Tool, ToolContext


class OwnLoopExecutor:
    """Bounded like the threads it runs on. A cancelled call is interrupted where it awaits; one that does
    not is left behind and counted, as a plain function would be."""

    def __init__(self, threads: ThreadExecutor | None = None) -> None:
        self._threads = threads or ThreadExecutor()

    def submit(self, tool: Tool, arguments: Arguments, context: ToolContext) -> Future[Json]:
        alone = _Alone(tool)
        promise = self._threads.submit(replace(tool, invoke=alone.run), arguments, context)
        promise.stop = alone.stop
        return promise

    def close(self) -> None:
        self._threads.close()


class _Alone:
    """One call, and the loop that lives as long as it does."""

    def __init__(self, tool: Tool) -> None:
        self._tool = tool
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Json] | None = None

    def run(self, arguments: Arguments, context: ToolContext) -> Json:
        with asyncio.Runner() as runner:
            return runner.run(self._call(arguments, context))

    def stop(self) -> None:
        """From another thread, at any time."""
        if self._loop is not None and self._task is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._task.cancel)

    async def _call(self, arguments: Arguments, context: ToolContext) -> Json:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        if context.cancelled.is_set():
            raise asyncio.CancelledError
        work = cast(Awaitable[Json], self._tool.invoke(arguments, context))
        # As a task of its own it begins after what its entry has left for this loop to do: should it block,
        # nobody would be told that it runs.
        return await asyncio.ensure_future(work)
