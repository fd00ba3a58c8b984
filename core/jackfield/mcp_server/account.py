"""What plugins are told of a call: the notices of a session's function calls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jackfield.calls import Arguments, Outcome
from jackfield.notices import CallFinished, CallReceived, CallStarted, Notice

if TYPE_CHECKING:
    from jackfield.mcp_server.run import Job


@dataclass(frozen=True, slots=True)
class Account:
    """Of one visit, which began at `since` on the loop's clock."""

    notify: Callable[[Notice, str], None]
    since: float

    def received(self, job: Job) -> float:
        """The moment, in seconds of the visit."""
        at, about = self._now(), job.context
        self.notify(CallReceived(at, about.call_id, about.tool, job.arguments), about.session_id)
        return at

    def started(self, job: Job, arguments: Arguments) -> None:
        about = job.context
        self.notify(CallStarted(self._now(), about.call_id, about.tool, arguments), about.session_id)

    def finished(self, job: Job, task: asyncio.Task[Outcome], received: float) -> None:
        """Of a run that was broken off there is no outcome to tell."""
        if task.cancelled() or task.exception() is not None:
            return
        at, about, outcome = self._now(), job.context, task.result()
        told = outcome.kind, outcome.output, at - received
        self.notify(CallFinished(at, about.call_id, about.tool, *told), about.session_id)

    def _now(self) -> float:
        return asyncio.get_running_loop().time() - self.since
