"""Whose turn it is: the calls of one tool, at most so many at once, the rest in order behind them."""

from __future__ import annotations

from collections import deque

from jackfield.dispatch.call import Call

MOST_WAITING = 32


class Lane:
    """Pure bookkeeping: says which call may run, and runs none."""

    def __init__(self) -> None:
        self.running: set[Call] = set()
        self.waiting: deque[Call] = deque()

    @property
    def empty(self) -> bool:
        return not self.running and not self.waiting

    @property
    def full(self) -> bool:
        """No room to wait in."""
        return len(self.waiting) >= MOST_WAITING

    def admits(self, call: Call) -> bool:
        """Whether the call may run now: nobody waits before it, and its limit is not reached."""
        return not self.waiting and len(self.running) < max(call.limits.concurrency, 1)

    def leave(self, call: Call) -> None:
        """The call is over, or will not run."""
        self.running.discard(call)
        if call in self.waiting:
            self.waiting.remove(call)

    def next(self) -> Call | None:
        """Take the first of the line out of it, if it may run now."""
        if self.waiting and len(self.running) < max(self.waiting[0].limits.concurrency, 1):
            return self.waiting.popleft()
        return None
