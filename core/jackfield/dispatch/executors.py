"""Where tools run: an event loop in a thread of its own, and a bounded set of threads (`ThreadExecutor`).

Neither shares anything with the loop that serves the sessions, nor with asyncio's default executor: aiortc
encodes sound there, and a dozen sleeping tools in it stop the sound.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable
from concurrent.futures import Future
from typing import cast

from jackfield.calls import Arguments, Json
from jackfield.dispatch.executor import CLOSING_SECONDS, Escaped, Executor
from jackfield.dispatch.threads import ThreadExecutor
from jackfield.tools.tool import Tool, ToolContext

__all__ = ["Executor", "LoopExecutor", "ThreadExecutor"]


class LoopExecutor:
    """Coroutines, on an event loop in a thread of its own."""

    def __init__(self, name: str = "jackfield-tools") -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, tool: Tool, arguments: Arguments, context: ToolContext) -> Future[Json]:
        coroutine = _guarded(tool, arguments, context)
        try:
            return asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        except RuntimeError:
            coroutine.close()
            raise

    def close(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(2 * CLOSING_SECONDS)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            self._loop.run_until_complete(_cancelled(asyncio.all_tasks(self._loop)))
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            self._loop.close()


async def _guarded(tool: Tool, arguments: Arguments, context: ToolContext) -> Json:
    """Asyncio lets `SystemExit` through and would end the loop, and every other tool's call with it."""
    try:
        return await cast(Awaitable[Json], tool.invoke(arguments, context))
    except (SystemExit, KeyboardInterrupt) as error:
        raise Escaped(f"{type(error).__name__}({error})") from error


async def _cancelled(tasks: set[asyncio.Task[object]]) -> None:
    """Cancel, and give the tasks a moment to clean up; one that refuses is left behind."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=CLOSING_SECONDS)
