"""A clock that goes on as usual, and can be put forward."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class _Timer:
    """What was asked for at a moment of the clock."""

    def __init__(self, moment: float, callback: Callable[[], object]) -> None:
        self._moment = moment
        self.callback = callback
        self.handle: asyncio.TimerHandle | None = None

    def when(self) -> float:
        return self._moment

    def cancel(self) -> None:
        if self.handle is not None:
            self.handle.cancel()


class SkippingClock:
    """The event loop's time and as much more as was skipped. Time-outs, announcements and every other policy
    that is about time follow it; the tools' own sleeping does not, and neither does asyncio."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._skipped = 0.0
        self._timers: set[_Timer] = set()

    def time(self) -> float:
        return self._loop.time() + self._skipped

    def call_at(self, when: float, callback: Callable[[], object], /) -> _Timer:
        timer = _Timer(when, callback)
        self._timers.add(timer)
        self._arm(timer)
        return timer

    def skip(self, seconds: float) -> None:
        """Put it forward. What becomes due by that is called soon, in its order."""
        self._skipped += max(0.0, seconds)
        for timer in sorted(self._pending(), key=_Timer.when):
            timer.cancel()
            self._arm(timer)

    def next_due(self) -> float | None:
        """When it will ring next; None if nobody wants it to."""
        return min((timer.when() for timer in self._pending()), default=None)

    def _pending(self) -> set[_Timer]:
        self._timers = {each for each in self._timers if each.handle and not each.handle.cancelled()}
        return self._timers

    def _arm(self, timer: _Timer) -> None:
        timer.handle = self._loop.call_at(timer.when() - self._skipped, self._ring, timer)

    def _ring(self, timer: _Timer) -> None:
        self._timers.discard(timer)
        timer.callback()
