"""Function calls on real threads and loops: run beside each other, ended once, told in words."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from concurrent.futures import Future
from dataclasses import replace

import pytest

from jackfield.calls import Arguments, CallPolicy, Duplicates, Json, Outcome, OutcomeKind
from jackfield.dispatch import Dispatcher
from jackfield.dispatch.call import Call
from jackfield.dispatch.crossing import crossing_to
from jackfield.dispatch.turns import MOST_WAITING
from jackfield.errors import OutcomeUnknown, ToolError
from jackfield.tools.tool import HUB, Tool, ToolContext

from .desk import PATIENCE, Desk, opened, tool

ONE_AT_A_TIME = CallPolicy(concurrency=1, duplicates=Duplicates.ALLOW)
TWO_AT_A_TIME = CallPolicy(concurrency=2, duplicates=Duplicates.ALLOW)


class Gate:
    """Something for a tool to wait for; opened by the test."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.entries: list[int] = []

    def pass_through(self, number: int = 0) -> int:
        """Wait until the gate is open."""
        self.entries.append(number)
        assert self.open.wait(PATIENCE)
        return number


async def where() -> list[str]:
    """The thread and the loop that run this."""
    return [threading.current_thread().name, type(asyncio.get_running_loop()).__name__]


def which_thread() -> str:
    """The thread that runs this."""
    return threading.current_thread().name


async def test_no_tool_runs_on_the_thread_that_serves_the_sessions(desk: Desk) -> None:
    on_the_loop = await desk.run(tool(where))
    in_a_thread = await desk.run(tool(which_thread))
    assert on_the_loop.value == ["jackfield-tools", "_UnixSelectorEventLoop"]
    assert in_a_thread.value == "jackfield-tool"


async def test_a_fast_result_is_told_while_a_slow_tool_still_runs(desk: Desk) -> None:
    gate = Gate()
    desk.start("slow", tool(gate.pass_through))
    desk.start("fast", tool(which_thread))
    await desk.outcome("fast")
    assert [call_id for call_id, _ in desk.finished] == ["fast"]
    gate.open.set()
    assert (await desk.outcome("slow")).value == 0


async def test_entering_is_told_with_the_arguments_and_before_the_end(desk: Desk) -> None:
    gate = Gate()
    desk.start("c", tool(gate.pass_through), '{"number": "7"}')
    await desk.until(lambda: bool(desk.entered))
    assert desk.entered == [("c", {"number": 7})]
    assert not desk.finished
    gate.open.set()
    assert await desk.outcome("c") == Outcome(OutcomeKind.VALUE, 7)


async def test_nothing_is_told_before_start_has_returned(desk: Desk) -> None:
    for number, arguments in enumerate(("{}", "no json", '{"unknown": 1}')):
        desk.start(f"call_{number}", tool(which_thread), arguments)
        desk.start(f"none_{number}", None)
        assert not desk.finished and not desk.entered
    await desk.until(lambda: len(desk.finished) == 6)


async def test_a_tool_that_is_not_there_is_answered_with_the_nearest_names(desk: Desk) -> None:
    outcome = await desk.run(None, known=["misty_tool", "missing_tol", "clock__now"])
    assert outcome.kind is OutcomeKind.ERROR
    assert outcome.message == 'There is no tool "missing_tool" (did you mean "missing_tol"?).'


async def test_wrong_arguments_are_corrected_and_the_tool_is_not_entered(desk: Desk) -> None:
    outcome = await desk.run(tool(Gate().pass_through), '{"number": "ten", "nmber": 1}')
    assert json.loads(outcome.output) == {
        "error": "error",
        "message": 'The arguments do not fit: `nmber` is not known (did you mean "number"?); '
        '`number` must be an integer, not "ten".',
    }
    assert not desk.entered


def clear_words() -> str:
    """Fail in words."""
    raise ToolError("Ticket 9 is not in the book.")


async def clear_words_later() -> str:
    """Fail in words."""
    raise ToolError("Ticket 10 is not in the book.")


def secret() -> str:
    """Fail with a secret."""
    raise RuntimeError("password=hunter2")


