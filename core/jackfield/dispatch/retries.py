"""When a tool that met with an accident is tried again. Pure: the time and the dice come in."""

from __future__ import annotations

from jackfield.errors import OutcomeUnknown, PluginError, ToolError, ToolUnavailable

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
LEAST_TIME = 0.1
"""An attempt that would have less than this left is not made."""


def is_accident(error: BaseException) -> bool:
    """Whether trying again may help: not after a tool has said no in words of its own, and not after a
    fault that will be there the next time (a result that JSON cannot hold)."""
    if isinstance(error, OutcomeUnknown | ToolUnavailable):
        return True
    return not isinstance(error, ToolError | PluginError)


def next_try(attempt: int, now: float, deadline: float, dice: float) -> float | None:
    """The moment of the next attempt after the one numbered `attempt` (from 1) has failed; None if there is
    no time left for it before `deadline`.

    The pause doubles each time. `dice`, from 0 to 1, takes up to half of it away: so that many calls that
    failed together do not come back together.
    """
    pause = min(FIRST_PAUSE * 2 ** min(attempt - 1, 10), LONGEST_PAUSE) * (1 - dice / 2)
    moment = now + pause
    return moment if moment + LEAST_TIME <= deadline else None
