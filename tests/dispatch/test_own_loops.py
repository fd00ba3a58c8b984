"""Coroutines on loops of their own: nothing they do to the loop is felt by another."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import wait

import pytest

from jackfield.calls import Arguments, CallPolicy, Isolation, Json, OutcomeKind
from jackfield.dispatch import Dispatcher
from jackfield.dispatch.executor import Escaped
from jackfield.dispatch.executors import OwnLoopExecutor, ThreadExecutor, own_executors
from jackfield.tools.tool import OWN_LOOP, Tool, ToolContext

from .desk import Desk, tool

PATIENCE = 10.0
CONTEXT = ToolContext("call_1", "session_1", "receptionist", 5.0)


def own(invoke: Callable[[Arguments, ToolContext], object], name: str = "test.own") -> Tool:
    return Tool(name, "Do.", {"type": "object"}, invoke, OWN_LOOP, "test")  # type: ignore[arg-type]


@pytest.fixture
def executor() -> Iterator[OwnLoopExecutor]:
    executor = OwnLoopExecutor(ThreadExecutor(threads=4))
    yield executor
    executor.close()


def test_each_call_has_a_thread_and_a_loop(executor: OwnLoopExecutor) -> None:
    together = threading.Barrier(3)

    async def meet(arguments: Arguments, context: ToolContext) -> Json:
        together.wait(PATIENCE)
        return [threading.get_ident(), id(asyncio.get_running_loop())]

    futures = [executor.submit(own(meet), {}, CONTEXT) for _ in range(3)]
    assert len({tuple(future.result(PATIENCE)) for future in futures}) == 3  # type: ignore[arg-type]


def test_a_call_that_is_cancelled_is_interrupted_and_leaves_no_thread_behind() -> None:
    threads = ThreadExecutor(threads=1)
    executor = OwnLoopExecutor(threads)
    entered, cleaned = threading.Event(), threading.Event()

    async def suspended(arguments: Arguments, context: ToolContext) -> Json:
        entered.set()
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.set()
        return None

    async def quick(arguments: Arguments, context: ToolContext) -> Json:
        return "quick"

    future = executor.submit(own(suspended), {}, CONTEXT)
    assert entered.wait(PATIENCE)
    future.cancel()
    assert cleaned.wait(PATIENCE)
    assert not wait([future], PATIENCE).not_done
    assert executor.submit(own(quick), {}, CONTEXT).result(PATIENCE) == "quick"
    executor.close()
    assert threads.abandoned == 0


def test_what_ends_processes_ends_the_call(executor: OwnLoopExecutor) -> None:
    async def leave(arguments: Arguments, context: ToolContext) -> Json:
        raise SystemExit(3)

    with pytest.raises(Escaped):
        executor.submit(own(leave), {}, CONTEXT).result(PATIENCE)


def test_context_variables_of_the_session_are_seen(executor: OwnLoopExecutor) -> None:
    trace: contextvars.ContextVar[str] = contextvars.ContextVar("trace")
    trace.set("abc")

    async def traced(arguments: Arguments, context: ToolContext) -> Json:
        return trace.get()

    assert executor.submit(own(traced), {}, CONTEXT).result(PATIENCE) == "abc"


async def test_a_policy_puts_a_coroutine_into_a_thread_of_its_own() -> None:
    desk = Desk(Dispatcher(own_executors()), None)  # type: ignore[arg-type]

    async def where() -> str:
        """The thread."""
        return threading.current_thread().name

    async def stuck(context: ToolContext) -> bool:
        """Wait, without await, until nobody waits any more."""
        return context.cancelled.wait(PATIENCE)

    own_loop = CallPolicy(isolation=Isolation.THREAD)
    assert (await desk.run(tool(where), limits=own_loop)).value == "jackfield-tool"
    assert (await desk.run(tool(where))).value == "jackfield-tools"
    desk.start("stuck", tool(stuck), limits=own_loop)
    await desk.until(lambda: ("stuck", {}) in desk.entered)
    desk.dispatcher.cancel("stuck")
    assert (await desk.outcome("stuck")).kind is OutcomeKind.CANCELLED
    async with asyncio.timeout(PATIENCE):
        await desk.dispatcher.aclose()
