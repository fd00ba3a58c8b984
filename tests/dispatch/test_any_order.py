"""Whatever is sent, cancelled and raised in whatever order: every call is ended exactly once."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from jackfield.calls import CallPolicy
from jackfield.errors import ToolError
from jackfield.tools.tool import Tool

from .desk import opened, tool


def waits(release: threading.Event) -> Tool:
    def wait(number: int = 0) -> int:
        """Wait for the test."""
        release.wait(5)
        return number

    return tool(wait)


async def naps(number: int = 0) -> int:
    """Let others go first."""
    for _ in range(number % 5):
        await asyncio.sleep(0)
    return number


def refuses(number: int = 0) -> int:
    """Refuse."""
    raise ToolError(f"no {number}")


async def exits(number: int = 0) -> int:
    """Exit."""
    raise SystemExit(number)


arguments = st.text(max_size=5) | st.integers(0, 9).map(lambda number: json.dumps({"number": number}))
steps = st.lists(
    st.tuples(
        st.sampled_from(["start", "cancel", "yield", "release"]),
        st.integers(0, 4),
        arguments,
        st.integers(0, 3),
    ),
    max_size=40,
)


@settings(max_examples=40, deadline=None)
@given(steps)
def test_every_call_is_ended_exactly_once(steps: list[tuple[str, int, str, int]]) -> None:
    asyncio.run(_act(steps))


async def _act(steps: list[tuple[str, int, str, int]]) -> None:
    release = threading.Event()
    tools: list[Tool | None] = [waits(release), tool(naps), tool(refuses), tool(exits), None]
    started: list[str] = []
    async with opened() as desk:
        for action, which, text, number in steps:
            if action == "start":
                started.append(f"call_{len(started)}")
                desk.start(started[-1], tools[which], text, CallPolicy(concurrency=number))
            elif action == "cancel" and started:
                desk.dispatcher.cancel(started[number % len(started)])
            elif action == "release":
                release.set()
            else:
                await asyncio.sleep(0)
        release.set()
        await desk.until(lambda: len(desk.finished) >= len(started))
    assert Counter(call_id for call_id, _ in desk.finished) == Counter(started)
    entries = Counter(call_id for call_id, _ in desk.entered)
    assert all(count == 1 for count in entries.values())
