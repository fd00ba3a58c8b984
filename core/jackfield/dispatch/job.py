"""One call of a coroutine tool, and the future of its result."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable
from concurrent.futures import Future, InvalidStateError
from typing import Protocol, cast

from jackfield.calls import Arguments, Json
from jackfield.dispatch.executor import Escaped, Executor
from jackfield.tools.tool import Tool, ToolContext


class Place(Protocol):
    """Where a job is."""

    def stop(self, job: Job) -> None:
        """The job was cancelled; from any thread."""


class Job(Future[Json]):
    """Made on the thread of a session, whose context variables the tool sees; `place` is where it waits or
    runs. Cancelling it interrupts the coroutine."""

    def __init__(self, tool: Tool, arguments: Arguments, context: ToolContext) -> None:
        super().__init__()
        self.tool = tool
        self.arguments = arguments
        self.context = context
        self.variables = contextvars.copy_context()
        self.place: Place | None = None

    def cancel(self) -> bool:
        cancelled = super().cancel()
        if cancelled and self.place is not None:
            self.place.stop(self)
        return cancelled

    async def run(self) -> None:
        """Run the tool; however it ends, so does the future. Never raises but for what closes coroutines."""
        try:
            value = await cast(Awaitable[Json], self.tool.invoke(self.arguments, self.context))
        except asyncio.CancelledError:
            super().cancel()
        except Exception as error:
            self.fail(error)
        except BaseException as error:
            # Asyncio lets it through and would end the loop, and every other tool's call with it.
            escaped = Escaped(f"{type(error).__name__}({error})")
            escaped.__cause__ = error
            self.fail(escaped)
        else:
            self.end(value)

    def end(self, value: Json) -> None:
        """The tool returned; too late, if the job was cancelled."""
        try:
            self.set_result(value)
        except InvalidStateError:
            return

    def fail(self, error: BaseException) -> None:
        """The tool raised, or could not be run."""
        try:
            self.set_exception(error)
        except InvalidStateError:
            return

    def hand_on(self, executor: Executor) -> None:
        """Let another executor run it; its result is this job's."""
        try:
            elsewhere = self.variables.run(executor.submit, self.tool, self.arguments, self.context)
        except Exception as error:
            self.fail(error)
            return
        self.place = _Elsewhere(elsewhere)
        elsewhere.add_done_callback(self._adopt)
        if self.cancelled():
            elsewhere.cancel()

    def _adopt(self, other: Future[Json]) -> None:
        if other.cancelled():
            self.cancel()
        elif (error := other.exception()) is not None:
            self.fail(error)
        else:
            self.end(other.result())


class _Elsewhere:
    """With an executor of another kind."""

    def __init__(self, future: Future[Json]) -> None:
        self._future = future

    def stop(self, job: Job) -> None:
        self._future.cancel()
