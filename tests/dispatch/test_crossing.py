"""From other threads onto an event loop."""

import asyncio
import threading
from collections.abc import Callable
from contextvars import ContextVar
from itertools import pairwise

import pytest

from jackfield.dispatch.crossing import Crossing, crossing_to

burden: ContextVar[object] = ContextVar("burden")


class Wakings(asyncio.SelectorEventLoop):
    """A loop that counts how often it is woken from outside."""

    count = 0

    def _write_to_self(self) -> None:
        self.count += 1
        super()._write_to_self()


async def test_what_is_posted_before_the_loop_wakes_shares_one_wake_up() -> None:
    loop, called = Wakings(), list[int]()
    crossing = Crossing(loop)

    def post() -> None:
        for number in range(100):
            crossing.post(called.append, number)
        crossing.post(loop.stop)

    def run() -> None:
        loop.call_soon(lambda: _in_a_thread(post))  # the loop is busy while everything is posted
        loop.run_forever()

    await asyncio.to_thread(run)
    assert (called, loop.count) == (list(range(100)), 1)
    loop.close()


def _in_a_thread(work: Callable[[], None]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join(10)


async def test_nothing_is_lost_or_overtaken_while_many_threads_post() -> None:
    called: list[tuple[int, int]] = []
    crossing, over = crossing_to(asyncio.get_running_loop()), asyncio.Event()

    def post(thread: int) -> None:
        for number in range(2_000):
            crossing.post(take, thread, number)

    def take(thread: int, number: int) -> None:
        called.append((thread, number))
        if len(called) == 8_000:
            over.set()

    for thread in range(4):
        threading.Thread(target=post, args=(thread,)).start()
    await asyncio.wait_for(over.wait(), 10)
    for thread in range(4):
        numbers = [number for each, number in called if each == thread]
        assert all(one < next_one for one, next_one in pairwise(numbers))


async def test_a_callback_that_raises_harms_no_other() -> None:
    loop = asyncio.get_running_loop()
    told: list[dict[str, object]] = []
    loop.set_exception_handler(lambda _, context: told.append(context))
    crossing, over = Crossing(loop), asyncio.Event()
    crossing.post(int, "ten")
    crossing.post(over.set)
    await asyncio.wait_for(over.wait(), 10)
    loop.set_exception_handler(None)
    assert [type(each["exception"]) for each in told] == [ValueError]


async def test_a_loop_that_is_closed_says_so_every_time() -> None:
    loop = asyncio.new_event_loop()
    crossing = Crossing(loop)
    crossing.post(print)
    loop.close()
    for _ in range(2):
        with pytest.raises(RuntimeError, match="closed"):
            crossing.post(print)


async def test_all_who_post_to_a_loop_share_its_crossing() -> None:
    loop = asyncio.get_running_loop()
    assert crossing_to(loop) is crossing_to(loop)


async def test_what_the_poster_carries_stays_on_its_side() -> None:
    """A callback that sets a timer would keep it alive for as long as the timer stands."""
    loop, carried = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()

    def post() -> None:
        burden.set("all that a tool knows")
        crossing_to(loop).post(lambda: carried.set_result(burden.get(None)))

    await asyncio.to_thread(post)
    assert await carried is None


async def test_a_loop_tells_another_one_when_it_has_done_what_it_was_doing() -> None:
    loop, called = Wakings(), list[str]()
    crossing = Crossing(loop)

    async def tell() -> None:
        here = asyncio.get_running_loop()
        crossing.post_after(here, called.append, "first")
        assert loop.count == 0
        await asyncio.sleep(0)
        assert loop.count == 1
        crossing.post_after(here, called.append, "second")
        crossing.post(loop.stop)
        await asyncio.sleep(0)
        assert loop.count == 1

    loop.call_soon(lambda: _in_a_thread(lambda: asyncio.run(tell())))
    await asyncio.to_thread(loop.run_forever)
    loop.close()
    assert called == ["first", "second"]
