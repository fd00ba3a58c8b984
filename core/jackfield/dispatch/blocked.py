"""What the watchdog has seen: a tool that does not let go of its event loop."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from pathlib import PurePath
from types import FrameType

_OURS = ("jackfield", "asyncio", "threading", "contextvars")


@dataclass(frozen=True, slots=True)
class Blocked:
    """A tool that blocked the loop it shares, for `seconds` when it was looked at.

    `where` is the line that it stands on, and what that line waits in; `stack` is all of it, for the log.
    `sessions` are the ids of those with calls on that loop. `isolated` means that it has done so too often,
    and that its calls do not share a loop any more.
    """

    tool: str
    source: str
    where: str
    stack: str
    seconds: float
    sessions: frozenset[str]
    isolated: bool


Report = Callable[[Blocked], None]
"""Called from the watchdog's thread; must not wait."""


def where(stack: Sequence[FrameType]) -> str:
    """`parcels.py:12 in find`; if that line is inside of somebody else's code by now, also where there."""
    frames = _of_the_tool(stack)
    if not frames:
        return "a place that cannot be seen"
    file = frames[0].f_code.co_filename
    own = next(frame for frame in reversed(frames) if frame.f_code.co_filename == file)
    return _place(own) if own is frames[-1] else f"{_place(own)}, {_place(frames[-1])}"


def listing(stack: Sequence[FrameType]) -> str:
    """The frames as a traceback shows them, the innermost last."""
    return "\n".join(
        f'  File "{frame.f_code.co_filename}", line {frame.f_lineno}, in {frame.f_code.co_name}\n'
        f"    {linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()}"
        for frame in _of_the_tool(stack)
    )


def _of_the_tool(stack: Sequence[FrameType]) -> Sequence[FrameType]:
    """Without the machinery that leads to it."""
    tail = list(dropwhile(lambda frame: _module(frame) in _OURS, stack))
    return tail or stack[-1:]


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


def _place(frame: FrameType) -> str:
    path = PurePath(frame.f_code.co_filename)
    return f"{path.name}:{frame.f_lineno} in {frame.f_code.co_name}"
