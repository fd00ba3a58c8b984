"""Calls that were just handed to their tools go first, and nobody stands still for a tool that is in the way.

Where it matters that nothing is waited for, the bound is longer than a test may take.
"""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Future

import pytest

from jackfield.calls import Arguments, Json
from jackfield.dispatch import Dispatcher, LoopExecutor, ThreadExecutor
from jackfield.dispatch.crossing import crossing_to
from jackfield.dispatch.right_of_way import RightOfWay
from jackfield.tools.tool import LOOP, THREAD, Tool, ToolContext

FOR_EVER = 600.0
CONTEXT = ToolContext("call_1", "session_1", "receptionist", 20.0)

Work = Callable[[], Awaitable[Json]]


class Site:
    """An executor, and the right of way to it."""

    def __init__(self) -> None:
        self.executor = LoopExecutor()
        self.way = RightOfWay({LOOP: self.executor}, FOR_EVER)

    def submit(self, work: Work) -> Future[Json]:
        async def invoke(arguments: Arguments, context: ToolContext) -> Json:
            return await work()

        self.way.claim(LOOP)
        return self.executor.submit(Tool("site.work", "", {}, invoke, LOOP, "site"), {}, CONTEXT)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    yield site
    await asyncio.to_thread(site.executor.close)


async def test_a_quick_tool_is_over_before_anything_else_is_done(site: Site) -> None:
    async def quick() -> Json:
        await asyncio.sleep(0)
        return "done"

    futures = [site.submit(quick) for _ in range(5)]
    site.way.give()
    assert [each.result(0) for each in futures] == ["done"] * 5


async def test_what_it_has_to_tell_is_told_by_then(site: Site) -> None:
    told: list[str] = []
    post = crossing_to(asyncio.get_running_loop()).post

    async def tell() -> Json:
        post(told.append, "entered")
        return None

    site.submit(tell)
    site.way.give()
    assert told == ["entered"]


async def test_a_tool_that_waits_is_entered_and_not_waited_for(site: Site) -> None:
    entered, leave = threading.Event(), asyncio.Event()

    async def wait() -> Json:
        entered.set()
        await leave.wait()
        return None

    future = site.submit(wait)
    site.way.give()
    assert entered.is_set()
    assert not future.done()


async def test_nobody_stands_still_for_a_tool_behind_one_that_blocks(site: Site) -> None:
    entered, leave = threading.Event(), threading.Event()

    async def block() -> Json:
        entered.set()
        leave.wait(30)
        return None

    async def quick() -> Json:
        return None

    patient, site.way = site.way, RightOfWay({LOOP: site.executor}, 0.0)
    site.submit(block)
    site.way.give()  # for the one that blocks somebody did stand still, once
    await asyncio.to_thread(entered.wait, 30)
    site.way = patient
    behind = site.submit(quick)
    site.way.give()
    assert not behind.done(), "it was waited for"
    leave.set()


async def test_way_is_given_once_for_calls_that_come_together(site: Site) -> None:
    async def quick() -> Json:
        return None

    future = site.submit(quick)
    site.way.give()
    assert future.done()
    site.way.give()  # nothing was handed over since: there is nothing to stand still for


async def test_what_is_posted_to_a_loop_that_gives_way_soon_is_delivered_without_waking_it(
    site: Site,
) -> None:
    told, loop = asyncio.Event(), asyncio.get_running_loop()

    async def tell() -> Json:
        return None

    future = site.submit(tell)
    future.add_done_callback(lambda _: crossing_to(loop).post(told.set))
    await asyncio.wait_for(told.wait(), 30)  # nobody asked for it: the loop gives way by itself


async def test_tools_that_run_elsewhere_hold_nobody_up() -> None:
    way = RightOfWay({THREAD: (threads := ThreadExecutor())}, FOR_EVER)
    way.claim(THREAD)
    way.give()
    await asyncio.to_thread(threads.close)


async def test_a_dispatcher_that_was_handed_nothing_gives_way_to_nobody() -> None:
    dispatcher = Dispatcher({LOOP: LoopExecutor()})
    dispatcher.give_way()
    await dispatcher.aclose()


async def test_tools_are_entered_and_given_way_to_where_there_are_no_event_descriptors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def quick() -> Json:
        await asyncio.sleep(0)
        return "done"

    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(sys, "platform", "darwin")
        site = Site()
    futures = [site.submit(quick) for _ in range(5)]
    site.way.give()
    assert [each.result(0) for each in futures] == ["done"] * 5
    await asyncio.to_thread(site.executor.close)
