"""What the dispatcher tells of a function call, as a notice."""

from __future__ import annotations

from jackfield.dispatch.request import Happening, Joined
from jackfield.notices import CallJoined, CallRetried, Notice


def notice_of(happening: Happening, call_id: str, tool: str, now: float) -> Notice:
    """`now` is on the session's clock."""
    if isinstance(happening, Joined):
        return CallJoined(now, call_id, tool, happening.other)
    return CallRetried(now, call_id, tool, happening.attempt, happening.pause, happening.reason)
