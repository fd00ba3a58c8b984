"""Coroutines that do not let go of their loop: named, left behind, and nobody else's concern."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jackfield.calls import Arguments, Json
from jackfield.dispatch.blocked import Blocked
from jackfield.dispatch.executor import Overloaded
from jackfield.dispatch.loops import MOST_BLOCKED, STRIKES, LoopExecutor
from jackfield.dispatch.pulse import FEWEST_LOOKS, STALL_SECONDS, Pulse, Sight
from jackfield.tools.tool import LOOP, Tool, ToolContext

PATIENCE = 10.0


def context(session: str = "session_1") -> ToolContext:
    return ToolContext("call_1", session, "receptionist", 20.0)


def tool(name: str, invoke: Callable[[Arguments, ToolContext], object]) -> Tool:
    return Tool(name, "Do.", {"type": "object"}, invoke, LOOP, name.partition(".")[0])  # type: ignore[arg-type]


async def answer(arguments: Arguments, context: ToolContext) -> Json:
    return threading.get_ident()


QUICK = tool("quick.answer", answer)


class Blocker:
    """A coroutine that forgets to await, until the test lets it go."""

    def __init__(self, name: str = "shop.block") -> None:
        self.release = threading.Event()
        self.entered = threading.Semaphore(0)
        self.tool = tool(name, self.block)

    async def block(self, arguments: Arguments, context: ToolContext) -> Json:
        self.entered.release()
        assert self.release.wait(PATIENCE)
        return threading.get_ident()


class Watched:
    """A loop executor and what it reported."""

    def __init__(self) -> None:
        self.reports: list[Blocked] = []
        self.news = threading.Condition()
        self.executor = LoopExecutor(report=self._note)

    def _note(self, blocked: Blocked) -> None:
        with self.news:
            self.reports.append(blocked)
            self.news.notify_all()

    def submit(self, wanted: Tool, session: str = "session_1") -> Future[Json]:
        return self.executor.submit(wanted, {}, context(session))

    def until(self, count: int) -> list[Blocked]:
        with self.news:
            assert self.news.wait_for(lambda: len(self.reports) >= count, PATIENCE)
            return list(self.reports)


@pytest.fixture
def watched() -> Iterator[Watched]:
    watched = Watched()
    yield watched
    watched.executor.close()


@pytest.fixture
def blocker() -> Iterator[Blocker]:
    blocker = Blocker()
    yield blocker
    blocker.release.set()


def test_a_blocked_loop_is_named_with_tool_plugin_and_line(
    watched: Watched, blocker: Blocker, caplog: pytest.LogCaptureFixture
) -> None:
    watched.submit(blocker.tool)
    (blocked,) = watched.until(1)
    assert (blocked.tool, blocked.source) == ("shop.block", "shop")
    assert blocked.where.startswith("test_blocked_loops.py:"), blocked.where
    assert "in block" in blocked.where
    assert "assert self.release.wait(PATIENCE)" in blocked.stack
    assert blocked.seconds >= STALL_SECONDS
    assert not blocked.isolated
    (record,) = [each for each in caplog.records if each.levelno == logging.WARNING]
    assert record.getMessage().startswith(
        "the tool shop.block of shop blocks its event loop, in test_blocked"
    )


def test_a_call_that_comes_after_a_tool_blocked_is_run_elsewhere_at_once(
    watched: Watched, blocker: Blocker
) -> None:
    blocked = watched.submit(blocker.tool)
    assert blocker.entered.acquire(timeout=PATIENCE)
    elsewhere = watched.submit(QUICK).result(PATIENCE)
    assert not blocked.done()
    blocker.release.set()
    assert blocked.result(PATIENCE) != elsewhere


def test_calls_that_were_behind_it_and_not_entered_are_moved(watched: Watched, blocker: Blocker) -> None:
    blocked = watched.submit(blocker.tool)
    behind = [watched.submit(QUICK, f"session_{number}") for number in range(20)]
    assert len({future.result(PATIENCE) for future in behind}) == 1
    assert not blocked.done()
    (report,) = watched.until(1)
    assert report.sessions == {"session_1"} | {f"session_{number}" for number in range(20)}


def test_a_moved_call_keeps_the_context_variables_of_its_session(watched: Watched, blocker: Blocker) -> None:
    trace: contextvars.ContextVar[str] = contextvars.ContextVar("trace")

    async def traced(arguments: Arguments, context: ToolContext) -> Json:
        return trace.get()

    watched.submit(blocker.tool)
    trace.set("abc")
    moved = watched.submit(tool("quick.traced", traced))
    trace.set("def")
    assert moved.result(PATIENCE) == "abc"


def test_what_was_entered_before_waits_until_the_loop_comes_back_and_the_loop_is_then_retired(
    watched: Watched, blocker: Blocker
) -> None:
    entered, go_on = threading.Event(), asyncio.Event()

    async def suspended(arguments: Arguments, context: ToolContext) -> Json:
        entered.set()
        await go_on.wait()
        return threading.get_ident()

    async def proceed(arguments: Arguments, context: ToolContext) -> Json:
        go_on.set()
        return await blocker.block(arguments, context)

    early = watched.submit(tool("quick.suspended", suspended))
    assert entered.wait(PATIENCE)
    blocked = watched.submit(tool("shop.proceed", proceed))
    watched.until(1)
    assert watched.submit(QUICK).result(PATIENCE)
    assert not early.done()
    blocker.release.set()
    assert early.result(PATIENCE) == blocked.result(PATIENCE)
    watched.submit(QUICK).result(PATIENCE)
    _until(lambda: watched.executor.blocked == 0)


def test_the_culprit_is_the_call_on_whose_behalf_something_blocks(watched: Watched, blocker: Blocker) -> None:
    """Not the one that happens to be there, too: a task or a timer that a tool started blocks in its name."""

    async def innocent(arguments: Arguments, context: ToolContext) -> Json:
        await asyncio.Event().wait()
        return None

    async def guilty(arguments: Arguments, context: ToolContext) -> Json:
        asyncio.get_running_loop().call_later(0.001, blocker.release.wait, PATIENCE)
        await asyncio.Event().wait()
        return None

    watched.submit(tool("good.innocent", innocent), "session_1")
    watched.submit(tool("bad.guilty", guilty), "session_2")
    (blocked,) = watched.until(1)
    assert blocked.tool == "bad.guilty"
    assert blocked.sessions == {"session_1", "session_2"}


def test_a_tool_that_blocks_again_and_again_gets_loops_of_its_own(watched: Watched) -> None:
    blockers = [Blocker() for _ in range(STRIKES + 2)]
    futures = []
    for number, blocker in enumerate(blockers, 1):
        futures.append(watched.submit(blocker.tool))
        if number <= STRIKES:
            reports = watched.until(number)
    assert [report.isolated for report in reports] == [False, False, True]
    assert watched.executor.isolated == {"shop.block"}
    for blocker in blockers:
        assert blocker.entered.acquire(timeout=PATIENCE)
    assert watched.submit(QUICK).result(PATIENCE)
    for blocker in blockers:
        blocker.release.set()
    assert len({future.result(PATIENCE) for future in futures}) == len(blockers)
    assert len(watched.reports) == STRIKES


def test_many_calls_of_a_tool_that_blocks_end_all_and_hold_up_nobody(
    watched: Watched, blocker: Blocker
) -> None:
    futures = [watched.submit(blocker.tool) for _ in range(STRIKES + 4)]
    for _ in futures:
        assert blocker.entered.acquire(timeout=PATIENCE)
    assert watched.submit(QUICK).result(PATIENCE)
    assert not any(future.done() for future in futures)
    blocker.release.set()
    assert not wait(futures, PATIENCE).not_done


def test_a_call_that_was_isolated_while_it_waited_can_be_cancelled(
    watched: Watched, blocker: Blocker
) -> None:
    interrupted = threading.Event()

    async def block_twice(arguments: Arguments, context: ToolContext) -> Json:
        await blocker.block(arguments, context)
        try:
            await asyncio.Event().wait()
        finally:
            interrupted.set()
        return None

    futures = [watched.submit(tool("shop.twice", block_twice)) for _ in range(STRIKES + 1)]
    for _ in futures:
        assert blocker.entered.acquire(timeout=PATIENCE)
    blocker.release.set()
    assert futures[-1].cancel()
    assert interrupted.wait(PATIENCE)


def test_there_are_only_so_many_blocked_loops_and_then_calls_wait_for_one_to_come_back(
    watched: Watched,
) -> None:
    blockers = [Blocker(f"shop_{number}.block") for number in range(MOST_BLOCKED + 1)]
    for number, blocker in enumerate(blockers, 1):
        watched.submit(blocker.tool)
        watched.until(number)
    waiting = watched.submit(QUICK)
    assert watched.executor.blocked == MOST_BLOCKED
    assert not waiting.done()
    blockers[3].release.set()
    assert waiting.result(PATIENCE)
    for blocker in blockers:
        blocker.release.set()
    _until(lambda: watched.executor.blocked == 0)


def test_so_many_calls_wait_for_a_blocked_loop_and_no_more(watched: Watched) -> None:
    blockers = [Blocker(f"shop_{number}.block") for number in range(MOST_BLOCKED + 1)]
    for number, blocker in enumerate(blockers, 1):
        watched.submit(blocker.tool)
        watched.until(number)
    with pytest.raises(Overloaded, match=r"quick.answer cannot be called now"):
        for _ in range(2000):
            watched.submit(QUICK)
    for blocker in blockers:
        blocker.release.set()


def test_a_blocked_call_that_is_cancelled_is_over_at_once_and_its_coroutine_when_it_comes_back(
    watched: Watched, blocker: Blocker
) -> None:
    interrupted = threading.Event()

    async def careful(arguments: Arguments, context: ToolContext) -> Json:
        await blocker.block(arguments, context)
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            interrupted.set()
            raise
        return None

    blocked = watched.submit(tool("shop.careful", careful))
    watched.until(1)
    assert blocked.cancel()
    assert blocked.cancelled()
    blocker.release.set()
    assert interrupted.wait(PATIENCE)


def test_a_call_that_waits_behind_a_blocked_loop_can_be_cancelled_and_is_never_entered(
    watched: Watched, blocker: Blocker
) -> None:
    entries = []

    async def enter(arguments: Arguments, context: ToolContext) -> Json:
        entries.append(1)
        return None

    watched.submit(blocker.tool)
    assert watched.submit(tool("quick.enter", enter)).cancel()
    assert watched.submit(QUICK).result(PATIENCE)
    blocker.release.set()
    assert watched.submit(QUICK).result(PATIENCE)
    assert not entries


def test_a_loop_that_is_blocked_for_ever_keeps_nobody_from_closing(blocker: Blocker) -> None:
    watched = Watched()
    stuck = watched.submit(blocker.tool)
    watched.until(1)
    closing = threading.Thread(target=watched.executor.close)
    closing.start()
    closing.join(PATIENCE)
    assert not closing.is_alive()
    assert not stuck.done()
    with pytest.raises(RuntimeError):
        watched.submit(QUICK)


def test_the_watchdog_wakes_again_after_a_rest(watched: Watched, blocker: Blocker) -> None:
    watchdog = watched.executor._watchdog
    _until(lambda: watchdog._resting)
    watched.submit(blocker.tool)
    watched.until(1)


def test_a_tool_that_is_never_out_of_work_keeps_no_other_from_its_socket(watched: Watched) -> None:
    heard = threading.Event()
    here, there = socket.socketpair()
    there.setblocking(False)

    async def work(arguments: Arguments, context: ToolContext) -> Json:
        while not heard.is_set():  # noqa: ASYNC110 - it is meant to be busy
            await asyncio.sleep(0)
        return "done"

    async def listen(arguments: Arguments, context: ToolContext) -> Json:
        said = await asyncio.get_running_loop().sock_recv(there, 10)
        heard.set()
        return said.decode()

    with here, there:
        busy = watched.executor.submit(tool("shop.work", work), {}, context())
        listening = watched.executor.submit(tool("shop.listen", listen), {}, context())
        here.sendall(b"hello")
        assert (listening.result(PATIENCE), busy.result(PATIENCE)) == ("hello", "done")


def _until(condition: Callable[[], bool]) -> None:
    """For states that nobody announces."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


