"""What agents.yaml forbids, as one judge."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from fnmatch import fnmatchcase

from jackfield_guard.blocklist import Blocklist
from jackfield_guard.budgets import Budgets
from jackfield_guard.settings import GuardSettings, Span
from jackfield_guard.turnstile import Turnstile


class Rules:
    """`clock` tells the time, with its zone."""

    def __init__(
        self, settings: GuardSettings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._settings = settings
        self._clock = clock
        self.budgets = Budgets(settings.calls_per_session, settings.calls_per_tool, settings.calls_per_minute)
        self._blocklist = Blocklist(settings.blocked)
        self._turnstiles = {pattern: Turnstile() for pattern in settings.one_at_a_time}

    def refusal(self, session_id: str, tool: str, arguments: Mapping[str, object]) -> str:
        """Why this call may not be, in words for a voice; "" if it may. Only what may be is counted."""
        return self._closed(tool) or self._unspeakable(arguments) or self.budgets.refusal(session_id, tool)

    def turn(self, tool: str) -> AbstractAsyncContextManager[None] | None:
        """The tool's turn, where it is used by one caller at a time. To enter it may raise `ToolError`."""
        stiles = [stile for pattern, stile in self._turnstiles.items() if fnmatchcase(tool, pattern)]
        return self._through(stiles) if stiles else None

    @asynccontextmanager
    async def _through(self, stiles: list[Turnstile]) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for stile in stiles:
                await stack.enter_async_context(stile.turn(self._settings.wait / len(stiles)))
            yield

    def _closed(self, tool: str) -> str:
        spans = [span for pattern, span in self._settings.open.items() if fnmatchcase(tool, pattern)]
        now = self._clock().astimezone(self._settings.timezone)
        for span in spans:
            if not _within(span, now):
                times = f"from {span.opens:%H:%M} until {span.closes:%H:%M}"
                return f"That can be done {times} only."
        return ""

    def _unspeakable(self, arguments: Mapping[str, object]) -> str:
        if self._blocklist.holds(arguments):
            return "That contains something that may not be passed on."
        return ""


def _within(span: Span, now: datetime) -> bool:
    """Around midnight, a span closes before it opens."""
    moment = now.time()
    if span.opens < span.closes:
        return span.opens <= moment < span.closes
    return moment >= span.opens or moment < span.closes
