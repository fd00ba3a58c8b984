"""The executor for plain functions: bounded, and never blocked for good by what does not return."""

from __future__ import annotations

import contextvars
import threading
import weakref
from collections.abc import Iterator
from concurrent.futures import wait

import pytest

from jackfield.calls import Arguments, Json
from jackfield.dispatch import ThreadExecutor
from jackfield.dispatch.executor import Overloaded
from jackfield.dispatch.threads import MOST_ABANDONED
from jackfield.tools.tool import THREAD, Tool, ToolContext

PATIENCE = 10.0
CONTEXT = ToolContext("call_1", "session_1", "receptionist", 5.0)


class Blocker:
    """A tool that returns when the test says so."""

    def __init__(self, name: str = "test.block") -> None:
        self.entered = threading.Semaphore(0)
        self.release = threading.Event()
        self.tool = Tool(name, "Block.", {"type": "object"}, self.block, THREAD, "test")

    def block(self, arguments: Arguments, context: ToolContext) -> Json:
        self.entered.release()
        assert self.release.wait(PATIENCE)
        return dict(arguments)

    def await_entries(self, count: int) -> None:
        for _ in range(count):
            assert self.entered.acquire(timeout=PATIENCE)


@pytest.fixture
def blocker() -> Iterator[Blocker]:
    blocker = Blocker()
    yield blocker
    blocker.release.set()


def echo(name: str = "test.echo") -> Tool:
    return Tool(name, "Echo.", {"type": "object"}, lambda arguments, context: dict(arguments), THREAD, "test")


def test_so_many_threads_at_once_and_so_many_waiting(blocker: Blocker) -> None:
    pool = ThreadExecutor(threads=2, waiting=3)
    running = [pool.submit(blocker.tool, {}, CONTEXT) for _ in range(2)]
    blocker.await_entries(2)
    waiting = [pool.submit(echo(), {"n": n}, CONTEXT) for n in range(3)]
    with pytest.raises(Overloaded, match=r"test.echo cannot be called now"):
        pool.submit(echo(), {}, CONTEXT)
    assert not any(future.done() for future in waiting)
    blocker.release.set()
    assert [future.result(PATIENCE) for future in [*running, *waiting]] == [
        {},
        {},
        {"n": 0},
        {"n": 1},
        {"n": 2},
    ]
    pool.close()


def test_an_abandoned_thread_gives_its_place_to_another(blocker: Blocker) -> None:
    pool = ThreadExecutor(threads=1)
    stuck = pool.submit(blocker.tool, {}, CONTEXT)
    blocker.await_entries(1)
    following = pool.submit(echo(), {"n": 1}, CONTEXT)
    assert stuck.cancel() is False
    assert stuck.cancel() is False
    assert following.result(PATIENCE) == {"n": 1}
    assert pool.abandoned == 1
    blocker.release.set()
    assert stuck.result(PATIENCE) == {}
    assert pool.submit(echo(), {"n": 2}, CONTEXT).result(PATIENCE) == {"n": 2}
    pool.close()
    assert pool.abandoned == 0


def test_a_tool_that_leaves_too_many_threads_behind_is_refused_and_the_others_are_not(
    blocker: Blocker,
) -> None:
    pool = ThreadExecutor(threads=2)
    for _ in range(MOST_ABANDONED):
        future = pool.submit(blocker.tool, {}, CONTEXT)
        blocker.await_entries(1)
        future.cancel()
    with pytest.raises(Overloaded, match=r"test.block is stuck: 8 earlier calls have not come back"):
        pool.submit(blocker.tool, {}, CONTEXT)
    assert pool.submit(echo(), {"n": 1}, CONTEXT).result(PATIENCE) == {"n": 1}
    pool.close()


def test_a_tool_that_came_back_is_taken_again(blocker: Blocker) -> None:
    pool = ThreadExecutor(threads=2)
    futures = []
    for _ in range(MOST_ABANDONED):
        futures.append(pool.submit(blocker.tool, {}, CONTEXT))
        blocker.await_entries(1)
        futures[-1].cancel()
    blocker.release.set()
    wait(futures, PATIENCE)
    pool.close()
    assert pool.abandoned == 0


def test_a_queued_call_that_is_cancelled_is_dropped(blocker: Blocker) -> None:
    pool = ThreadExecutor(threads=1)
    pool.submit(blocker.tool, {}, CONTEXT)
    blocker.await_entries(1)
    other = Blocker("test.other")
    dropped = pool.submit(other.tool, {}, CONTEXT)
    last = pool.submit(echo(), {}, CONTEXT)
    assert dropped.cancel() is True
    blocker.release.set()
    last.result(PATIENCE)
    assert not other.entered.acquire(blocking=False)
    pool.close()


def test_closing_drops_what_waits_and_takes_no_more(blocker: Blocker) -> None:
    pool = ThreadExecutor(threads=1)
    running = pool.submit(blocker.tool, {}, CONTEXT)
    blocker.await_entries(1)
    waiting = pool.submit(echo(), {}, CONTEXT)
    closing = threading.Thread(target=pool.close)
    closing.start()
    wait([waiting], PATIENCE)
    assert waiting.cancelled()
    blocker.release.set()
    assert running.result(PATIENCE) == {}
    closing.join(PATIENCE)
    with pytest.raises(RuntimeError):
        pool.submit(echo(), {}, CONTEXT)


def test_threads_are_daemons_so_that_a_stuck_tool_never_keeps_the_process_alive(blocker: Blocker) -> None:
    pool = ThreadExecutor(threads=1)
    pool.submit(blocker.tool, {}, CONTEXT)
    blocker.await_entries(1)
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "jackfield-tool")
    blocker.release.set()
    pool.close()


def test_context_variables_of_the_caller_are_seen_in_the_thread() -> None:
    trace: contextvars.ContextVar[str] = contextvars.ContextVar("trace")
    trace.set("abc")
    pool = ThreadExecutor()
    seen = Tool(
        "test.seen", "See.", {"type": "object"}, lambda arguments, context: trace.get(), THREAD, "test"
    )
    assert pool.submit(seen, {}, CONTEXT).result(PATIENCE) == "abc"
    pool.close()


def test_an_idle_thread_keeps_nothing_of_what_it_did() -> None:
    class Burden:
        pass

    def carry(pool: ThreadExecutor) -> None:
        burden = Burden()
        weakref.finalize(burden, forgotten.set)
        tool = Tool("test.carry", "Carry.", {"type": "object"}, lambda _, __: None, THREAD, "test")
        pool.submit(tool, {"burden": burden}, CONTEXT).result(PATIENCE)

    forgotten = threading.Event()
    pool = ThreadExecutor(threads=1)
    carry(pool)
    assert forgotten.wait(PATIENCE)
    pool.close()