def leave() -> str:
    """End the process."""
    raise SystemExit(3)


async def leave_later() -> str:
    """End the process."""
    raise KeyboardInterrupt


async def cancels_itself() -> str:
    """Cancel."""
    raise asyncio.CancelledError


def in_doubt() -> str:
    """Nobody knows."""
    raise OutcomeUnknown("The order may have been sent.")


class UnspeakableError(ToolError):
    def __str__(self) -> str:
        raise ValueError("no words")


def unspeakable() -> str:
    """Fail without words."""
    raise UnspeakableError


def no_json() -> object:
    """Give a thing."""
    return object()


NEUTRAL = "failed because of a fault of its own; it gave no result."


@pytest.mark.parametrize(
    ("function", "kind", "message"),
    [
        (clear_words, OutcomeKind.ERROR, "Ticket 9 is not in the book."),
        (clear_words_later, OutcomeKind.ERROR, "Ticket 10 is not in the book."),
        (secret, OutcomeKind.ERROR, f"test.secret {NEUTRAL}"),
        (leave, OutcomeKind.ERROR, f"test.leave {NEUTRAL}"),
        (leave_later, OutcomeKind.ERROR, f"test.leave_later {NEUTRAL}"),
        (unspeakable, OutcomeKind.ERROR, f"test.unspeakable {NEUTRAL}"),
        (no_json, OutcomeKind.ERROR, f"test.no_json {NEUTRAL}"),
        (cancels_itself, OutcomeKind.CANCELLED, "test.cancels_itself was cancelled."),
        (in_doubt, OutcomeKind.UNKNOWN, "The order may have been sent."),
    ],
)
async def test_whatever_a_tool_raises_ends_its_call_and_no_other(
    desk: Desk, function: object, kind: OutcomeKind, message: str
) -> None:
    outcome = await desk.run(tool(function))  # type: ignore[arg-type]
    assert outcome == Outcome(kind, message=message)
    assert (await desk.run(tool(which_thread))).kind is OutcomeKind.VALUE
    assert (await desk.run(tool(where))).kind is OutcomeKind.VALUE


