"""Whatever is sent, cancelled and raised in whatever order: every call is ended exactly once."""

from __future__ import annotations

import asyncio
import json
import selectors
import threading
from collections import Counter
from collections.abc import Coroutine
from concurrent.futures import Future

from hypothesis import given, settings
from hypothesis import strategies as st

from jackfield.calls import Arguments, CallPolicy, Duplicates, Json
from jackfield.dispatch import Bounds, Dispatcher
from jackfield.dispatch.request import Joined
from jackfield.errors import ToolError
from jackfield.tools.tool import HUB, Tool, ToolContext

from .desk import Desk, opened, tool


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


# --- duplicates, accidents and cancellations, with an executor that obeys the test ----------------------


class ByHand:
    """An executor whose futures the test completes, in any order. It counts what runs beside what."""

    def __init__(self) -> None:
        self.open: list[tuple[Future[Json], Arguments, ToolContext]] = []
        self.closed = False

    def submit(self, tool: Tool, arguments: Arguments, context: ToolContext) -> Future[Json]:
        future: Future[Json] = Future()
        self.open.append((future, arguments, context))
        return future

    def close(self) -> None:
        self.closed = True

    def take(self, which: int) -> Future[Json] | None:
        """One that is still waited for."""
        self.open = [each for each in self.open if not each[0].done()]
        return self.open[which % len(self.open)][0] if self.open else None


POLICIES = [
    CallPolicy(duplicates=duplicates, retry=retry, concurrency=concurrency)
    for duplicates in Duplicates
    for retry in (0, 2)
    for concurrency in (1, 3)
]
moves = st.lists(
    st.tuples(
        st.sampled_from(["start", "start", "value", "error", "accident", "cancel", "turn"]),
        st.integers(0, 2),
        st.integers(0, len(POLICIES) - 1),
        st.integers(0, 30),
    ),
    max_size=60,
)


@settings(max_examples=120, deadline=None)
@given(moves, st.integers(1, 4))
def test_duplicates_retries_and_cancellations_in_any_order_end_every_call_once(
    moves: list[tuple[str, int, int, int]], process: int
) -> None:
    with_time_that_flies(_move(moves, process))


async def _move(moves: list[tuple[str, int, int, int]], process: int) -> None:
    hands = ByHand()
    dispatcher = Dispatcher({HUB: hands}, Bounds(process=process))
    desk = Desk(dispatcher, None)  # type: ignore[arg-type]
    wanted = Tool("a.b", "Do.", {"type": "object"}, lambda *_: None, HUB, "a", idempotent=True)
    started: list[str] = []
    for action, what, policy, which in moves:
        future = hands.take(which)
        if action == "start":
            started.append(f"call_{len(started)}")
            desk.start(started[-1], wanted, json.dumps({"n": what}), POLICIES[policy])
        elif action == "cancel" and started:
            dispatcher.cancel(started[which % len(started)])
        elif future is not None and action == "value":
            future.set_result("done")
        elif future is not None and action in ("error", "accident"):
            future.set_exception(ToolError("no") if action == "error" else ConnectionError())
        await asyncio.sleep(1.0 if action == "turn" else 0)
        assert len([each for each in hands.open if not each[0].done()]) <= process
    while len(desk.finished) < len(started):
        future = hands.take(0)
        if future is not None:
            future.set_result("done")
        await asyncio.sleep(1.0)
    check(started, desk)
    assert not hands.take(0), "nothing runs that nobody waits for"
    await dispatcher.aclose()
    assert hands.closed


def check(started: list[str], desk: Desk) -> None:
    assert Counter(call_id for call_id, _ in desk.finished) == Counter(started)
    for call_id, happening in desk.happened:
        if isinstance(happening, Joined):
            assert happening.other != call_id
        else:
            assert 2 <= happening.attempt <= 3


def with_time_that_flies(act: Coroutine[object, object, None]) -> None:
    """Run it on a loop on which nobody has to wait: its clock jumps to whatever is due next."""
    loop = asyncio.SelectorEventLoop(Impatient())
    loop.time = loop._selector.now  # type: ignore[attr-defined, method-assign]
    try:
        loop.run_until_complete(act)
    finally:
        loop.close()


class Impatient(selectors.DefaultSelector):
    """Instead of waiting, moves its clock on."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = 0.0

    def now(self) -> float:
        return self.moment

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        self.moment += timeout
        return super().select(0)
