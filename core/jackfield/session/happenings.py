"""What the dispatcher and its executors tell, as notices."""

from __future__ import annotations

from jackfield.dispatch.blocked import Blocked
from jackfield.dispatch.request import Joined, Retried
from jackfield.notices import CallJoined, CallRetried, Notice, ToolBlocked, ToolIsolated


def notice_of(happening: Joined | Retried, call_id: str, tool: str, now: float) -> Notice:
    """`now` is on the session's clock."""
    if isinstance(happening, Joined):
        return CallJoined(now, call_id, tool, happening.other)
    return CallRetried(now, call_id, tool, happening.attempt, happening.pause, happening.reason)


def notices_of_blocked(blocked: Blocked) -> list[Notice]:
    """For each session that is concerned, which knows its own time."""
    told: list[Notice] = [ToolBlocked(0.0, blocked.tool, blocked.source, blocked.where, blocked.seconds)]
    return [*told, ToolIsolated(0.0, blocked.tool, blocked.source)] if blocked.isolated else told
