"""One function call on its way through the dispatcher."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum, auto

from jackfield.calls import Arguments, CallPolicy, Json, Outcome
from jackfield.tools.tool import Tool, ToolContext

Entered = Callable[[str, Arguments], None]
Finished = Callable[[str, Outcome], None]


_NO_WAIT = 0.001
"""Seconds in line that are not worth a word."""


class CallState(Enum):
    """Where a call is: before the tool's turn, with an executor, or over."""

    WAITING = auto()
    SUBMITTED = auto()
    FINISHED = auto()


NEXT = {
    CallState.WAITING: {CallState.SUBMITTED, CallState.FINISHED},
    CallState.SUBMITTED: {CallState.FINISHED},
    CallState.FINISHED: set[CallState](),
}


@dataclass(eq=False, slots=True)
class Call:
    """What was asked, of which tool, and whom to tell. `since` is when, on the loop's clock; `future` is the
    executor's, once it has the call."""

    id: str
    tool: Tool
    arguments: Arguments
    context: ToolContext
    limits: CallPolicy
    entered: Entered
    finished: Finished
    loop: asyncio.AbstractEventLoop
    since: float
    state: CallState = CallState.WAITING
    future: Future[Json] | None = None

    def become(self, state: CallState) -> bool:
        """Go on to `state` if that is next; False if not, as for a result that comes after the end."""
        if state not in NEXT[self.state]:
            return False
        self.state = state
        return True

    def context_now(self) -> ToolContext:
        """The context, less the time that was spent in line."""
        waited = self.loop.time() - self.since
        if waited < _NO_WAIT:
            return self.context
        return replace(self.context, seconds_left=max(self.context.seconds_left - waited, 0.0))

    def announcing_tool(self) -> Tool:
        """The tool, so made that entering it is told on the call's loop."""
        return replace(self.tool, invoke=self._enter)

    def _enter(self, arguments: Arguments, context: ToolContext) -> object:
        self.tell(self._tell_entered)
        return self.tool.invoke(arguments, context)

    def _tell_entered(self) -> None:
        if self.state is CallState.SUBMITTED:
            self.entered(self.id, self.arguments)

    def tell(self, callback: Callable[..., None], *arguments: object) -> None:
        """From any thread. A loop that is closed has nobody left to tell."""
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(callback, *arguments)
