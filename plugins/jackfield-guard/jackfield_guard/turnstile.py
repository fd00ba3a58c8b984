"""One at a time, in the order in which they came."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager

from jackfield.errors import ToolError


class Turnstile:
    """Like `asyncio.Lock`, but for tasks of any number of event loops: a hook may be called on another one
    after something has blocked the first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = False
        self._waiting: deque[Future[None]] = deque()

    @asynccontextmanager
    async def turn(self, seconds: float) -> AsyncIterator[None]:
        """Raises `ToolError` if it has not come within this time."""
        ticket = self._ticket()
        try:
            async with asyncio.timeout(seconds):
                await asyncio.wrap_future(ticket)
        except BaseException as error:
            if not ticket.cancel():
                self._next()
            if isinstance(error, TimeoutError):
                raise ToolError("That is being done for another caller just now.") from None
            raise
        try:
            yield
        finally:
            self._next()

    def _ticket(self) -> Future[None]:
        ticket: Future[None] = Future()
        with self._lock:
            if self._taken:
                self._waiting.append(ticket)
                return ticket
            self._taken = True
        ticket.set_result(None)
        return ticket

    def _next(self) -> None:
        """Whoever has waited longest, and still does."""
        with self._lock:
            while self._waiting:
                ticket = self._waiting.popleft()
                if ticket.set_running_or_notify_cancel():
                    ticket.set_result(None)
                    return
            self._taken = False
