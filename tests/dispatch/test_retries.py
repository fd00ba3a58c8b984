"""A tool that may be repeated is tried again after an accident, within the time of its call."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackfield.calls import CallPolicy, OutcomeKind
from jackfield.dispatch.request import Retried
from jackfield.dispatch.retries import FIRST_PAUSE, LEAST_TIME, LONGEST_PAUSE, next_try
from jackfield.errors import OutcomeUnknown, ToolError, ToolUnavailable
from jackfield.tools.function import tool_from
from jackfield.tools.tool import Tool, ToolContext

from .desk import Desk

TWICE_MORE = CallPolicy(retry=2)


class Shaky:
    """A tool that meets with these accidents, one for each attempt, and then works."""

    def __init__(self, *accidents: BaseException) -> None:
        self._accidents = list(accidents)
        self.keys: list[str] = []
        self.left: list[float] = []

    def work(self, context: ToolContext) -> str:
        """Work, if nothing happens."""
        self.keys.append(context.idempotency_key)
        self.left.append(context.seconds_left)
        if self._accidents:
            raise self._accidents.pop(0)
        return "done"


def repeatable(function: Callable[..., object]) -> Tool:
    return tool_from(function, source="test", idempotent=True)


@pytest.mark.parametrize(
    "accident", [ConnectionError("secret"), OutcomeUnknown("silence"), ToolUnavailable("away"), SystemExit(1)]
)
async def test_an_accident_is_survived(desk: Desk, accident: BaseException) -> None:
    shaky = Shaky(accident, accident)
    assert (await desk.run(repeatable(shaky.work), limits=TWICE_MORE)).value == "done"
    assert len(shaky.keys) == 3
    assert len(set(shaky.keys)) == 1, "a tool can tell a repetition by its key"
    assert sorted(shaky.left, reverse=True) == shaky.left, "each attempt has less time than the one before"
    assert len(desk.entered) == 1


async def test_each_retry_is_told_with_the_kind_of_accident_and_nothing_secret(desk: Desk) -> None:
    shaky = Shaky(ConnectionError("password=hunter2"), TimeoutError())
    await desk.run(repeatable(shaky.work), limits=TWICE_MORE)
    told = [happening for _, happening in desk.happened if isinstance(happening, Retried)]
    assert [(each.attempt, each.reason) for each in told] == [(2, "ConnectionError"), (3, "TimeoutError")]
    assert all(0 < each.pause <= LONGEST_PAUSE for each in told)


async def test_attempts_are_counted(desk: Desk) -> None:
    shaky = Shaky(*[ConnectionError() for _ in range(5)])
    outcome = await desk.run(repeatable(shaky.work), limits=TWICE_MORE)
    assert outcome.kind is OutcomeKind.ERROR
    assert len(shaky.keys) == 3


async def test_a_tool_that_says_no_is_not_asked_again(desk: Desk) -> None:
    shaky = Shaky(ToolError("We are closed."))
    assert (await desk.run(repeatable(shaky.work), limits=TWICE_MORE)).message == "We are closed."
    assert len(shaky.keys) == 1


async def test_a_result_that_json_cannot_hold_is_a_fault_and_no_accident(desk: Desk) -> None:
    attempts = []

    def thing() -> object:
        """Give a thing."""
        attempts.append(1)
        return object()

    assert (await desk.run(repeatable(thing), limits=TWICE_MORE)).kind is OutcomeKind.ERROR
    assert len(attempts) == 1


async def test_a_tool_that_may_not_be_repeated_is_not_whatever_the_policy_says(desk: Desk) -> None:
    shaky = Shaky(ConnectionError())
    once = tool_from(shaky.work, source="test")
    assert (await desk.run(once, limits=TWICE_MORE)).kind is OutcomeKind.ERROR
    assert len(shaky.keys) == 1


async def test_without_a_policy_nothing_is_tried_twice(desk: Desk) -> None:
    shaky = Shaky(ConnectionError())
    assert (await desk.run(repeatable(shaky.work))).kind is OutcomeKind.ERROR
    assert len(shaky.keys) == 1


async def test_cancelling_ends_the_pause(desk: Desk) -> None:
    shaky = Shaky(ConnectionError(), ConnectionError())
    desk.start("c", repeatable(shaky.work), limits=CallPolicy(retry=1))
    await desk.until(lambda: bool(desk.happened))
    desk.dispatcher.cancel("c")
    assert (await desk.outcome("c")).kind is OutcomeKind.CANCELLED
    await desk.dispatcher.aclose()
    assert len(shaky.keys) == 1
    assert len(desk.finished) == 1


async def test_a_call_joins_one_that_is_being_retried(desk: Desk) -> None:
    shaky = Shaky(ConnectionError())
    wanted = repeatable(shaky.work)
    desk.start("first", wanted, limits=TWICE_MORE)
    await desk.until(lambda: bool(desk.happened))
    desk.start("second", wanted, limits=TWICE_MORE)
    assert (await desk.outcome("second")).value == (await desk.outcome("first")).value == "done"
    assert len(shaky.keys) == 2


async def test_a_coroutine_is_retried_on_its_loop(desk: Desk) -> None:
    threads: list[str] = []

    async def shaky() -> str:
        """Fail once."""
        await asyncio.sleep(0)
        threads.append(threading.current_thread().name)
        if len(threads) == 1:
            raise ConnectionError
        return "done"

    assert (await desk.run(repeatable(shaky), limits=TWICE_MORE)).value == "done"
    assert threads == ["jackfield-tools"] * 2


# --- the decision ---------------------------------------------------------------------------------------

moments = st.floats(0, 1e6)


@given(st.integers(1, 50), moments, moments, st.floats(0, 1))
def test_the_next_attempt_comes_later_and_within_the_deadline_or_not_at_all(
    attempt: int, now: float, left: float, dice: float
) -> None:
    moment = next_try(attempt, now, now + left, dice)
    if moment is None:
        assert left <= LONGEST_PAUSE + 2 * LEAST_TIME
    else:
        assert now < moment <= now + LONGEST_PAUSE
        assert moment + LEAST_TIME <= now + left


@given(st.integers(1, 10), st.floats(0, 1), st.floats(0, 1))
def test_the_pause_doubles_and_the_dice_take_at_most_half_of_it(
    attempt: int, dice: float, other: float
) -> None:
    whole = min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE)
    moment = next_try(attempt, 0.0, 1e6, dice)
    assert moment is not None
    assert whole / 2 <= moment <= whole
    later = next_try(attempt + 1, 0.0, 1e6, other)
    assert later is not None
    assert later >= whole / 2
