"""Whatever blocks, comes back, is cancelled and is submitted in whatever order: every call ends once, and a
call is entered at most once, on whatever loop it ends up."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from concurrent.futures import CancelledError, Future
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from jackfield.calls import Arguments, Json
from jackfield.dispatch.loops import LoopExecutor
from jackfield.tools.tool import LOOP, Tool, ToolContext

PATIENCE = 20.0
CONTEXT = ToolContext("call_1", "session_1", "receptionist", 20.0)

steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["quick", "nap", "block_a", "block_b"]), st.just(0)),
        st.tuples(st.sampled_from(["cancel"]), st.integers(0, 30)),
        st.tuples(st.sampled_from(["pause", "release"]), st.just(0)),
    ),
    min_size=1,
    max_size=25,
)


class Play:
    """One sequence of steps on one executor."""

    def __init__(self) -> None:
        self.executor = LoopExecutor()
        self.release = threading.Event()
        self.entries: Counter[int] = Counter()
        self.futures: list[Future[Json]] = []

    def step(self, action: str, which: int) -> None:
        if action == "cancel":
            if self.futures:
                self.futures[which % len(self.futures)].cancel()
        elif action == "pause":
            threading.Event().wait(0.06)
        elif action == "release":
            self.release.set()
            self.release = threading.Event()
        else:
            self.submit(action, len(self.futures))

    def submit(self, action: str, number: int) -> None:
        release = self.release

        async def run(arguments: Arguments, context: ToolContext) -> Json:
            self.entries[number] += 1
            if action == "nap":
                await asyncio.sleep(0.001)
            elif action.startswith("block"):
                release.wait(PATIENCE)
                await asyncio.sleep(0)
            return number

        tool = Tool(f"test.{action}", "Do.", {"type": "object"}, run, LOOP, "test")
        self.futures.append(self.executor.submit(tool, {"number": number}, CONTEXT))


@settings(max_examples=25, deadline=None)
@given(steps)
def test_every_call_ends_once_and_is_entered_at_most_once(steps: list[tuple[str, int]]) -> None:
    play = Play()
    releases = []
    try:
        for action, which in steps:
            releases.append(play.release)
            play.step(action, which)
        releases.append(play.release)
        for release in releases:
            release.set()
        for number, future in enumerate(play.futures):
            with suppress(CancelledError):
                assert future.result(PATIENCE) == number
    finally:
        for release in releases:
            release.set()
        play.executor.close()
    assert all(count == 1 for count in play.entries.values())
