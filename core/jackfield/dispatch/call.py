"""One run of a tool on its way through the dispatcher, and the function calls that it answers."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from jackfield.calls import Arguments, CallPolicy, Json
from jackfield.dispatch.crossing import Crossing
from jackfield.dispatch.pages import Kept
from jackfield.dispatch.request import Happening, Request
from jackfield.tools.tool import Tool, ToolContext

log = logging.getLogger(__name__)

_NO_WAIT = 0.001
"""Seconds in line that are not worth a word."""


class CallState(Enum):
    """Where a call is: before the tool's turn, with an executor, between two attempts, or over."""

    WAITING = auto()
    SUBMITTED = auto()
    RESTING = auto()
    FINISHED = auto()

    __hash__ = object.__hash__  # Enum's own is a Python function


NEXT = {
    CallState.WAITING: {CallState.SUBMITTED, CallState.FINISHED},
    CallState.SUBMITTED: {CallState.RESTING, CallState.FINISHED},
    CallState.RESTING: {CallState.SUBMITTED, CallState.FINISHED},
    CallState.FINISHED: set[CallState](),
}


@dataclass(eq=False, slots=True)
class Call:
    """What is run, under which limits, and for whom: `requests` holds the function call that began it and
    those that joined it. `way` leads to its loop; `since` is when it began, on that one's clock; `pending` is
    what it waits for, the executor's future or the end of a rest; `kept` is the whole of a result that was
    cut."""

    tool: Tool
    arguments: Arguments
    context: ToolContext
    limits: CallPolicy
    requests: list[Request]
    way: Crossing
    since: float
    state: CallState = CallState.WAITING
    attempt: int = 0
    pending: Future[Json] | asyncio.TimerHandle | None = None
    kept: Kept | None = None
    _fingerprint: str = field(default="", repr=False)

    def become(self, state: CallState) -> bool:
        """Go on to `state` if that is next; False if not, as for a result that comes after the end."""
        if state not in NEXT[self.state]:
            return False
        self.state = state
        return True

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """On which it began, and is told of."""
        return self.way.loop

    @property
    def deadline(self) -> float:
        """When its time is over, on the loop's clock."""
        return self.since + self.context.seconds_left

    @property
    def may_be_retried(self) -> bool:
        return self.attempt <= self.limits.retry and self.tool.repeatable

    @property
    def fingerprint(self) -> str:
        """The same for the same arguments, in whatever order they were written (canonical JSON)."""
        if not self._fingerprint:
            self._fingerprint = json.dumps(self.arguments, sort_keys=True, default=repr)
        return self._fingerprint

    def same_arguments(self, other: Call) -> bool:
        """Whether the model sent the same to both."""
        # What Python tells apart JSON does, too; the other way round, 1 and true are one to Python. Where a
        # fingerprint was taken, a plugin may have put other arguments in the place of those.
        untouched = not self._fingerprint and not other._fingerprint
        if untouched and self.arguments != other.arguments:
            return False
        return self.fingerprint == other.fingerprint

    def context_now(self) -> ToolContext:
        """The context, less the time that was spent in line."""
        waited = self.loop.time() - self.since
        if waited < _NO_WAIT:
            return self.context
        return replace(self.context, seconds_left=max(self.context.seconds_left - waited, 0.0))

    def announcing_tool(self) -> Tool:
        """The tool, so made that entering it for the first time is told on the call's loop."""
        return self.tool.invoked_by(self._enter) if self.attempt == 1 else self.tool

    def _enter(self, arguments: Arguments, context: ToolContext) -> object:
        try:
            here = asyncio.get_running_loop()
        except RuntimeError:  # a plain function, in a thread
            self.tell(self._tell_entered)
        else:
            self.way.post_after(here, self._tell_entered)
        return self.tool.invoke(arguments, context)

    def _tell_entered(self) -> None:
        if self.state is not CallState.FINISHED:
            for request in self.requests:
                request.entered(request.id, self.arguments)

    def happened(self, happening: Happening) -> None:
        """Tell all of them, on the call's loop."""
        for request in self.requests:
            request.happened(request.id, happening)

    def happened_to(self, request: Request, happening: Happening) -> None:
        """Tell one of them, unless it has its end already."""
        if self.state is not CallState.FINISHED and request in self.requests:
            request.happened(request.id, happening)

    def tell(self, callback: Callable[..., None], *arguments: object) -> None:
        """From any thread. A loop that is closed has nobody left to tell."""
        try:
            self.way.post(callback, *arguments)
        except RuntimeError:
            log.debug("%s: its loop is closed", self.tool.name)
