"""The executor for coroutines: one event loop in a thread of its own, and a fresh one when it is blocked.

    serving ──► blocked ──► retired      what was not entered yet moves to the fresh loop at once;
       ▲           ▲ └────────┘          what was entered stays: a coroutine cannot change its loop.
       └── a fresh loop

A tool that blocks again and again is given loops of its own from then on.
"""

from __future__ import annotations

import logging
from collections import Counter
from concurrent.futures import Future
from time import monotonic

from jackfield.calls import Arguments, Json
from jackfield.dispatch.blocked import Blocked, Report, listing, where
from jackfield.dispatch.executor import CLOSING_SECONDS, Executor, Overloaded
from jackfield.dispatch.job import Job
from jackfield.dispatch.own_loops import OwnLoopExecutor
from jackfield.dispatch.pulse import Sight
from jackfield.dispatch.tool_loop import ToolLoop
from jackfield.dispatch.watchdog import Watchdog
from jackfield.tools.tool import Tool, ToolContext

MOST_BLOCKED = 8
"""Blocked loops that are kept beside the one that serves. With more, calls wait until one comes back."""

MOST_WAITING = 1024
STRIKES = 3
"""A tool that has blocked a shared loop so often shares none any more."""

log = logging.getLogger(__name__)


def unreported(blocked: Blocked) -> None:
    """For those who read the log."""


class LoopExecutor:
    """`report` is told of every tool that blocks; `alone` runs those that do it too often."""

    def __init__(
        self, name: str = "jackfield-tools", *, report: Report = unreported, alone: Executor | None = None
    ) -> None:
        self._name = name
        self._report = report
        self._alone = alone or OwnLoopExecutor()
        self._serving = ToolLoop(name)
        self._left: list[ToolLoop] = []
        self._strikes: Counter[str] = Counter()
        self._isolated: set[str] = set()
        self._closed = False
        self._watchdog = Watchdog(self._look)

    @property
    def isolated(self) -> frozenset[str]:
        """Tools that have a loop of their own for every call, because they blocked too often."""
        return frozenset(self._isolated)

    @property
    def blocked(self) -> int:
        """Loops that were left and still have calls."""
        return len(self._left)

    def submit(self, tool: Tool, arguments: Arguments, context: ToolContext) -> Future[Json]:
        if self._closed:
            raise RuntimeError("the loop executor is closed")
        if tool.name in self._isolated:
            return self._alone.submit(tool, arguments, context)
        if self._serving.waiting >= MOST_WAITING:
            raise Overloaded(f"{tool.name} cannot be called now: too much else is running.")
        job = Job(tool, arguments, context)
        self._serving.take(job)
        self._watchdog.wake()
        return job

    def let_in(self, seconds: float) -> None:
        self._serving.let_in(seconds)

    def close(self) -> None:
        self._closed = True
        self._watchdog.close()
        deadline = monotonic() + 2 * CLOSING_SECONDS
        loops = [self._serving, *self._left]
        for loop in loops:
            loop.close()
        self._alone.close()
        for loop in loops:
            if not loop.pulse.stalled:
                loop.join(deadline - monotonic())

    # --- on the watchdog's thread ----------------------------------------------------------------------

    def _look(self) -> bool:
        """One look at every loop, and what follows from it. Says whether anything runs."""
        now = monotonic()
        for loop in [self._serving, *self._left]:
            if loop.look(now) is Sight.STALLED:
                self._accuse(loop, now)
        if self._serving.pulse.stalled and len(self._left) < MOST_BLOCKED and not self._closed:
            self._left.append(self._serving)
            self._serving = ToolLoop(self._name)
        for loop in self._left:
            self._relieve(loop)
        self._retire()
        return bool(self._left) or not self._serving.idle

    def _accuse(self, loop: ToolLoop, now: float) -> None:
        """Say who blocks the loop, and since when."""
        stack = loop.stack()
        job = loop.culprit(stack)
        if job is None:  # the loop's own work, starved by busy threads
            loop.pulse.forgive()
            return
        tool = job.tool
        self._strikes[tool.name] += 1
        isolated = self._strikes[tool.name] == STRIKES
        if isolated:
            self._isolated.add(tool.name)
        blocked = Blocked(
            tool=tool.name,
            source=tool.source,
            where=where(stack),
            stack=listing(stack),
            seconds=now - (loop.pulse.round or now),
            sessions=frozenset(loop.sessions),
            isolated=isolated,
        )
        _write_down(blocked)
        self._report(blocked)

    def _relieve(self, loop: ToolLoop) -> None:
        """A loop that was left enters nothing any more: what waits there goes where it is served."""
        for job in loop.give_back():
            self._move(job)

    def _move(self, job: Job) -> None:
        if job.tool.name in self._isolated:
            job.hand_on(self._alone)
            return
        try:
            self._serving.take(job)
        except RuntimeError:  # closed
            job.cancel()

    def _retire(self) -> None:
        for loop in [loop for loop in self._left if loop.idle and not loop.pulse.stalled]:
            self._left.remove(loop)
            loop.close()


def _write_down(blocked: Blocked) -> None:
    log.warning(
        "the tool %s of %s blocks its event loop, in %s%s; other calls move on. A coroutine must not wait "
        "without await: declare the tool `def`, or await.\n%s",
        blocked.tool,
        blocked.source,
        blocked.where,
        "; from now on it runs on loops of its own" if blocked.isolated else "",
        blocked.stack,
    )
