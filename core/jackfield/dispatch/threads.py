"""The executor for plain functions: daemon threads, as many as are needed up to a bound.

Not `concurrent.futures.ThreadPoolExecutor`: its threads keep the interpreter from ending, and a function
that never returns would keep its place for ever. Here a call that is cancelled while it runs is abandoned:
its thread is written off, another may take its place, and a tool that leaves too many behind is refused
until some of them return.
"""

from __future__ import annotations

import contextvars
import threading
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from time import monotonic

from jackfield.calls import Arguments, Json
from jackfield.dispatch.executor import CLOSING_SECONDS, Escaped, Overloaded
from jackfield.tools.tool import Tool, ToolContext

MOST_THREADS = 32
MOST_WAITING = 256
MOST_ABANDONED = 8
"""Per tool: threads that were given up and have not returned."""


class ThreadExecutor:
    """Plain functions, each in a thread; at most `threads` at once, and `waiting` in line behind them."""

    def __init__(self, threads: int = MOST_THREADS, waiting: int = MOST_WAITING) -> None:
        self._most = threads
        self._most_waiting = waiting
        self._changed = threading.Condition()
        self._waiting: deque[_Work] = deque()
        self._idle = 0
        self._threads = 0
        self._abandoned: Counter[str] = Counter()
        self._closed = False

    @property
    def abandoned(self) -> int:
        """Threads that were given up and still run."""
        with self._changed:
            return self._abandoned.total()

    def submit(self, tool: Tool, arguments: Arguments, context: ToolContext) -> Promise:
        work = _Work(tool, arguments, context, contextvars.copy_context(), Promise(self))
        with self._changed:
            if self._closed:
                raise RuntimeError("the thread executor is closed")
            if self._abandoned[tool.name] >= MOST_ABANDONED:
                raise Overloaded(f"{tool.name} is stuck: {MOST_ABANDONED} earlier calls have not come back.")
            if len(self._waiting) >= self._most_waiting:
                raise Overloaded(f"{tool.name} cannot be called now: too much else is running.")
            if len(self._waiting) >= self._idle and self._threads < self._most:
                self._start_a_thread()
            self._waiting.append(work)
            self._changed.notify()
        return work.promise

    def close(self) -> None:
        """Drop what waits, and wait a moment for what runs; a thread that does not end is left behind."""
        deadline = monotonic() + CLOSING_SECONDS
        with self._changed:
            self._closed = True
            dropped, self._waiting = self._waiting, deque()
            self._changed.notify_all()
        for work in dropped:
            work.promise.cancel()
            work.promise.set_running_or_notify_cancel()
        with self._changed:
            while self._threads and (left := deadline - monotonic()) > 0:
                self._changed.wait(left)

    def abandon(self, promise: Promise) -> None:
        """The call runs and will not be waited for: another thread may start in place of its own."""
        with self._changed:
            if promise.running_tool and not promise.given_up:
                promise.given_up = True
                self._abandoned[promise.running_tool] += 1
                self._threads -= 1
                if self._waiting and not self._closed:
                    self._start_a_thread()
                self._changed.notify_all()

    def _start_a_thread(self) -> None:
        threading.Thread(target=self._work, name="jackfield-tool", daemon=True).start()
        self._threads += 1

    def _work(self) -> None:
        """A thread's life: one piece of work after the other, until closed or given up."""
        while (work := self._next()) is not None:
            work.do()
            given_up = self._was_given_up(work)
            del work  # a thread that waits for the next keeps no session alive, and no result
            if given_up:
                return

    def _next(self) -> _Work | None:
        with self._changed:
            self._idle += 1
            while not self._waiting and not self._closed:
                self._changed.wait()
            self._idle -= 1
            if self._closed:
                self._threads -= 1
                self._changed.notify_all()
                return None
            return self._take()

    def _take(self) -> _Work:
        work = self._waiting.popleft()
        work.promise.running_tool = work.tool.name
        return work

    def _was_given_up(self, work: _Work) -> bool:
        with self._changed:
            name, work.promise.running_tool = work.promise.running_tool, ""
            if work.promise.given_up:
                self._abandoned[name] -= 1
                self._abandoned += Counter()  # forgets those at zero
            return work.promise.given_up


class Promise(Future[Json]):
    """A future that, cancelled while its function runs, gives the thread up. `stop` is called then, where
    there is a way to interrupt what runs."""

    def __init__(self, executor: ThreadExecutor) -> None:
        super().__init__()
        self._executor = executor
        self.stop: Callable[[], None] | None = None
        self.running_tool = ""
        self.given_up = False

    def cancel(self) -> bool:
        """As `Future.cancel`; False if the function runs, which is then abandoned."""
        cancelled = super().cancel()
        if not cancelled and self.running():
            if self.stop is not None:
                self.stop()
            self._executor.abandon(self)
        return cancelled


@dataclass(slots=True)
class _Work:
    tool: Tool
    arguments: Arguments
    context: ToolContext
    variables: contextvars.Context
    promise: Promise

    def do(self) -> None:
        if not self.promise.set_running_or_notify_cancel():
            return
        try:
            value = self.variables.run(self.tool.invoke, self.arguments, self.context)
        except Exception as error:
            self.promise.set_exception(error)
        except BaseException as error:
            escaped = Escaped(f"{type(error).__name__}({error})")
            escaped.__cause__ = error
            self.promise.set_exception(escaped)
        else:
            self.promise.set_result(value)