async def test_what_the_model_is_not_told_is_in_the_log_with_the_names(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    await desk.run(tool(secret))
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert record.getMessage() == "tool test.secret of test failed"
    assert "hunter2" in caplog.text


# --- turns ----------------------------------------------------------------------------------------------


async def test_no_more_calls_of_a_tool_run_at_once_than_its_policy_says_and_the_rest_in_order(
    desk: Desk,
) -> None:
    gate = Gate()
    wanted = tool(gate.pass_through)
    for number in range(6):
        desk.start(f"call_{number}", wanted, json.dumps({"number": number}), CallPolicy(concurrency=2))
    await desk.until(lambda: len(desk.entered) == 2)
    assert sorted(call_id for call_id, _ in desk.entered) == ["call_0", "call_1"]
    gate.open.set()
    await desk.until(lambda: len(desk.finished) == 6)
    assert [call_id for call_id, _ in desk.entered][2:] == [f"call_{number}" for number in range(2, 6)]


async def test_a_call_with_a_higher_limit_does_not_overtake_those_in_line(desk: Desk) -> None:
    gate = Gate()
    wanted = tool(gate.pass_through)
    desk.start("first", wanted, limits=ONE_AT_A_TIME)
    desk.start("second", wanted, limits=ONE_AT_A_TIME)
    desk.start("third", wanted, limits=CallPolicy(concurrency=8, duplicates=Duplicates.ALLOW))
    await desk.run(tool(which_thread))
    gate.open.set()
    await desk.until(lambda: len(desk.finished) == 4)
    order = [call_id for call_id, _ in desk.entered if not call_id.startswith("run")]
    assert order == ["first", "second", "third"]


async def test_the_line_before_a_tool_is_bounded_and_says_so(desk: Desk) -> None:
    gate = Gate()
    wanted = tool(gate.pass_through)
    for number in range(MOST_WAITING + 2):
        desk.start(f"call_{number}", wanted, limits=ONE_AT_A_TIME)
    outcome = await desk.outcome(f"call_{MOST_WAITING + 1}")
    assert outcome.message == "test.pass_through is too busy now: 256 calls wait for it. Try again later."
    assert (await desk.run(tool(which_thread))).kind is OutcomeKind.VALUE
    gate.open.set()
    await desk.until(lambda: len(desk.finished) == MOST_WAITING + 3)


async def test_a_call_that_waits_can_be_cancelled_and_is_never_run(desk: Desk) -> None:
    gate = Gate()
    wanted = tool(gate.pass_through)
    for number in range(3):
        desk.start(f"call_{number}", wanted, json.dumps({"number": number}), ONE_AT_A_TIME)
    desk.dispatcher.cancel("call_1")
    assert (await desk.outcome("call_1")).kind is OutcomeKind.CANCELLED
    gate.open.set()
    await desk.outcome("call_2")
    assert gate.entries == [0, 2]


async def test_the_time_that_a_call_has_left_is_less_by_what_it_waited() -> None:
    loop = asyncio.get_running_loop()
    context = ToolContext("c", "session_1", "receptionist", 20.0)

    def left(waited: float) -> float:
        wanted = tool(which_thread)
        since = loop.time() - waited
        call = Call(wanted, {}, context, CallPolicy(), [], crossing_to(loop), since)
        return call.context_now().seconds_left

    assert left(0.0) == 20.0
    assert left(5.0) == pytest.approx(15.0, abs=1.0)
    assert left(30.0) == 0.0


# --- cancelling -----------------------------------------------------------------------------------------


async def test_a_coroutine_that_is_cancelled_is_interrupted_and_its_place_given_on(desk: Desk) -> None:
    cleaned = threading.Event()

    async def wait() -> str:
        """Wait for ever."""
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.set()
        return ""

    wanted = tool(wait)
    desk.start("first", wanted, limits=ONE_AT_A_TIME)
    desk.start("second", wanted, limits=ONE_AT_A_TIME)
    await desk.until(lambda: len(desk.entered) == 1)
    desk.dispatcher.cancel("first")
    assert (await desk.outcome("first")).kind is OutcomeKind.CANCELLED
    await desk.until(lambda: len(desk.entered) == 2)
    assert cleaned.wait(PATIENCE)


async def test_a_thread_that_is_cancelled_is_abandoned_and_its_late_result_ignored(desk: Desk) -> None:
    gate = Gate()
    wanted = tool(gate.pass_through)
    desk.start("first", wanted, '{"number": 1}', ONE_AT_A_TIME)
    desk.start("second", wanted, '{"number": 2}', ONE_AT_A_TIME)
    await desk.until(lambda: len(desk.entered) == 1)
    desk.dispatcher.cancel("first")
    await desk.until(lambda: len(desk.entered) == 2)
    assert desk.threads.abandoned == 1
    gate.open.set()
    await desk.outcome("second")
    assert [(each, outcome.kind) for each, outcome in desk.finished] == [
        ("first", OutcomeKind.CANCELLED),
        ("second", OutcomeKind.VALUE),
    ]


async def test_cancelling_what_is_unknown_or_over_changes_nothing(desk: Desk) -> None:
    await desk.run(tool(which_thread))
    desk.dispatcher.cancel("run_0")
    desk.dispatcher.cancel("never heard of")
    await desk.run(tool(where))
    assert len(desk.finished) == 2


class ByHand:
    """An executor whose futures the test completes."""

    def __init__(self) -> None:
        self.futures: list[Future[Json]] = []

    def submit(self, tool: Tool, arguments: Arguments, context: ToolContext) -> Future[Json]:
        self.futures.append(Future())
        self.futures[-1].set_running_or_notify_cancel()
        return self.futures[-1]

    def close(self) -> None:
        pass


async def test_a_result_that_crosses_a_cancellation_is_dropped() -> None:
    hands = ByHand()
    desk = Desk(Dispatcher({HUB: hands}), None)  # type: ignore[arg-type]
    wanted = Tool("a.b", "Do.", {"type": "object"}, lambda arguments, context: None, HUB, "a")
    for name in ("crossed", "other"):
        desk.start(name, wanted, limits=CallPolicy(duplicates=Duplicates.ALLOW))
    hands.futures[0].set_result("on its way already")
    desk.dispatcher.cancel("crossed")
    hands.futures[1].set_result("in time")
    await desk.outcome("other")
    await desk.dispatcher.aclose()
    assert sorted((name, outcome.kind) for name, outcome in desk.finished) == [
        ("crossed", OutcomeKind.CANCELLED),
        ("other", OutcomeKind.VALUE),
    ]


# --- closing --------------------------------------------------------------------------------------------


async def test_closing_ends_every_call_once_even_those_that_cannot_be_stopped() -> None:
    gate = Gate()
    async with opened() as desk:
        for number in range(5):
            desk.start(f"stuck_{number}", tool(gate.pass_through), limits=TWO_AT_A_TIME)
        desk.start("patient", tool(sleep_on))
        await desk.until(lambda: len(desk.entered) == 3)
    await desk.until(lambda: len(desk.finished) == 6)
    assert {outcome.kind for _, outcome in desk.finished} == {OutcomeKind.CANCELLED}
    desk.start("too late", tool(which_thread))
    assert "being closed" in (await desk.outcome("too late")).message
    assert len(gate.entries) == 2
    gate.open.set()


async def sleep_on() -> str:
    """Refuse to be cancelled once."""
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        return "woken"
    return ""


async def test_closing_twice_is_closing_once(desk: Desk) -> None:
    await desk.dispatcher.aclose()
    await desk.dispatcher.aclose()


# --- executors at fault ---------------------------------------------------------------------------------


class Broken:
    """An executor that fails in one way or the other."""

    def __init__(self, error: Exception | None) -> None:
        self._error = error

    def submit(self, tool: Tool, arguments: Arguments, context: ToolContext) -> Future[Json]:
        if self._error:
            raise self._error
        future: Future[Json] = Future()
        future.set_exception(SystemExit("from an executor"))
        return future

    def close(self) -> None:
        raise OSError("cannot be closed")


@pytest.mark.parametrize("error", [None, RuntimeError("closed"), MemoryError()])
async def test_an_executor_that_fails_ends_the_call_and_not_the_dispatcher(error: Exception | None) -> None:
    desk = Desk(Dispatcher({HUB: Broken(error)}), None)  # type: ignore[arg-type]
    wanted = Tool("a.b", "Do.", {"type": "object"}, lambda arguments, context: None, HUB, "a")
    for _ in range(2):
        assert (await desk.run(wanted)).message == f"a.b {NEUTRAL}"
    await desk.dispatcher.aclose()


async def test_a_tool_for_which_there_is_no_executor_is_refused(desk: Desk) -> None:
    wanted = Tool("a.b", "Do.", {"type": "object"}, lambda arguments, context: None, "cluster", "a")
    assert (await desk.run(wanted)).message == "a.b cannot be run here."


# --- what a tool knows of its call ----------------------------------------------------------------------


async def test_a_plain_function_can_see_that_nobody_waits_any_more(desk: Desk) -> None:
    seen = threading.Event()

    def patient(context: ToolContext) -> None:
        """Work on until told not to."""
        if context.cancelled.wait(PATIENCE):
            seen.set()

    desk.start("patient", tool(patient))
    await desk.until(lambda: bool(desk.entered))
    desk.dispatcher.cancel("patient")
    assert (await desk.outcome("patient")).kind is OutcomeKind.CANCELLED
    assert seen.wait(PATIENCE)


def test_a_context_tells_the_deadline_and_has_a_logger() -> None:
    before = time.monotonic()
    context = ToolContext(
        "c", "session_1", "receptionist", 20.0, tool="clock.now", settings={"key": "secret"}
    )
    assert before + 20.0 <= context.deadline <= time.monotonic() + 20.0
    assert replace(context, seconds_left=1.0).deadline <= time.monotonic() + 1.0
    assert context.log.name == "jackfield.tools.clock.now"
    assert "secret" not in repr(context)
