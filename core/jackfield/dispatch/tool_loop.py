"""An event loop in a thread of its own that can be looked at from outside: is it stuck, and in what?"""

from __future__ import annotations

import asyncio
import selectors
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from contextvars import ContextVar
from time import monotonic
from types import FrameType

from jackfield.dispatch.crossing import Crossing
from jackfield.dispatch.executor import CLOSING_SECONDS
from jackfield.dispatch.job import Job
from jackfield.dispatch.pulse import Pulse, Sight

_job: ContextVar[Job] = ContextVar("job")
"""In the context of everything that a job starts on its loop: its tasks, timers and callbacks."""


class _Selector(selectors.DefaultSelector):
    """Notes when the loop wakes and when it goes to rest. That is all that watching costs a loop.

    A loop that has something to do looks at its sockets every other time only: looking lets go of the
    interpreter, for which the loop of the sessions waits, while a tool stands between its task and its first
    line, or between its last and its result.
    """

    awake_since: float | None = None
    rests = 0
    _passed_over = False

    def __init__(self) -> None:
        super().__init__()
        self._standing_still: list[threading.Lock] = []

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.awake_since = None
        if timeout != 0:
            self._come_to_rest()
        self._passed_over = timeout == 0 and not self._passed_over
        ready = [] if self._passed_over else super().select(timeout)
        self.awake_since = monotonic()
        return ready

    def _come_to_rest(self) -> None:
        self.rests += 1
        while self._standing_still:
            self._standing_still.pop().release()

    def await_rest(self, rests: int, seconds: float) -> None:
        """Stand still until the loop has come to rest more than so many times; from another thread."""
        rested = threading.Lock()
        rested.acquire()
        self._standing_still.append(rested)
        # Looked at after that, so that a rest is either seen here or sees us there.
        if self.rests == rests:
            rested.acquire(timeout=seconds)


class ToolLoop:
    """Runs jobs. A job that it has not entered yet can be taken back, from any thread."""

    def __init__(self, name: str) -> None:
        self.pulse = Pulse()
        self._selector = _Selector()
        self._loop = asyncio.SelectorEventLoop(self._selector)
        self._crossing = Crossing(self._loop)
        self._crossing.hang(self._selector)
        self._called_at: int | None = None  # the number of the rest that the first of the latest calls ended
        self._waiting: dict[Job, None] = {}
        self._running: dict[Job, asyncio.Task[None]] = {}
        self._thread = threading.Thread(target=self._live, name=name, daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Jobs that are not entered yet."""
        return len(self._waiting)

    @property
    def idle(self) -> bool:
        return not self._waiting and not self._running

    @property
    def sessions(self) -> set[str]:
        """The ids of the sessions whose calls are here."""
        return {job.context.session_id for job in [*self._waiting, *self._running]}

    def take(self, job: Job) -> None:
        """Run a job; from any thread. Raises `RuntimeError` if the loop is closed."""
        job.place = self
        if not self._waiting and self._selector.awake_since is None:
            self._called_at = self._selector.rests
        self._waiting[job] = None
        try:
            self._crossing.post(job.variables.run, self._begin, job)
        except RuntimeError:
            self._waiting.pop(job, None)
            raise

    def let_in(self, seconds: float) -> None:
        """As an executor does (`Prompt`)."""
        called_at, self._called_at = self._called_at, None
        if called_at is not None:
            self._selector.await_rest(called_at, seconds)

    def give_back(self) -> Sequence[Job]:
        """The jobs that are not entered, which are no longer this loop's from now on."""
        return [job for job in list(self._waiting) if self._claim(job)]

    def stop(self, job: Job) -> None:
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._stop, job)

    def close(self) -> None:
        """Cancel what runs and end the thread, without waiting for either. Idempotent."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._loop.stop)

    def join(self, seconds: float) -> None:
        """Wait for the thread."""
        self._thread.join(max(seconds, 0.0))

    # --- looking at it, from another thread ------------------------------------------------------------

    def look(self, now: float) -> Sight:
        return self.pulse.look(self._selector.awake_since, now)

    def stack(self) -> list[FrameType]:
        """What the thread is doing, innermost frame last; empty if it is over."""
        frame = sys._current_frames().get(self._thread.ident or 0)
        stack = []
        while frame is not None:
            stack.append(frame)
            frame = frame.f_back
        return stack[::-1]

    def culprit(self, stack: Sequence[FrameType]) -> Job | None:
        """The job on whose behalf the loop does what `stack` shows: it, or what it started, set the
        context of the callback that runs."""
        for frame in stack:
            if frame.f_code is asyncio.Handle._run.__code__:
                found: Job | None = frame.f_locals["self"]._context.get(_job)
                return found
        return None

    # --- on the loop -----------------------------------------------------------------------------------

    def _claim(self, job: Job) -> bool:
        """Exactly one of those who want a waiting job gets it: to enter it, to move it, to drop it."""
        return self._waiting.pop(job, job) is None

    def _begin(self, job: Job) -> None:
        self._loop.create_task(self._run(job))

    async def _run(self, job: Job) -> None:
        if not self._claim(job) or job.cancelled():
            return
        task = asyncio.current_task()
        assert task is not None
        self._running[job] = task
        _job.set(job)
        try:
            await job.run()
        finally:
            del self._running[job]

    def _stop(self, job: Job) -> None:
        self._claim(job)
        if task := self._running.get(job):
            task.cancel()

    def _live(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            self._loop.run_until_complete(_cancelled(asyncio.all_tasks(self._loop)))
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            self._loop.close()
            for job in self.give_back():
                job.cancel()


async def _cancelled(tasks: set[asyncio.Task[object]]) -> None:
    """Cancel, and give the tasks a moment to clean up; one that refuses is left behind."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=CLOSING_SECONDS)
