"""Calls that were just handed to their tools go first.

The thread of the sessions has more to do when it has handed a call over, and as long as it is busy it keeps
the interpreter, which the thread of the tools needs to begin. So it stands still for a moment: until the
tools have been entered and wait for something, or have returned; and their results are sent before anything
else is thought of. It does so once for calls that come together, not at all where the tools' thread is busy
with something else, and never for long: a tool that blocks costs the other sessions `LONGEST`, once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from jackfield.dispatch.crossing import Crossing, crossing_to
from jackfield.dispatch.executor import Executor, Prompt

LONGEST = 0.0005
"""Seconds. To enter a tool that does nothing, and to leave it, takes a fifth of that."""


class RightOfWay:
    """On one event loop, which hands calls to `executors` of other threads."""

    def __init__(self, executors: Mapping[str, Executor], longest: float = LONGEST) -> None:
        self._prompt = {name: each for name, each in executors.items() if isinstance(each, Prompt)}
        self._longest = longest
        self._claimed: Prompt | None = None
        self._crossing: Crossing | None = None

    def claim(self, executor: str) -> None:
        """A call is about to be handed over there."""
        prompt = self._prompt.get(executor)
        if prompt is None or self._claimed is not None:
            return
        self._claimed = prompt
        if self._crossing is None:
            self._crossing = crossing_to(asyncio.get_running_loop())
        self._crossing.expect(self.give)

    def give(self) -> None:
        """Let the tools go first, if any has claimed it. Only where nothing is half done: what they have to
        tell is taken in before this returns."""
        claimed, self._claimed = self._claimed, None
        if claimed is not None and self._crossing is not None:
            claimed.let_in(self._longest)
            self._crossing.deliver()
