"""The same call twice: joined, rejected or run, and each answered once."""

from __future__ import annotations

import asyncio
import threading

import pytest

from jackfield.calls import CallPolicy, Duplicates, Outcome, OutcomeKind
from jackfield.dispatch.request import Joined
from jackfield.tools.tool import ToolContext

from .desk import PATIENCE, Desk, tool

REJECT = CallPolicy(duplicates=Duplicates.REJECT)
ALLOW = CallPolicy(duplicates=Duplicates.ALLOW)


class Counter:
    """A tool that counts how often it is entered, and ends when the test lets it."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.cancelled = threading.Event()
        self.tool = tool(self.count)
        self._released = False
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def count(self, context: ToolContext, city: str = "", day: int = 0) -> int:
        """Count."""
        self.keys.append(context.idempotency_key)
        released = asyncio.Event()
        self._waiting.append((asyncio.get_running_loop(), released))
        try:
            if not self._released:
                await released.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        return len(self.keys)

    def release(self) -> None:
        self._released = True
        for loop, released in self._waiting:
            loop.call_soon_threadsafe(released.set)


async def test_the_same_call_joins_the_one_that_runs_and_both_get_its_outcome(desk: Desk) -> None:
    counter = Counter()
    desk.start("first", counter.tool, '{"city": "Lima", "day": 1}')
    desk.start("second", counter.tool, '{"day": 1, "city": "Lima"}')
    await desk.until(lambda: bool(desk.happened))
    assert desk.happened == [("second", Joined("first"))]
    counter.release()
    assert await desk.outcome("first") == await desk.outcome("second") == Outcome(OutcomeKind.VALUE, 1)
    assert len(desk.finished) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"city": "Lima"}', '{"city": "Cusco"}'),
        ('{"city": "Lima"}', '{"city": "Lima", "day": 1}'),
        ('{"city": "1"}', '{"day": 1}'),
    ],
)
async def test_other_arguments_are_another_call(desk: Desk, one: str, other: str) -> None:
    counter = Counter()
    desk.start("one", counter.tool, one)
    desk.start("other", counter.tool, other)
    await desk.until(lambda: len(desk.entered) == 2)
    counter.release()
    await desk.until(lambda: len(desk.finished) == 2)
    assert not desk.happened


async def test_true_is_not_one(desk: Desk) -> None:
    release = threading.Event()

    def loosely(value: bool | int) -> str:
        """Wait."""
        release.wait(PATIENCE)
        return str(value)

    wanted = tool(loosely)
    desk.start("one", wanted, '{"value": 1}')
    desk.start("true", wanted, '{"value": true}')
    await desk.until(lambda: len(desk.entered) == 2)
    release.set()
    await desk.until(lambda: len(desk.finished) == 2)


async def test_a_finished_call_is_not_joined_but_run_again(desk: Desk) -> None:
    counter = Counter()
    counter.release()
    assert (await desk.run(counter.tool)).value == 1
    assert (await desk.run(counter.tool)).value == 2


async def test_sessions_do_not_join_each_other(desk: Desk) -> None:
    counter = Counter()
    desk.start("first", counter.tool, session="session_1")
    desk.start("second", counter.tool, session="session_2")
    await desk.until(lambda: len(desk.entered) == 2)
    counter.release()
    await desk.until(lambda: len(desk.finished) == 2)
    assert len(set(counter.keys)) == 2


async def test_a_cancelled_call_leaves_the_one_that_joined_it_its_work(desk: Desk) -> None:
    counter = Counter()
    desk.start("first", counter.tool)
    desk.start("second", counter.tool)
    await desk.until(lambda: bool(desk.entered))
    desk.dispatcher.cancel("first")
    assert (await desk.outcome("first")).kind is OutcomeKind.CANCELLED
    assert not counter.cancelled.is_set()
    counter.release()
    assert (await desk.outcome("second")).value == 1
    assert len(desk.finished) == 2


async def test_the_work_is_cancelled_when_nobody_waits_for_it_any_more(desk: Desk) -> None:
    counter = Counter()
    for name in ("first", "second"):
        desk.start(name, counter.tool)
    await desk.until(lambda: bool(desk.entered))
    desk.dispatcher.cancel("second")
    desk.dispatcher.cancel("first")
    await desk.until(lambda: len(desk.finished) == 2)
    assert await asyncio.to_thread(counter.cancelled.wait, PATIENCE)
    counter.release()
    assert (await desk.run(counter.tool)).value == 2, "what was cancelled cannot be joined"


async def test_a_call_joins_one_that_still_waits_in_line(desk: Desk) -> None:
    counter = Counter()
    one = CallPolicy(concurrency=1)
    desk.start("running", counter.tool, '{"day": 1}', one)
    desk.start("waiting", counter.tool, '{"day": 2}', one)
    desk.start("joining", counter.tool, '{"day": 2}', one)
    desk.dispatcher.cancel("waiting")
    counter.release()
    assert (await desk.outcome("joining")).value == 2
    assert len(desk.finished) == 3


async def test_a_duplicate_may_be_rejected_in_words(desk: Desk) -> None:
    counter = Counter()
    desk.start("first", counter.tool, limits=REJECT)
    desk.start("second", counter.tool, limits=REJECT)
    assert await desk.outcome("second") == Outcome(
        OutcomeKind.DENIED,
        message="test.count is running with the same arguments already; its result will come by itself.",
    )
    counter.release()
    assert (await desk.outcome("first")).value == 1


async def test_a_duplicate_may_be_allowed_and_has_a_key_of_its_own(desk: Desk) -> None:
    counter = Counter()
    desk.start("first", counter.tool, limits=ALLOW)
    desk.start("second", counter.tool, limits=ALLOW)
    await desk.until(lambda: len(desk.entered) == 2)
    counter.release()
    await desk.until(lambda: len(desk.finished) == 2)
    assert len(set(counter.keys)) == 2


async def test_closing_ends_all_that_joined(desk: Desk) -> None:
    counter = Counter()
    for number in range(3):
        desk.start(f"call_{number}", counter.tool)
    await desk.dispatcher.aclose()
    await desk.until(lambda: len(desk.finished) == 3)
    assert {outcome.kind for _, outcome in desk.finished} == {OutcomeKind.CANCELLED}