# --- the decision, pure ---------------------------------------------------------------------------------


def test_a_round_is_a_stall_when_it_lasts_too_long_and_that_is_told_once() -> None:
    pulse = Pulse()
    sights = [pulse.look(1.0, 1.0 + 0.05 * step) for step in range(8)]
    assert sights.count(Sight.STALLED) == 1
    assert pulse.look(9.0, 9.0) is Sight.RESUMED
    assert pulse.look(None, 9.1) is Sight.NOTHING_NEW


def test_a_machine_that_stood_still_is_no_stall() -> None:
    """Whoever looks for the first time after a pause sees a long round, and cannot know whose it is."""
    pulse = Pulse()
    assert pulse.look(1.0, 1.01) is Sight.NOTHING_NEW
    assert pulse.look(1.0, 60.0) is Sight.NOTHING_NEW


def test_a_stall_that_is_nobody_s_doing_is_looked_at_anew() -> None:
    pulse = Pulse()
    while pulse.look(1.0, 2.0) is not Sight.STALLED:
        pass
    pulse.forgive()
    assert not pulse.stalled
    assert [pulse.look(1.0, 3.0) for _ in range(FEWEST_LOOKS)][-1] is Sight.STALLED


looks = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(0, 3).map(float)), st.floats(0, 0.2)), max_size=60
)


@settings(max_examples=200)
@given(looks)
def test_stalls_and_their_ends_alternate_and_no_short_round_is_one(
    looks: list[tuple[float | None, float]],
) -> None:
    pulse, now = Pulse(), 3.0
    told, held = [], 0
    before: float | None = None
    for awake_since, passed in looks:
        now += passed
        held = held + 1 if awake_since is not None and awake_since == before else 0
        before = awake_since
        sight = pulse.look(awake_since, now)
        if sight is Sight.STALLED:
            assert held >= FEWEST_LOOKS
        if sight is not Sight.NOTHING_NEW:
            told.append(sight)
    assert all(sight is (Sight.STALLED, Sight.RESUMED)[at % 2] for at, sight in enumerate(told))
