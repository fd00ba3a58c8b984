"""A function call under way at a server, as far as the server may come back to us about it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from contextvars import ContextVar

from jackfield.calls import Inquiry, Reply
from jackfield.tools.tool import ToolContext


class Errand:
    """Bounded in time. The time in which the caller is being asked something does not count."""

    def __init__(self, context: ToolContext, limit: asyncio.Timeout) -> None:
        self.session_id = context.session_id
        self._ask = context.ask
        self._limit = limit
        self._asking = 0
        self._left = 0.0

    async def ask(self, inquiry: Inquiry) -> Reply:
        """Put a question to the caller. Cancelling this takes the question back."""
        self._pause()
        try:
            return await asyncio.wrap_future(self._ask(inquiry))
        finally:
            self._resume()

    def _pause(self) -> None:
        self._asking += 1
        if self._asking == 1:
            self._left = (self._limit.when() or 0.0) - asyncio.get_running_loop().time()
            self._limit.reschedule(None)

    def _resume(self) -> None:
        self._asking -= 1
        if not self._asking and self._limit.when() is None and not self._limit.expired():
            self._limit.reschedule(asyncio.get_running_loop().time() + self._left)


ERRAND: ContextVar[Errand | None] = ContextVar("jackfield_errand", default=None)
"""Of the task that it is set in, and of those that it starts."""


@asynccontextmanager
async def errand(context: ToolContext, seconds: float, under_way: list[Errand]) -> AsyncIterator[Errand]:
    """One that is among those `under_way` while it lasts. Raises `TimeoutError` after so many seconds."""
    async with asyncio.timeout(seconds) as limit:
        this = Errand(context, limit)
        under_way.append(this)
        token = ERRAND.set(this)
        try:
            yield this
        finally:
            ERRAND.reset(token)
            under_way.remove(this)


def whose(current: Errand | None, under_way: Collection[Errand]) -> Errand | None:
    """Which errand a server's request is about; None if nobody can say.

    A modern server (2026-07-28) asks in answer to the very request that it needs to know more for: then it
    is the `current` one. In the handshake era a request of the server's names none of ours. Then it is the
    latest, provided that all of them are of one session: nobody shall be asked about another one's affairs.
    """
    if current is not None:
        return current
    sessions = {each.session_id for each in under_way}
    return list(under_way)[-1] if len(sessions) == 1 else None
