"""The timeline of a session: all its notices so far, and the ones to come, for any number of readers."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence

from jackfield.notices import Notice

MOST_NOTICES = 20_000
"""Beyond this the oldest are dropped: a reader that comes later starts where the memory starts."""


OBSERVED_WITHIN = 0.01
"""Seconds after which the observer is told: what a function call waits for comes first, and what is told
together costs less."""


def unobserved(notice: Notice) -> None:
    """For a timeline that is only read."""


class Timeline:
    """Written by the session alone, on its loop. Reading never holds anybody up: each reader keeps its
    own place. The observer is told each notice once, in order, soon after it was added."""

    def __init__(self, observe: Callable[[Notice], None] = unobserved) -> None:
        self._observe = observe
        self._unobserved: deque[Notice] = deque()
        self._notices: list[Notice] = []
        self._dropped = 0
        self._closed = False
        self._grown: asyncio.Event | None = None  # while a reader waits

    def add(self, notice: Notice) -> None:
        self._notices.append(notice)
        if not self._unobserved:
            asyncio.get_running_loop().call_later(OBSERVED_WITHIN, self._tell)
        self._unobserved.append(notice)
        if len(self._notices) > MOST_NOTICES:
            del self._notices[: MOST_NOTICES // 2]
            self._dropped += MOST_NOTICES // 2
        self._wake()

    def close(self) -> None:
        """No more will come; readers end when they have read what there is. The observer has been told
        everything when this returns."""
        self._tell()
        self._closed = True
        self._wake()

    @property
    def so_far(self) -> Sequence[Notice]:
        """Every notice that is still kept."""
        return self._notices

    async def read(self, start: int = 0) -> AsyncIterator[Notice]:
        """Every notice from number `start` on, then live until the timeline closes."""
        place = start
        while True:
            place = max(place, self._dropped)
            while place < self._dropped + len(self._notices):
                yield self._notices[place - self._dropped]
                place += 1
            if self._closed:
                return
            self._grown = self._grown or asyncio.Event()
            await self._grown.wait()

    def _tell(self) -> None:
        while self._unobserved:
            self._observe(self._unobserved.popleft())

    def _wake(self) -> None:
        grown, self._grown = self._grown, None
        if grown is not None:
            grown.set()
