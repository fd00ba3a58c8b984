"""The timeline of a session."""

import asyncio

from jackfield.notices import CallerStartedSpeaking, Notice, SidebandConnected, Trouble
from jackfield.session.timeline import Timeline

NOTICES = [SidebandConnected(0.0), CallerStartedSpeaking(1.0), Trouble(2.0, "rain")]


async def test_the_observer_is_told_everything_once_in_order_and_soon() -> None:
    told: list[Notice] = []
    over = asyncio.Event()

    def observe(notice: Notice) -> None:
        told.append(notice)
        if len(told) == len(NOTICES):
            over.set()

    timeline = Timeline(observe)
    for notice in NOTICES:
        timeline.add(notice)
    assert not told  # not on the way of whoever adds
    await asyncio.wait_for(over.wait(), 10)
    timeline.close()
    assert told == NOTICES


async def test_the_observer_knows_all_of_it_when_it_is_closed() -> None:
    told: list[Notice] = []
    timeline = Timeline(told.append)
    for notice in NOTICES:
        timeline.add(notice)
    timeline.close()
    assert told == NOTICES
    assert [notice async for notice in timeline.read()] == NOTICES
