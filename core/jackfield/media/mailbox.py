"""Events on their way to one reader who may be slow: bounded, in order, with an end."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """`put` never waits; above `limit` something old is dropped, `expendable` things first."""

    def __init__(self, limit: int, expendable: Callable[[T], bool] = lambda _: False) -> None:
        self._limit = limit
        self._expendable = expendable
        self._events: deque[T] = deque()
        self._ended = False
        self._changed = asyncio.Event()

    def put(self, event: T, *, last: bool = False) -> T | None:
        """Add an event, and give the one that was dropped for it. After the last one nothing is added."""
        if self._ended:
            return None
        dropped = self._make_room() if len(self._events) >= self._limit else None
        self._events.append(event)
        self._ended = last
        self._changed.set()
        return dropped

    def _make_room(self) -> T:
        for place, event in enumerate(self._events):
            if self._expendable(event):
                del self._events[place]
                return event
        return self._events.popleft()

    async def __aiter__(self) -> AsyncIterator[T]:
        """Every event; ends after the last one."""
        while True:
            while self._events:
                yield self._events.popleft()
            if self._ended:
                return
            self._changed.clear()
            await self._changed.wait()
