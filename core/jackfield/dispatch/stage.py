"""Where a worker process runs its tools: the main thread, and an event loop there for coroutines."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, suppress
from inspect import isawaitable

from jackfield.calls import Arguments, Json
from jackfield.tools.tool import Tool, ToolContext


class Stage:
    """One call at a time. `cancel` may come from another thread at any moment, before the tool is entered
    too; coroutines share one loop, which stays, as they may keep connections on it."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._changing = threading.Lock()
        self._context: ToolContext | None = None
        self._task: asyncio.Task[Json] | None = None
        self.number = 0

    @contextmanager
    def play(self, number: int, context: ToolContext) -> Iterator[None]:
        """The call with this number is on."""
        with self._changing:
            self.number, self._context = number, context
        try:
            yield
        finally:
            with self._changing:
                self.number, self._context, self._task = 0, None, None

    def run(self, tool: Tool, arguments: Arguments, context: ToolContext) -> Json:
        """What the tool returns; raises what it raises."""
        value = tool.invoke(arguments, context)
        return self._runner.run(self._wait(value)) if isawaitable(value) else value

    def cancel(self) -> None:
        """Interrupt a coroutine; a plain function can see it in its context."""
        with self._changing:
            if self._context is not None:
                self._context.cancelled.set()
            if self._task is not None:
                with suppress(RuntimeError):
                    self._task.get_loop().call_soon_threadsafe(self._task.cancel)

    async def _wait(self, value: Awaitable[Json]) -> Json:
        with self._changing:
            self._task = asyncio.current_task()
            if self._context is not None and self._context.cancelled.is_set():
                raise asyncio.CancelledError
        return await value
