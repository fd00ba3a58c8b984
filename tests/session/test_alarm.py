"""When a session is woken."""

import asyncio

from jackfield.session.alarm import Alarm


class Clock:
    """A moment that a test moves, and the bell."""

    def __init__(self) -> None:
        self.moment: float | None = None
        self.asked = 0
        self.rung = asyncio.Event()

    def when(self) -> float | None:
        self.asked += 1
        return self.moment


async def test_it_rings_at_the_moment_that_was_last_and_asks_once_in_a_turn() -> None:
    clock = Clock()
    alarm = Alarm(clock.when, clock.rung.set)
    loop = asyncio.get_running_loop()
    clock.moment = loop.time() + 60
    alarm.moved()
    await asyncio.sleep(0)
    clock.moment = loop.time()
    alarm.moved()
    alarm.moved()
    await asyncio.wait_for(clock.rung.wait(), 10)
    assert clock.asked == 2


async def test_it_does_not_ring_when_there_is_nothing_to_wait_for_or_when_it_is_cancelled() -> None:
    clock = Clock()
    alarm = Alarm(clock.when, clock.rung.set)
    alarm.moved()
    await asyncio.sleep(0)
    clock.moment = asyncio.get_running_loop().time()
    alarm.moved()
    alarm.cancel()
    alarm.cancel()
    for _ in range(3):
        await asyncio.sleep(0)
    assert (clock.asked, clock.rung.is_set()) == (1, False)


async def test_a_ring_that_finds_the_moment_moved_is_followed_by_another() -> None:
    loop = asyncio.get_running_loop()
    rings: list[float] = []
    over = asyncio.Event()

    def ring() -> None:
        rings.append(loop.time())
        if len(rings) == 2:
            over.set()
        alarm.moved()

    alarm = Alarm(lambda: loop.time() + 0.001 if len(rings) < 2 else None, ring)
    alarm.moved()
    await asyncio.wait_for(over.wait(), 10)
    assert len(rings) == 2
